// A program under test, as the comparisons see it. Types only; each kind has a file beside this one.
import type { Scope } from '../../e2e/helpers/program.ts'
import type { Issuer } from '../tokens.ts'

export interface System {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string
  /** Its process group, whose processor time and memory are measured. */
  readonly group: number
  /** Where its metrics are, if it has any. */
  readonly adminUrl?: string
}

/** What a system is started with. */
export interface Surroundings {
  readonly scope: Scope
  readonly upstreamPort: number
  readonly issuer: Issuer
}

/** Starts a system on the measured processor and waits until it answers. */
export type StartSystem = (surroundings: Surroundings) => Promise<System>
