// Does a stream of tokens, each one new to the cache, leave the gate as large as it was once its cache
// was full? The answer compares peaks, since V8 collects evicted tokens in cycles of its own.
import { createUserPool } from '../../src/demo/user-pool.ts'
import {
  ephemeralListeners,
  imageFlags,
  startGate,
  untilReady,
  type Gate,
} from '../e2e/helpers/gate.ts'
import { runLoad, type LoadReport } from '../e2e/helpers/load.ts'
import { scrape, sumOf } from '../e2e/helpers/metrics.ts'
import { startNginx } from '../e2e/helpers/nginx.ts'
import type { Scope } from '../e2e/helpers/program.ts'
import { mebibyte, peakBytes, resetPeak, residentBytes } from './resident-memory.ts'

export interface TokenMemoryOptions {
  /** Tokens of the measured part, each sent once; far more than the cache holds. */
  readonly tokens: number
  /** How many are different, of all that are sent; `tokens` unless given. */
  readonly distinct?: number
  readonly connections: number
  readonly cacheBytes: number
  /** Requests sent first, to fill the cache and then to turn it over until V8 has found its pace. */
  readonly warmUp: number
  /** Requests over which a peak is taken: at least one cycle of V8's collector. */
  readonly window: number
}

/** The gate's state after a batch of requests. */
export interface TokenMemorySample {
  readonly answered: number
  /** The most that was resident during the batch. */
  readonly peakBytes: number
  readonly cached: number
  readonly evicted: number
  readonly hits: number
}

export interface TokenMemoryReport {
  readonly errors: readonly string[]
  readonly samples: readonly TokenMemorySample[]
  /** The peak of the last requests before the measured part; the cache is full all that time. */
  readonly fullBytes: number
  /** The peak of the last requests of the measured part. */
  readonly endBytes: number
  readonly end: TokenMemorySample
  /** What is resident when all is over, and the most that ever was. */
  readonly residentBytes: number
  readonly highestBytes: number
}

/** The bound: what the gate may be larger by at the end than it was with a full cache. */
export const tokenMemoryGrowthBytes = 5 * mebibyte

const batchSize = 1000

/** Signs the tokens beforehand, sends them in batches, and samples the gate's memory for each. */
export const measureTokenMemory = async (
  scope: Scope,
  options: TokenMemoryOptions,
): Promise<TokenMemoryReport> => {
  const { tokens, connections, warmUp, window } = options
  const { gate, signed } = await prepare(scope, options)
  const errors: string[] = []
  const samples: TokenMemorySample[] = []
  // In the same order again and again: each is long evicted when it comes again.
  for (let sent = 0; sent < warmUp + tokens; sent += batchSize) {
    const start = sent % signed.length
    resetPeak(gate.pid)
    const report = await sendTokens(gate, connections, signed.slice(start, start + batchSize))
    errors.push(...failuresOf(report))
    samples.push(await takeSample(gate, sent + (report.statuses[200] ?? 0)))
  }
  const full = samples.filter(({ answered }) => answered > warmUp - window && answered <= warmUp)
  const end = samples.filter(({ answered }) => answered > warmUp + tokens - window)
  const last = samples.at(-1)
  if (last === undefined || full.some(({ evicted }) => evicted === 0)) {
    throw new Error('the cache was not full before the measured part')
  }
  return {
    errors,
    samples,
    fullBytes: highest(full),
    endBytes: highest(end),
    end: last,
    residentBytes: residentBytes(gate.pid),
    highestBytes: highest(samples),
  }
}

const prepare = async (
  scope: Scope,
  { tokens, distinct = tokens, cacheBytes }: TokenMemoryOptions,
): Promise<{ readonly gate: Gate; readonly signed: readonly string[] }> => {
  const nginx = await startNginx(scope)
  const pool = await createUserPool({ poolId: 'eu-west-1_Benchmark', clientId: 'webapp' })
  scope.teardown(() => pool.close())
  const signed = Array.from({ length: distinct }, () => pool.accessToken({ scope: 'orders/read' }))
  const gate = await startGate(scope, {
    flags: imageFlags(),
    config: `${ephemeralListeners}
upstream: { url: '${nginx.url}' }
tokenCache: { maxBytes: ${cacheBytes} }
authorizers:
  pool: { type: COGNITO_USER_POOLS, userPoolIds: [${pool.poolId}], issuer: '${pool.issuer}' }
routes: [{ path: /quick, method: GET, authorizer: pool, authorizationScopes: [orders/read] }]
`,
  })
  await untilReady(gate)
  return { gate, signed }
}

const sendTokens = (
  gate: Gate,
  connections: number,
  tokens: readonly string[],
): Promise<LoadReport> => {
  const left = tokens.values()
  const next = () => {
    const { value, done } = left.next()
    if (done === true) return undefined
    return { path: '/quick', headers: { authorization: `Bearer ${value}` } }
  }
  return runLoad({ url: gate.url, connections, next })
}

const takeSample = async (gate: Gate, answered: number): Promise<TokenMemorySample> => {
  const bytes = peakBytes(gate.pid)
  const metrics = await scrape(gate.adminUrl)
  return {
    answered,
    peakBytes: bytes,
    cached: sumOf(metrics, 'token_cache_entries'),
    evicted: sumOf(metrics, 'token_cache_evictions_total'),
    hits: sumOf(metrics, 'token_cache_lookups_total', { result: 'hit' }),
  }
}

const failuresOf = ({ statuses, errors }: LoadReport): readonly string[] => [
  ...errors,
  ...Object.entries(statuses)
    .filter(([status]) => status !== '200')
    .map(([status, count]) => `${count} answers with ${status}`),
]

const highest = (samples: readonly TokenMemorySample[]): number =>
  Math.max(...samples.map((sample) => sample.peakBytes))
