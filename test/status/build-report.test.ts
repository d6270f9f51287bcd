import t from 'tap'
import { createReporter, type StatusSources } from '../../src/status/build-report.ts'
import type { ReloadRecord } from '../../src/core/reload.ts'
import { createManualTime } from '../helpers/manual-time.ts'
import { createSources, issuer } from './fixtures.ts'

const reloads: readonly ReloadRecord[] = [
  { atMs: 1_800_000_000_000, outcome: 'failed', trigger: 'files', message: 'first' },
  { atMs: 1_800_000_001_000, outcome: 'success', trigger: 'signal', message: 'second' },
]

const setUp = async (t: Parameters<typeof createSources>[0], more = '') => {
  const sources = await createSources(t, more)
  const time = createManualTime()
  const state = { inForce: sources.inForce, notReady: [] as readonly string[], reloads }
  const options: StatusSources = {
    inForce: () => state.inForce,
    readings: sources.metrics,
    notReady: () => state.notReady,
    refusals: () => [],
    reloads: () => state.reloads,
    clock: time.clock,
    version: '1.2.3',
  }
  return { ...sources, time, state, reporter: createReporter(options) }
}

t.test('a report has what the metrics, the keys and the configuration say', async (t) => {
  const { reporter, metrics, inForce, time } = await setUp(t)
  const [health, orders, desk, secret] = inForce.table.routes
  metrics.requestStarted()
  metrics.allowed(health!)
  metrics.allowed(orders!)
  metrics.allowed(orders!)
  metrics.denied(orders, 'token_missing')
  metrics.denied(orders, 'token_expired')
  metrics.denied(orders, 'token_expired')
  metrics.wouldDeny(desk, 'token_missing')
  metrics.denied(secret, 'route_denied')
  metrics.denied(undefined, 'no_route')
  metrics.refusedEarly('request_malformed')
  metrics.tokenCacheLookup('hit')
  metrics.tokenCacheLookup('hit')
  metrics.tokenCacheLookup('hit')
  metrics.tokenCacheLookup('miss')
  metrics.tokenCacheEvicted()
  metrics.webSocketOpened()
  await time.advance(65_500)

  const none = { allowed: 0, denied: 0, wouldDeny: 0, reasons: {} }
  const open = { authorizer: null, scopes: [], groups: [], enforcement: null }
  t.strictSame(await reporter(), {
    at: '2027-01-15T08:01:05.500Z',
    gate: {
      version: '1.2.3',
      node: process.version,
      apiType: 'REST',
      startedAt: '2027-01-15T08:00:00.000Z',
      uptimeSeconds: 65,
    },
    readiness: 'ready',
    notices: ['report mode on 1 of 2 routes that ask for a token: what would be refused passes'],
    reportMode: { reporting: 1, routes: 2, unmatched: false },
    traffic: { requestsInFlight: 1, webSockets: 1 },
    totals: { allowed: 3, denied: 6, wouldDeny: 1 },
    upstream: {
      url: 'http://127.0.0.1:3000/legacy',
      requests: 4,
      waiting: 1,
      maxConnections: 1024,
    },
    cache: {
      entries: 3,
      bytes: 2048,
      maxBytes: 33_554_432,
      hits: 3,
      misses: 1,
      hitRatio: 0.75,
      evictions: 1,
    },
    keys: [
      {
        authorizer: 'partner',
        type: 'JWT',
        issuer,
        source: 'discovery',
        state: 'fresh',
        keys: 2,
        ageSeconds: 65,
        nextFetchSeconds: 0,
        lastError: null,
      },
    ],
    routes: [
      {
        ...{ route: 'GET /desk', access: 'token', authorizer: 'partner', scopes: [], groups: [] },
        ...{ ...none, enforcement: 'report', wouldDeny: 1, reasons: { token_missing: 1 } },
      },
      { ...none, ...open, route: 'GET /health', access: 'public', allowed: 1 },
      {
        ...{ route: 'GET /orders', access: 'token', authorizer: 'partner' },
        ...{ scopes: ['orders/read'], groups: [], enforcement: 'enforce', allowed: 2, denied: 3 },
        ...{ wouldDeny: 0, reasons: { token_missing: 1, token_expired: 2 } },
      },
      {
        ...{ ...none, ...open, route: 'ANY /secret', access: 'denied', denied: 1 },
        reasons: { route_denied: 1 },
      },
    ],
    unmatched: { ...none, denied: 1, reasons: { no_route: 1 } },
    early: { request_malformed: 1 },
    refusals: [],
    reloads: [
      {
        at: '2027-01-15T08:00:01.000Z',
        outcome: 'success',
        trigger: 'signal',
        message: 'second',
      },
      { at: '2027-01-15T08:00:00.000Z', outcome: 'failed', trigger: 'files', message: 'first' },
    ],
  })
})

