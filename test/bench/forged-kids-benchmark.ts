// The flood of forged key ids as a case of `npm run bench`.
import type { Benchmark, Effort, Result } from './benchmark.ts'
import { measureForgedKids, type ForgedKidsReport } from './forged-kids.ts'
import { withScope } from './scope.ts'

/** What p99 of a good token may rise to while others send forged key ids, as a multiple. */
const forgedKidsRise = 2

const run = async ({ share }: Effort): Promise<Result> => {
  const options = {
    requests: Math.ceil(100_000 * share),
    connections: 1,
    cooldownSeconds: 10,
    aloneRequests: Math.ceil(20_000 * share),
  }
  return resultOf(await withScope((scope) => measureForgedKids(scope, options)))
}

const resultOf = (report: ForgedKidsReport): Result => {
  const { alone, during, fetches, allowedFetches, newKeySeconds, seconds } = report
  return {
    rows: Object.entries({ alone, 'during the flood': during }).map(([what, latencies]) => ({
      'good token': what,
      requests: latencies.requests,
      'p50 ms': latencies.p50Ms.toFixed(2),
      'p99 ms': latencies.p99Ms.toFixed(2),
      'flood s': seconds.toFixed(0),
      'new key found after s': newKeySeconds.toFixed(1),
    })),
    findings: [
      {
        what: 'p99 of a good token, during ÷ before',
        value: during.p99Ms / alone.p99Ms,
        unit: '×',
        target: forgedKidsRise,
      },
    ],
    problems: [
      ...report.forged.errors,
      ...(fetches <= allowedFetches ? [] : [`${fetches} fetches of ${allowedFetches} allowed`]),
    ],
    report,
  }
}

export const forgedKidsBenchmark: Benchmark = {
  name: 'forged-kids',
  title: 'flood of forged key ids',
  run,
}
