// The benchmarks: `npm run bench` runs all of them, `npm run bench -- NAME…` some. Each prints a table;
// the exit code is 1 when one of them missed its bound. Needs nginx with its echo module, and curl.
import type { Benchmark, Result } from './benchmark.ts'
import { runComparison } from './compare-result.ts'
import { comparisons } from './comparisons.ts'
import { measureForgedKids } from './forged-kids.ts'
import { bodyMemoryRiseBytes, measureBodyMemory } from './memory-bodies.ts'
import { measureTokenMemory, tokenMemoryGrowthBytes } from './memory-tokens.ts'
import { mebibyte } from './resident-memory.ts'
import { withScope } from './scope.ts'
import { runSoak } from './soak-result.ts'

// As delivered: the default cache, which holds about 9,400 of these tokens, and V8 as Node.js sets it.
const memoryTokens = async (): Promise<Result> => {
  const options = {
    tokens: 50_000,
    connections: 32,
    cacheBytes: 32 * mebibyte,
    warmUp: 40_000,
    window: 20_000,
  }
  const report = await withScope((scope) => measureTokenMemory(scope, options))
  const growth = report.endBytes - report.fullBytes
  return {
    rows: report.samples
      .filter(({ answered }) => answered % 5000 === 0)
      .map(({ answered, cached, evicted, hits, peakBytes }) => ({
        part: answered <= options.warmUp ? 'warm-up' : 'measured',
        answered,
        cached,
        evicted,
        hits,
        'peak MiB': inMebibytes(peakBytes),
      })),
    summary: `full ${inMebibytes(report.fullBytes)} MiB, end ${inMebibytes(report.endBytes)} MiB, growth ${inMebibytes(growth)} MiB (bound ${inMebibytes(tokenMemoryGrowthBytes)})`,
    misses: [
      ...report.errors,
      ...(report.end.hits === 0 ? [] : [`${report.end.hits} tokens were still in the cache`]),
      ...(growth > tokenMemoryGrowthBytes ? [`grew by ${inMebibytes(growth)} MiB`] : []),
    ],
  }
}

const memoryBodies = async (): Promise<Result> => {
  const size = 1024 * mebibyte
  const reports = await withScope((scope) => measureBodyMemory(scope, size))
  return {
    rows: reports.map(({ direction, arrived, beforeBytes, peakBytes }) => ({
      direction,
      'arrived MiB': inMebibytes(arrived),
      'before MiB': inMebibytes(beforeBytes),
      'peak MiB': inMebibytes(peakBytes),
      'rise MiB': inMebibytes(peakBytes - beforeBytes),
    })),
    summary: `bound: a rise of less than ${inMebibytes(bodyMemoryRiseBytes)} MiB`,
    misses: reports.flatMap(({ direction, arrived, beforeBytes, peakBytes }) => [
      ...(arrived === size ? [] : [`${direction}: ${arrived} of ${size} bytes arrived`]),
      ...(peakBytes - beforeBytes < bodyMemoryRiseBytes
        ? []
        : [`${direction}: rose by ${inMebibytes(peakBytes - beforeBytes)} MiB`]),
    ]),
  }
}

/** What p99 of a good token may rise to while others send forged key ids, as a multiple. */
const forgedKidsRise = 2

const forgedKids = async (): Promise<Result> => {
  const options = { requests: 100_000, connections: 1, cooldownSeconds: 10, aloneRequests: 20_000 }
  const report = await withScope((scope) => measureForgedKids(scope, options))
  const { alone, during, fetches, allowedFetches, newKeySeconds, seconds } = report
  const rise = during.p99Ms / alone.p99Ms
  return {
    rows: Object.entries({ alone, 'during the flood': during }).map(([what, latencies]) => ({
      'good token': what,
      requests: latencies.requests,
      'p50 ms': latencies.p50Ms.toFixed(2),
      'p99 ms': latencies.p99Ms.toFixed(2),
    })),
    summary: `p99 ${rise.toFixed(2)} times as long (bound ${forgedKidsRise}); ${options.requests} forged in ${seconds.toFixed(0)} s; ${fetches} fetches of ${allowedFetches} allowed; a new key found in ${newKeySeconds.toFixed(1)} s`,
    misses: [
      ...report.forged.errors,
      ...(rise <= forgedKidsRise ? [] : [`p99 rose to ${rise.toFixed(2)} times`]),
      ...(fetches <= allowedFetches ? [] : [`${fetches} fetches`]),
    ],
  }
}

const inMebibytes = (bytes: number): number => Math.round((bytes / mebibyte) * 10) / 10

const benchmarks: ReadonlyMap<string, Benchmark> = new Map<string, Benchmark>([
  ...comparisons.map((each): [string, Benchmark] => [each.name, () => runComparison(each)]),
  ['memory-tokens', memoryTokens],
  ['memory-bodies', memoryBodies],
  ['forged-kids', forgedKids],
  ['soak', runSoak],
])

const main = async (names: readonly string[]): Promise<number> => {
  let failed = false
  for (const name of names.length > 0 ? names : benchmarks.keys()) {
    const benchmark = benchmarks.get(name)
    if (benchmark === undefined) {
      console.error(
        `no benchmark is named "${name}"; there are: ${[...benchmarks.keys()].join(', ')}`,
      )
      return 64
    }
    console.log(`\n${name}`)
    const { rows, summary, misses } = await benchmark()
    console.table(rows)
    console.log(summary)
    for (const miss of misses) console.error(`${name}: ${miss}`)
    failed ||= misses.length > 0
  }
  return failed ? 1 : 0
}

process.exitCode = await main(process.argv.slice(2))