t.test('a reason that was both refused and let pass counts once for each', async (t) => {
  const { reporter, metrics, inForce } = await setUp(t)
  const desk = inForce.table.routes[2]!
  metrics.wouldDeny(desk, 'token_missing')
  metrics.denied(desk, 'token_missing')
  const [first] = (await reporter()).routes
  t.match(first, { denied: 1, wouldDeny: 1, reasons: { token_missing: 2 } })
})

t.test('a cache that nobody asked has no ratio, and a socket has its path', async (t) => {
  const { reporter, state, inForce } = await setUp(t)
  const upstream = { ...inForce.settings.upstream, socketPath: '/run/app.sock' }
  state.inForce = { ...inForce, settings: { ...inForce.settings, upstream } }
  const { cache, upstream: shown } = await reporter()
  t.equal(cache.hitRatio, null)
  t.equal(shown.url, 'unix:/run/app.sock')
})

t.test('after a reload its routes are those of the table in force', async (t) => {
  const { reporter, state } = await setUp(t)
  t.equal((await reporter()).routes.length, 4)
  state.inForce = (await setUp(t, '  - { path: /new, method: GET, authorizer: partner }')).inForce
  const { routes } = await reporter()
  t.strictSame(
    routes.map(({ route }) => route),
    ['GET /desk', 'GET /health', 'GET /new', 'GET /orders', 'ANY /secret'],
  )
})

t.test('a reload that failed is a notice until one succeeds', async (t) => {
  const { reporter, state } = await setUp(t)
  const failed = 'the last reload of the configuration failed; the one of before is in force'
  t.notOk((await reporter()).notices.includes(failed))
  state.reloads = state.reloads.slice(0, 1)
  t.ok((await reporter()).notices.includes(failed))
  state.reloads = []
  t.notOk((await reporter()).notices.includes(failed))
})

t.test('notices say why it is not ready, and which keys fail', async (t) => {
  const { reporter, state, setKeys } = await setUp(t)
  const about = `the signing keys of partner (${issuer})`
  const notices = async () => (await reporter()).notices.slice(0, -1)
  setKeys({ lastSuccessSeconds: 0, keys: 0, lastError: new Error('down') })
  t.strictSame(await notices(), [`${about} were never fetched; its tokens are answered 503`])
  state.notReady = [`waiting for the signing keys of ${issuer}`]
  t.equal((await reporter()).readiness, 'not_ready')
  t.strictSame(await notices(), state.notReady, 'said once')
  state.notReady = []
  setKeys({ lastSuccessSeconds: 1_800_000_000, keys: 2 })
  t.strictSame(await notices(), [`${about} cannot be fetched; those held are used`])
  setKeys({ stale: true })
  t.strictSame(await notices(), [`${about} cannot be fetched; those held are stale, and used`])
  setKeys({ keys: 0 })
  t.strictSame(await notices(), [
    `${about} cannot be fetched, and those held are too old to be used; its tokens are answered 503`,
  ])
})

t.test('where all is enforced and fresh there is no notice', async (t) => {
  const { reporter, state, inForce } = await setUp(t)
  const { settings } = inForce
  const routes = settings.routes.map((route) => ({ ...route, enforcement: 'enforce' as const }))
  state.inForce = { ...inForce, settings: { ...settings, routes } }
  t.strictSame((await reporter()).notices, [])
})
