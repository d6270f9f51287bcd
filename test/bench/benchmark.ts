// What a benchmark of `npm run bench` is, and what it gives. Types only: catalogue.ts lists them.
import type { Finding } from './findings.ts'

/** How much work goes into each case; more makes the medians steadier. */
export interface Effort {
  /** Measurements of each system, in turn with the others. */
  readonly rounds: number
  /** Length of each. */
  readonly seconds: number
  /** Processor time that a system has before it is first measured: compilers need theirs. */
  readonly warmUpSeconds: number
  /** Part of what is sent where that is a fixed number or rate, above 0 and at most 1. */
  readonly share: number
  /** More programs of Node.js, by path, that the gate's start is measured on. */
  readonly nodes: readonly string[]
}

/** The processor time of one system, as the picture shows it. */
export interface Cost {
  readonly system: string
  readonly microseconds: number
}

/** What one benchmark found. */
export interface Result {
  /** For people: a table. */
  readonly rows: readonly Readonly<Record<string, string | number>>[]
  /** What counts: the figures that have a target, and those worth publishing beside them. */
  readonly findings: readonly Finding[]
  /** What went wrong besides missed targets; empty when nothing did. */
  readonly problems: readonly string[]
  /** All that was measured, for the JSON file. */
  readonly report: object
  /** By system, the subject first, where processor time per request was compared. */
  readonly costs?: readonly Cost[]
}

export interface Benchmark {
  /** As it is asked for: `warm-token`. */
  readonly name: string
  /** As the tables call it: `warm token`. */
  readonly title: string
  readonly run: (effort: Effort) => Promise<Result>
}
