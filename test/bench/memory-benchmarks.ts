// The cases of memory: a hundred thousand tokens, and large bodies.
import type { Benchmark, Effort, Result } from './benchmark.ts'
import { bodyMemoryRiseBytes, measureBodyMemory, type BodyMemoryReport } from './memory-bodies.ts'
import {
  measureTokenMemory,
  tokenMemoryGrowthBytes,
  type TokenMemoryReport,
} from './memory-tokens.ts'
import { mebibyte } from './resident-memory.ts'
import { withScope } from './scope.ts'

/** The default of `tokenCache.maxBytes`. */
const cacheBytes = 32 * mebibyte
/** What the gate may hold besides its cache, and the container that it must fit into. */
const besidesCacheMib = 100
const containerMib = 192

// As delivered: the default cache, which holds a part of these tokens, and V8 as the image sets it.
const memoryTokens = async ({ share }: Effort): Promise<Result> => {
  const thousands = (count: number): number => Math.ceil(count * share) * 1000
  const distinct = thousands(100)
  const warmUp = thousands(40)
  const options = {
    distinct,
    tokens: distinct - warmUp,
    connections: 32,
    cacheBytes: Math.ceil(cacheBytes * share),
    warmUp,
    window: thousands(20),
  }
  const report = await withScope((scope) => measureTokenMemory(scope, options))
  return tokensResult(report, options)
}

const tokensResult = (
  report: TokenMemoryReport,
  options: { readonly distinct: number; readonly warmUp: number; readonly cacheBytes: number },
): Result => ({
  rows: report.samples
    .filter((_, index) => (index + 1) % 5 === 0)
    .map(({ answered, cached, evicted, hits, peakBytes }) => ({
      part: answered <= options.warmUp ? 'warm-up' : 'measured',
      answered,
      cached,
      evicted,
      hits,
      'peak MiB': inMebibytes(peakBytes),
    })),
  findings: [
    {
      what: `resident after ${options.distinct.toLocaleString('en')} tokens`,
      value: inMebibytes(report.residentBytes),
      unit: 'MiB',
      target: inMebibytes(options.cacheBytes) + besidesCacheMib,
    },
    {
      what: 'highest resident',
      value: inMebibytes(report.highestBytes),
      unit: 'MiB',
      target: containerMib,
    },
    {
      what: 'growth once the cache was full',
      value: inMebibytes(report.endBytes - report.fullBytes),
      unit: 'MiB',
      target: inMebibytes(tokenMemoryGrowthBytes),
    },
  ],
  problems: [
    ...report.errors,
    ...(report.end.hits === 0 ? [] : [`${report.end.hits} tokens were still in the cache`]),
  ],
  report,
})

const memoryBodies = async ({ share }: Effort): Promise<Result> => {
  const size = Math.ceil(1024 * share) * mebibyte
  return bodiesResult(await withScope((scope) => measureBodyMemory(scope, size)), size)
}

const bodiesResult = (reports: readonly BodyMemoryReport[], size: number): Result => ({
  rows: reports.map(({ direction, arrived, beforeBytes, peakBytes }) => ({
    direction,
    'arrived MiB': inMebibytes(arrived),
    'before MiB': inMebibytes(beforeBytes),
    'peak MiB': inMebibytes(peakBytes),
    'rise MiB': inMebibytes(peakBytes - beforeBytes),
  })),
  findings: reports.map(({ direction, beforeBytes, peakBytes }) => ({
    what: `rise during ${direction} of ${inMebibytes(size)} MiB`,
    value: inMebibytes(peakBytes - beforeBytes),
    unit: 'MiB',
    target: inMebibytes(bodyMemoryRiseBytes),
  })),
  problems: reports
    .filter(({ arrived }) => arrived !== size)
    .map(({ direction, arrived }) => `${direction}: ${arrived} of ${size} bytes arrived`),
  report: { size, reports },
})

const inMebibytes = (bytes: number): number => Math.round((bytes / mebibyte) * 10) / 10

export const memoryBenchmarks: readonly Benchmark[] = [
  { name: 'memory-tokens', title: '100,000 distinct tokens', run: memoryTokens },
  { name: 'memory-bodies', title: 'one body of 1 GiB, up and down', run: memoryBodies },
]
