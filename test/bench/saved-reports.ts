// What each benchmark found last, as JSON, kept until it runs again: the published table and picture are
// made of these.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Benchmark, Effort, Result } from './benchmark.ts'
import type { Machine } from './machine.ts'

const folder = resolve('.tap/bench/found')

export interface SavedReport extends Omit<Result, 'rows'> {
  readonly name: string
  readonly title: string
  /** ISO 8601. */
  readonly at: string
  readonly effort: Effort
  readonly machine: Machine
}

export const saveReport = (report: SavedReport): void => {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, `${report.name}.json`), JSON.stringify(report, null, 2))
}

/** Those of the benchmarks given that have run, in their order. */
export const savedReports = (benchmarks: readonly Benchmark[]): readonly SavedReport[] =>
  benchmarks
    .map(({ name }) => join(folder, `${name}.json`))
    .filter((file) => existsSync(file))
    .map((file) => JSON.parse(readFileSync(file, 'utf8')) as SavedReport)
