import { Registry } from 'prom-client'
import t from 'tap'
import type { KeySetState } from '../../src/core/ports.ts'
import { createTokenMetrics } from '../../src/observe/metrics-tokens.ts'
import { issuer, samples } from './fixtures.ts'

const options = {
  authorizers: ['pool', 'partner'],
  tokenCache: () => ({ entries: 0, bytes: 0 }),
  keySets: () => new Map<string, KeySetState>(),
}

t.test('verifications are timed per configured authorizer', async (t) => {
  const registry = new Registry()
  const metrics = createTokenMetrics(registry, options)
  metrics.tokenVerified('pool', 0.04)
  metrics.tokenVerified('pool', 2)
  metrics.tokenVerified('a stranger', 1)
  const text = await registry.metrics()
  const name = 'cognito_gate_token_verification_duration_seconds'
  t.strictSame(samples(text, `${name}_count`), [`${name}_count{authorizer="pool"} 2`])
  t.match(text, `${name}_bucket{le="0.000025",authorizer="pool"} 0\n`)
  t.match(text, `${name}_bucket{le="0.00005",authorizer="pool"} 1\n`)
})

t.test('lookups and evictions are counted from 0', async (t) => {
  const registry = new Registry()
  const metrics = createTokenMetrics(registry, options)
  const counters = async (): Promise<readonly string[]> => [
    ...samples(await registry.metrics(), 'cognito_gate_token_cache_lookups_total'),
    ...samples(await registry.metrics(), 'cognito_gate_token_cache_evictions_total'),
  ]
  t.strictSame(await counters(), [
    'cognito_gate_token_cache_lookups_total{result="hit"} 0',
    'cognito_gate_token_cache_lookups_total{result="miss"} 0',
    'cognito_gate_token_cache_evictions_total 0',
  ])
  metrics.tokenCacheLookup('miss')
  metrics.tokenCacheLookup('hit')
  metrics.tokenCacheLookup('hit')
  metrics.tokenCacheEvicted()
  t.strictSame(await counters(), [
    'cognito_gate_token_cache_lookups_total{result="hit"} 2',
    'cognito_gate_token_cache_lookups_total{result="miss"} 1',
    'cognito_gate_token_cache_evictions_total 1',
  ])
  t.strictSame(metrics.tokenCacheCounts(), { hits: 2, misses: 1, evictions: 1 })
})

t.test('the size of the cache is read at each scrape, not before', async (t) => {
  const registry = new Registry()
  let entries = 0
  const tokenCache = (): { entries: number; bytes: number } => {
    entries += 1
    return { entries, bytes: entries * 1000 }
  }
  createTokenMetrics(registry, { ...options, tokenCache })
  t.equal(entries, 0)
  const text = await registry.metrics()
  t.match(text, 'cognito_gate_token_cache_entries 1\n')
  t.match(text, 'cognito_gate_token_cache_bytes 2000\n')
})

t.test('key sets are shown per issuer, as they are at the scrape', async (t) => {
  const registry = new Registry()
  let state: KeySetState = { keys: 0, lastSuccessSeconds: 0, stale: false }
  createTokenMetrics(registry, { ...options, keySets: () => new Map([[issuer, state]]) })
  const gauges = async (): Promise<readonly string[]> =>
    samples(await registry.metrics(), 'cognito_gate_jwks_').filter((line) => !/_total/.test(line))
  const label = `{issuer="${issuer}"}`
  t.strictSame(await gauges(), [
    `cognito_gate_jwks_keys${label} 0`,
    `cognito_gate_jwks_last_success_timestamp_seconds${label} 0`,
    `cognito_gate_jwks_stale${label} 0`,
  ])
  state = { keys: 2, lastSuccessSeconds: 1_790_000_000, stale: true }
  t.strictSame(await gauges(), [
    `cognito_gate_jwks_keys${label} 2`,
    `cognito_gate_jwks_last_success_timestamp_seconds${label} 1790000000`,
    `cognito_gate_jwks_stale${label} 1`,
  ])
})

t.test(
  'fetches are counted and timed per issuer; both outcomes stand from the start',
  async (t) => {
    const registry = new Registry()
    const state: KeySetState = { keys: 2, lastSuccessSeconds: 1, stale: false }
    const metrics = createTokenMetrics(registry, {
      ...options,
      keySets: () => new Map([[issuer, state]]),
    })
    const name = 'cognito_gate_jwks_fetches_total'
    const label = (outcome: string): string => `${name}{issuer="${issuer}",outcome="${outcome}"}`
    t.strictSame(samples(await registry.metrics(), name), [
      `${label('success')} 0`,
      `${label('failed')} 0`,
    ])
    metrics.keysFetched(issuer, 'failed', 1500)
    metrics.keysFetched(issuer, 'success', 40)
    metrics.keysFetched(issuer, 'success', 60)
    const text = await registry.metrics()
    t.strictSame(samples(text, name), [`${label('success')} 2`, `${label('failed')} 1`])
    t.match(text, `cognito_gate_jwks_fetch_duration_seconds_sum{issuer="${issuer}"} 1.6\n`)
  },
)

t.test(
  'a reload brings other authorizers, and one that was taken out is shown once more',
  async (t) => {
    const registry = new Registry()
    const metrics = createTokenMetrics(registry, options)
    const counted = async () =>
      samples(
        await registry.metrics(),
        'cognito_gate_token_verification_duration_seconds_count',
      ).map((line) => line.replace(/^[^{]*/, ''))
    metrics.tokenVerified('pool', 1)
    metrics.tokenVerified('partner', 1)
    metrics.followAuthorizers(['pool', 'fresh'])
    for (const name of ['pool', 'partner', 'fresh']) metrics.tokenVerified(name, 1)
    t.strictSame(await counted(), [
      '{authorizer="pool"} 2',
      '{authorizer="partner"} 2',
      '{authorizer="fresh"} 1',
    ])
    metrics.followAuthorizers(['pool'])
    metrics.tokenVerified('partner', 1)
    t.strictSame(await counted(), ['{authorizer="pool"} 2', '{authorizer="fresh"} 1'])
  },
)

t.test('an issuer that a reload has taken out has no state any more', async (t) => {
  const registry = new Registry()
  let states = new Map<string, KeySetState>([
    [issuer, { keys: 2, lastSuccessSeconds: 1, stale: false }],
  ])
  createTokenMetrics(registry, { ...options, keySets: () => states })
  t.strictSame(samples(await registry.metrics(), 'cognito_gate_jwks_keys'), [
    `cognito_gate_jwks_keys{issuer="${issuer}"} 2`,
  ])
  states = new Map()
  t.strictSame(samples(await registry.metrics(), 'cognito_gate_jwks_keys'), [])
})
