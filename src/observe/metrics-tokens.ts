// Counts token verification, the token cache and key sets. Issuers and authorizers are the
// configured ones; nothing of a token is ever a label.
import type { Registry } from 'prom-client'
import type { KeySetState, Recorder } from '../core/ports.ts'
import { createCounter, createGauge, createHistogram, toSeconds } from './metrics-build.ts'
import { createCounterCells, createHistogramCells, type Observe } from './metrics-cells.ts'
import { metricTable } from './metrics-table.ts'

export type TokenRecorder = Pick<
  Recorder,
  'tokenVerified' | 'tokenCacheLookup' | 'tokenCacheEvicted' | 'keysFetched'
>

/** The counts of the token cache as they stand. */
export interface TokenReadings {
  readonly tokenCacheCounts: () => {
    readonly hits: number
    readonly misses: number
    readonly evictions: number
  }
}

export interface TokenMetricsOptions {
  /** Names of the configured authorizers; others are not recorded. */
  readonly authorizers: readonly string[]
  readonly tokenCache: () => { readonly entries: number; readonly bytes: number }
  /** By issuer. Called at each scrape, never before the first. */
  readonly keySets: () => ReadonlyMap<string, KeySetState>
}

export interface TokenMetrics extends TokenRecorder, TokenReadings {
  /** Records those authorizers from now on. Of those that were left out what was recorded stays. */
  readonly followAuthorizers: (authorizers: readonly string[]) => void
}

export const createTokenMetrics = (
  registry: Registry,
  { authorizers, tokenCache, keySets }: TokenMetricsOptions,
): TokenMetrics => {
  const verified = createVerifications(registry)
  verified.follow(authorizers)
  const cache = createCacheMetrics(registry, tokenCache)
  const keysFetched = createFetchMetrics(registry, keySets)
  createKeySetGauges(registry, keySets)
  return {
    tokenVerified: verified.record,
    followAuthorizers: verified.follow,
    ...cache,
    keysFetched,
  }
}

/** As with routes, an authorizer that was taken out is shown for one more reload. */
const createVerifications = (registry: Registry) => {
  const durations = createHistogramCells(registry, metricTable.tokenVerification)
  let before = new Map<string, Observe>()
  let now = new Map<string, Observe>()
  return {
    record: (authorizer: string, ms: number): void => {
      const observe = now.get(authorizer) ?? before.get(authorizer)
      observe?.(toSeconds(ms))
    },
    follow: (authorizers: readonly string[]): void => {
      const next = new Map(
        authorizers.map((name) => [
          name,
          now.get(name) ?? before.get(name) ?? durations({ authorizer: name }),
        ]),
      )
      for (const [name, observe] of before) {
        if (!now.has(name) && !next.has(name)) durations.drop(observe)
      }
      before = now
      now = next
    },
  }
}

const createCacheMetrics = (
  registry: Registry,
  tokenCache: TokenMetricsOptions['tokenCache'],
): Pick<TokenRecorder, 'tokenCacheLookup' | 'tokenCacheEvicted'> & TokenReadings => {
  const lookups = createCounterCells(registry, metricTable.tokenCacheLookups)
  const results = { hit: lookups({ result: 'hit' }), miss: lookups({ result: 'miss' }) }
  createGauge(registry, metricTable.tokenCacheEntries, (gauge) => gauge.set(tokenCache().entries))
  createGauge(registry, metricTable.tokenCacheBytes, (gauge) => gauge.set(tokenCache().bytes))
  const evictions = createCounterCells(registry, metricTable.tokenCacheEvictions)({})
  return {
    tokenCacheLookup: (result) => {
      results[result].value += 1
    },
    tokenCacheEvicted: () => {
      evictions.value += 1
    },
    tokenCacheCounts: () => ({
      hits: results.hit.value,
      misses: results.miss.value,
      evictions: evictions.value,
    }),
  }
}

const createFetchMetrics = (
  registry: Registry,
  keySets: TokenMetricsOptions['keySets'],
): TokenRecorder['keysFetched'] => {
  // Issuers are known only once the key sets are; both outcomes of each stand from the first scrape.
  const fetches = createCounter(registry, metricTable.jwksFetches, (counter) => {
    for (const issuer of keySets().keys()) {
      counter.inc({ issuer, outcome: 'success' }, 0)
      counter.inc({ issuer, outcome: 'failed' }, 0)
    }
  })
  const durations = createHistogram(registry, metricTable.jwksFetchDuration)
  return (issuer, outcome, ms) => {
    fetches.inc({ issuer, outcome })
    durations.observe({ issuer }, toSeconds(ms))
  }
}

const createKeySetGauges = (registry: Registry, keySets: TokenMetricsOptions['keySets']): void => {
  const gauges = [
    { row: metricTable.jwksKeys, valueOf: (state: KeySetState) => state.keys },
    { row: metricTable.jwksLastSuccess, valueOf: (state: KeySetState) => state.lastSuccessSeconds },
    { row: metricTable.jwksStale, valueOf: (state: KeySetState) => Number(state.stale) },
  ]
  for (const { row, valueOf } of gauges) {
    createGauge(registry, row, (gauge) => {
      // Issuers that a reload has taken out have no state any more.
      gauge.reset()
      for (const [issuer, state] of keySets()) gauge.set({ issuer }, valueOf(state))
    })
  }
}
