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
    findings: peers.map(({ name, ratio, target }): Finding => ({
      what: `processor time ÷ ${name}`,
      value: ratio,
      unit: '×',
      ...(target === undefined ? {} : { target }),
    })),
    problems: cacheProblems(cache, subject),
    report,
    costs: systems.map(({ name, microsecondsPerRequest }) => ({
      system: name,
      microseconds: microsecondsPerRequest,
    })),
  }
}

/** Whether the case was what its name says, in the worst run. */
const cacheProblems = (cache: Comparison['cache'], { runs }: SystemReport): readonly string[] => {
  const shares = runs.map(({ hitShare = Number.NaN }) => hitShare)
  const [lowest, highest] = [Math.min(...shares), Math.max(...shares)]
  const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
  if (cache === 'holds' && !(lowest >= 0.99)) {
    return [`the token cache knew only ${percent(lowest)} of the tokens: they were not all warm`]
  }
  if (cache === 'misses' && highest !== 0) {
    return [`the token cache knew ${percent(highest)} of the tokens: they were not all new`]
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
