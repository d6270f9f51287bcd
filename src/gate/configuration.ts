// What a gate is made from, and where it comes from when it is to be read again.
import type { Result } from '../core/result.ts'
import type { Settings } from '../core/settings.ts'
import type { RouteTable } from '../routing/table.ts'

export interface Configuration {
  readonly settings: Settings
  readonly table: RouteTable
}

export interface ConfigurationSource {
  /**
   * Reads all of it again, aside. The error is every problem in one line. `inForce` is what the gate
   * runs by: what cannot have changed is taken from there.
   */
  readonly load: (inForce: Settings) => Promise<Result<Configuration, string>>
  /** The files that the last reading was made from, whether they were there or not. */
  readonly files: () => readonly string[]
}
