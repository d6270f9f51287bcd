// What a benchmark of `npm run bench` is and gives. Types only: run.ts holds the table of them.

/** What one benchmark found. */
export interface Result {
  readonly rows: readonly Readonly<Record<string, string | number>>[]
  readonly summary: string
  /** What missed its bound; empty when nothing did. */
  readonly misses: readonly string[]
}

export type Benchmark = () => Promise<Result>
