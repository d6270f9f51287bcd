import { readFileSync } from 'node:fs'
import { register } from 'prom-client'
import t from 'tap'
import { denialCodes } from '../../src/core/denial.ts'
import { createMetrics, metricDocs, type Metrics } from '../../src/observe/metrics.ts'
import {
  health,
  issuer,
  metricsOptions,
  order,
  ownBlocks,
  route,
  samples,
  secret,
  tokenAccess,
} from './fixtures.ts'

/** A little of everything. */
const exercise = (metrics: Metrics): void => {
  metrics.requestStarted()
  metrics.allowed(health)
  metrics.requestFinished({ route: health, status: 200, totalMs: 3, upstreamMs: 2.5 })
  metrics.requestStarted()
  metrics.tokenCacheLookup('miss')
  metrics.tokenVerified('pool', 0.0625)
  metrics.allowed(order)
  metrics.identityHeadersStripped(1)
  metrics.upstreamRetried()
  metrics.upstreamFinished(125)
  metrics.requestFinished({ route: order, status: 200, totalMs: 125.25, upstreamMs: 125 })
  metrics.requestStarted()
  metrics.tokenCacheLookup('hit')
  metrics.denied(order, 'token_expired')
  metrics.requestFinished({ route: order, status: 401, totalMs: 0.25, upstreamMs: 0 })
  metrics.requestStarted()
  metrics.denied(secret, 'route_denied')
  metrics.wouldDeny(order, 'token_missing')
  metrics.wouldDeny(undefined, 'no_route')
  metrics.requestFinished({ route: secret, status: 403, totalMs: 0.25, upstreamMs: 0 })
  metrics.requestStarted()
  metrics.refusedEarly('target_ambiguous')
  metrics.requestFinished({ route: undefined, status: 400, totalMs: 0.125, upstreamMs: 0 })
  metrics.requestStarted()
  metrics.upstreamFailed('connect')
  metrics.webSocketOpened()
  metrics.webSocketOpened()
  metrics.webSocketClosed('client')
  metrics.tokenCacheEvicted()
  metrics.keysFetched(issuer, 'success', 62.5)
}

t.test('the text is the Prometheus format, name by name and line by line', async (t) => {
  const metrics = createMetrics(metricsOptions())
  exercise(metrics)
  const golden = readFileSync(new URL('./metrics.golden.txt', import.meta.url), 'utf8')
  const text = ownBlocks(await metrics.render()).replace(process.version, 'vNODE')
  t.equal(text, golden.trimEnd())
})

t.test('it is the text format 0.0.4, and counters keep their _total', async (t) => {
  const metrics = createMetrics(metricsOptions())
  t.equal(metrics.contentType, 'text/plain; version=0.0.4; charset=utf-8')
  for (const round of ['first', 'second']) {
    const text = await metrics.render()
    t.match(text, '# TYPE cognito_gate_requests_total counter\n', round)
    t.notMatch(text, '# EOF', round)
  }
})

t.test('every documented metric is there, and no other of ours', async (t) => {
  const text = await createMetrics(metricsOptions()).render()
  t.strictSame(
    [...text.matchAll(/^# TYPE (cognito_gate_\S+) (\S+)$/gm)]
      .map(([, name, type]) => `${name} ${type}`)
      .sort(),
    metricDocs.map(({ name, type }) => `${name} ${type}`).sort(),
  )
})

t.test('the process and Node.js are measured too', async (t) => {
  const text = await createMetrics(metricsOptions()).render()
  t.match(text, /^process_cpu_seconds_total \d/m)
  t.match(text, /^nodejs_eventloop_lag_seconds /m)
  t.match(text, `cognito_gate_build_info{version="1.2.3",node="${process.version}"} 1\n`)
})

t.test('two gates in one process count apart, and not in the global registry', async (t) => {
  const one = createMetrics(metricsOptions())
  const other = createMetrics(metricsOptions({ routes: [], version: '2.0.0' }))
  one.requestStarted()
  one.upstreamFailed('dns')
  t.match(await one.render(), 'cognito_gate_upstream_errors_total{kind="dns"} 1\n')
  const text = await other.render()
  t.match(text, 'cognito_gate_upstream_errors_total{kind="dns"} 0\n')
  t.match(text, 'cognito_gate_requests_in_flight 0\n')
  t.notMatch(text, 'GET /health')
  t.strictSame(register.getMetricsAsArray(), [])
})

t.test('no request adds to the values that a label can have', async (t) => {
  const metrics = createMetrics(metricsOptions())
  // What a client chooses is not in these: a hostile path only ever finds one of the routes, or none.
  const templates = [health, order, secret, undefined]
  for (const matched of templates) {
    for (const status of [200, 401, 403, 404, 500, 502, 503, 504]) {
      metrics.requestFinished({ route: matched, status, totalMs: 1, upstreamMs: 0 })
    }
    for (const code of denialCodes) {
      metrics.denied(matched, code)
      metrics.wouldDeny(matched, code)
    }
  }
  const stranger = route(7, 'GET /%2e%2e/"} 1\nx 1', tokenAccess('nobody'))
  metrics.allowed(stranger)
  metrics.requestFinished({ route: stranger, status: 200, totalMs: 1, upstreamMs: 0 })
  const text = await metrics.render()
  const values = (label: string): readonly string[] => [
    ...new Set(
      [...text.matchAll(new RegExp(`[{,]${label}="([^"]*)"`, 'g'))].map(([, v = '']) => v),
    ),
  ]
  t.strictSame([...values('route')].sort(), [
    'ANY /secret',
    'GET /health',
    'GET /orders/{orderId}',
    'none',
  ])
  t.strictSame([...values('authorizer')].sort(), ['none', 'pool'])
  t.strictSame([...values('outcome')].sort(), ['allow', 'deny', 'failed', 'success', 'would_deny'])
  t.strictSame(
    values('reason').filter((reason) => !(denialCodes as readonly string[]).includes(reason)),
    ['', 'client', 'upstream', 'expiry', 'idle', 'drain', 'revoked', 'error'],
  )
  t.notMatch(text, 'nobody')
})

t.test('a failure to collect fails the scrape alone', async (t) => {
  let fails = true
  const metrics = createMetrics(
    metricsOptions({
      tokenCache: () => {
        if (fails) throw new Error('not now')
        return { entries: 1, bytes: 1 }
      },
    }),
  )
  await t.rejects(metrics.render(), { message: 'not now' })
  fails = false
  t.strictSame(samples(await metrics.render(), 'cognito_gate_token_cache_entries'), [
    'cognito_gate_token_cache_entries 1',
  ])
})

t.test('what is in report mode is a number, with what no route takes as one more', async (t) => {
  for (const { mode, want } of [
    { mode: { reporting: 3, unmatched: false }, want: 3 },
    { mode: { reporting: 3, unmatched: true }, want: 4 },
  ]) {
    const text = await createMetrics(metricsOptions({ reportMode: () => mode })).render()
    t.match(text, `cognito_gate_report_mode_routes ${want}\n`)
  }
})
