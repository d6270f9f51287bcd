// What each benchmark found, as JSON, kept until it runs again: the published table and picture are
// made of these.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export type ReportKind = 'comparison' | 'latency' | 'memory' | 'start' | 'messages'

const folder = resolve('.tap/bench/reports')

export const saveReport = (kind: ReportKind, name: string, report: object): void => {
  mkdirSync(folder, { recursive: true })
  const text = JSON.stringify({ kind, name, at: new Date().toISOString(), report }, null, 2)
  writeFileSync(join(folder, `${name}.json`), text)
}

export interface SavedReport {
  readonly kind: ReportKind
  readonly name: string
  readonly at: string
  readonly report: object
}

/** All that are there, in the order of their names. */
export const savedReports = (): readonly SavedReport[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as SavedReport)
