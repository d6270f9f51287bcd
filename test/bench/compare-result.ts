// A comparison as the table that `npm run bench` prints, and as the file that is published.
import type { Result } from './benchmark.ts'
import { compare, type ComparisonReport, type Effort, type SystemReport } from './compare.ts'
import type { Comparison } from './comparisons.ts'
import { mebibyte } from './resident-memory.ts'
import { saveReport } from './saved-reports.ts'

/** The usual effort; BENCH_ROUNDS and BENCH_SECONDS change it. */
const effort = (): Effort => ({
  rounds: Number(process.env['BENCH_ROUNDS'] ?? 5),
  warmUpSeconds: 10,
  seconds: Number(process.env['BENCH_SECONDS'] ?? 5),
  connections: 32,
})

export const runComparison = async (comparison: Comparison): Promise<Result> => {
  const report = await compare(comparison, effort())
  saveReport('comparison', report.name, report)
  return resultOf(report)
}

/** The report as rows, one per system, and the targets that were missed. */
export const resultOf = ({ name, title, subject, peers }: ComparisonReport): Result => ({
  rows: [
    { ...rowOf(subject), ratio: '', target: '' },
    ...peers.map((peer) => ({
      ...rowOf(peer),
      ratio: twoDigits(peer.ratio),
      target: peer.target === undefined ? '' : `≤ ${peer.target}`,
    })),
  ],
  summary: `${title}: ${peers.map((peer) => `${twoDigits(peer.ratio)} of ${peer.name}`).join(', ')}`,
  misses: peers
    .filter(({ ratio, target }) => target !== undefined && ratio > target)
    .map((peer) => `${name}: ${twoDigits(peer.ratio)} of ${peer.name}, not ≤ ${peer.target}`),
})

const rowOf = (system: SystemReport) => ({
  system: system.name,
  'µs/request': oneDigit(system.microsecondsPerRequest),
  'requests/s': Math.round(system.requestsPerSecond),
  'spread %': Math.round(system.spread * 100),
  'resident MiB': oneDigit(system.residentBytes / mebibyte),
})

const oneDigit = (value: number): number => Math.round(value * 10) / 10
const twoDigits = (value: number): number => Math.round(value * 100) / 100
