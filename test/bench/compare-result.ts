// A comparison as `npm run bench` prints and saves it.
import type { Benchmark, Result } from './benchmark.ts'
import { compare, type ComparisonReport, type SystemReport } from './compare.ts'
import type { Comparison } from './comparisons.ts'
import type { Finding } from './findings.ts'
import { mebibyte } from './resident-memory.ts'
import { median } from './statistics.ts'

export const comparisonBenchmark = (comparison: Comparison): Benchmark => ({
  name: comparison.name,
  title: comparison.title,
  run: async (effort) => comparisonResult(comparison, await compare(comparison, effort)),
})

/** Rows, one per system, and findings, one per peer. */
export const comparisonResult = (
  { cache }: Pick<Comparison, 'cache'>,
  report: ComparisonReport,
): Result => {
  const { subject, peers } = report
  const systems = [subject, ...peers]
  return {
    rows: [
      { ...rowOf(subject), ratio: '' },
      ...peers.map((peer) => ({ ...rowOf(peer), ratio: twoDigits(peer.ratio) })),
    ],
    findings: [
      ...peers.map(({ name, ratio, target }): Finding => ({
        what: `processor time ÷ ${name}`,
        value: ratio,
        unit: '×',
        ...(target === undefined ? {} : { target }),
      })),
      ...cacheFindings(cache, subject),
    ],
    problems: [],
    report,
    costs: systems.map(({ name, microsecondsPerRequest }) => ({
      system: name,
      microseconds: microsecondsPerRequest,
    })),
  }
}

/** How far the case was what it says, in the worst run. */
const cacheFindings = (cache: Comparison['cache'], { runs }: SystemReport): readonly Finding[] => {
  const shares = runs.map(({ hitShare = Number.NaN }) => hitShare)
  const percent = (share: number): number => share * 100
  if (cache === 'holds') {
    const value = percent(1 - Math.min(...shares))
    return [{ what: 'tokens that the cache had lost', value, unit: '%', target: 1 }]
  }
  if (cache === 'misses') {
    const value = percent(Math.max(...shares))
    return [{ what: 'tokens that the cache knew', value, unit: '%', target: 0 }]
  }
  return []
}

const rowOf = (system: SystemReport) => ({
  system: system.name,
  'µs/request': oneDigit(system.microsecondsPerRequest),
  'requests/s': Math.round(system.requestsPerSecond),
  'spread %': Math.round(system.spread * 100),
  'others %': Math.round(100 * median(system.runs.map(({ othersShare }) => othersShare))),
  'resident MiB': oneDigit(system.residentBytes / mebibyte),
})

const oneDigit = (value: number): number => Math.round(value * 10) / 10
const twoDigits = (value: number): number => Math.round(value * 100) / 100
