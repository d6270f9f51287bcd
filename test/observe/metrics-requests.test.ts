import { Registry } from 'prom-client'
import t from 'tap'
import { createRequestMetrics } from '../../src/observe/metrics-requests.ts'
import { health, order, route, samples, secret, tokenAccess } from './fixtures.ts'

const routes = [health, order, secret]

t.test('what can be foreseen is there from the start, at 0', async (t) => {
  const registry = new Registry()
  createRequestMetrics(registry, routes)
  const text = await registry.metrics()
  t.strictSame(samples(text, 'cognito_gate_authorizations_total'), [
    'cognito_gate_authorizations_total{route="none",authorizer="none",outcome="deny",reason="no_route"} 0',
    'cognito_gate_authorizations_total{route="GET /health",authorizer="none",outcome="allow",reason=""} 0',
    'cognito_gate_authorizations_total{route="GET /orders/{orderId}",authorizer="pool",outcome="allow",reason=""} 0',
    'cognito_gate_authorizations_total{route="ANY /secret",authorizer="none",outcome="deny",reason="route_denied"} 0',
  ])
  t.strictSame(samples(text, 'cognito_gate_requests_refused_early_total'), [
    'cognito_gate_requests_refused_early_total{reason="target_ambiguous"} 0',
    'cognito_gate_requests_refused_early_total{reason="request_malformed"} 0',
    'cognito_gate_requests_refused_early_total{reason="peer_untrusted"} 0',
    'cognito_gate_requests_refused_early_total{reason="header_aliased"} 0',
    'cognito_gate_requests_refused_early_total{reason="request_timeout"} 0',
    'cognito_gate_requests_refused_early_total{reason="headers_too_large"} 0',
    'cognito_gate_requests_refused_early_total{reason="body_too_large"} 0',
  ])
  t.strictSame(samples(text, 'cognito_gate_requests_in_flight'), [
    'cognito_gate_requests_in_flight 0',
  ])
})

t.test('a request is in flight from its start to its end, and then counted', async (t) => {
  const registry = new Registry()
  const metrics = createRequestMetrics(registry, routes)
  metrics.requestStarted()
  metrics.requestStarted()
  metrics.requestStarted()
  metrics.requestFinished({ route: order, status: 200, totalMs: 100, upstreamMs: 75 })
  metrics.requestFinished({ route: order, status: 200, totalMs: 300, upstreamMs: 275 })
  t.match(await registry.metrics(), 'cognito_gate_requests_in_flight 1\n')
  metrics.requestFinished({ route: undefined, status: 403, totalMs: 1, upstreamMs: 0 })
  const text = await registry.metrics()
  t.match(text, 'cognito_gate_requests_in_flight 0\n')
  t.strictSame(samples(text, 'cognito_gate_requests_total'), [
    'cognito_gate_requests_total{route="GET /orders/{orderId}",code="200"} 2',
    'cognito_gate_requests_total{route="none",code="403"} 1',
  ])
  t.strictSame(samples(text, 'cognito_gate_request_duration_seconds_count'), [
    'cognito_gate_request_duration_seconds_count{route="GET /orders/{orderId}"} 2',
    'cognito_gate_request_duration_seconds_count{route="none"} 1',
  ])
  t.match(text, 'cognito_gate_request_duration_seconds_sum{route="GET /orders/{orderId}"} 0.4\n')
  t.match(text, 'cognito_gate_gate_overhead_seconds_sum 0.051')
  t.match(text, 'cognito_gate_gate_overhead_seconds_count 3\n')
})

t.test('a decision for an edge proxy is time of the gate, and no request', async (t) => {
  const registry = new Registry()
  const metrics = createRequestMetrics(registry, routes)
  metrics.decisionFinished(2)
  const text = await registry.metrics()
  t.match(text, 'cognito_gate_gate_overhead_seconds_sum 0.002\n')
  t.match(text, 'cognito_gate_gate_overhead_seconds_count 1\n')
  t.match(text, 'cognito_gate_requests_in_flight 0\n')
  t.strictSame(samples(text, 'cognito_gate_requests_total'), [])
})

t.test('the overhead is never negative', async (t) => {
  const registry = new Registry()
  const metrics = createRequestMetrics(registry, routes)
  metrics.requestFinished({ route: health, status: 200, totalMs: 10, upstreamMs: 10.5 })
  const text = await registry.metrics()
  t.match(text, 'cognito_gate_gate_overhead_seconds_sum 0\n')
  t.match(text, 'cognito_gate_gate_overhead_seconds_bucket{le="0.0001"} 1\n')
})

t.test('decisions are counted by route, authorizer, outcome and reason', async (t) => {
  const registry = new Registry()
  const metrics = createRequestMetrics(registry, routes)
  metrics.allowed(health)
  metrics.allowed(order)
  metrics.allowed(order)
  metrics.denied(order, 'token_expired')
  metrics.denied(order, 'token_expired')
  metrics.denied(order, 'scope_insufficient')
  metrics.denied(secret, 'route_denied')
  metrics.denied(undefined, 'no_route')
  metrics.denied(undefined, 'internal')
  const counted = samples(await registry.metrics(), 'cognito_gate_authorizations_total')
  t.strictSame([...counted].map((line) => line.replace(/^\w+/, '')).sort(), [
    '{route="ANY /secret",authorizer="none",outcome="deny",reason="route_denied"} 1',
    '{route="GET /health",authorizer="none",outcome="allow",reason=""} 1',
    '{route="GET /orders/{orderId}",authorizer="pool",outcome="allow",reason=""} 2',
    '{route="GET /orders/{orderId}",authorizer="pool",outcome="deny",reason="scope_insufficient"} 1',
    '{route="GET /orders/{orderId}",authorizer="pool",outcome="deny",reason="token_expired"} 2',
    '{route="none",authorizer="none",outcome="deny",reason="internal"} 1',
    '{route="none",authorizer="none",outcome="deny",reason="no_route"} 1',
  ])
})

t.test('an early refusal is counted by its reason, also one not foreseen', async (t) => {
  const registry = new Registry()
  const metrics = createRequestMetrics(registry, routes)
  metrics.refusedEarly('request_malformed')
  metrics.refusedEarly('internal')
  metrics.refusedEarly('internal')
  const text = await registry.metrics()
  t.match(text, 'cognito_gate_requests_refused_early_total{reason="request_malformed"} 1\n')
  t.match(text, 'cognito_gate_requests_refused_early_total{reason="internal"} 2\n')
})

t.test('a route that is not in the table counts as none', async (t) => {
  const registry = new Registry()
  const metrics = createRequestMetrics(registry, routes)
  const stranger = route(99, 'GET /x', tokenAccess('elsewhere'))
  metrics.requestFinished({ route: stranger, status: 200, totalMs: 1, upstreamMs: 0 })
  metrics.denied(stranger, 'token_missing')
  const text = await registry.metrics()
  t.notMatch(text, 'GET /x')
  t.notMatch(text, 'elsewhere')
  t.match(text, 'cognito_gate_requests_total{route="none",code="200"} 1\n')
})

t.test('quotes, backslashes and line ends in a template are escaped', async (t) => {
  const registry = new Registry()
  createRequestMetrics(registry, [route(0, 'GET /a"b\\c\nd', { kind: 'public' })])
  t.match(await registry.metrics(), '{route="GET /a\\"b\\\\c\\nd",authorizer="none"')
})

t.test('the counts can be read as they stand', async (t) => {
  const metrics = createRequestMetrics(new Registry(), routes)
  t.strictSame(metrics.decisionCounts(order), [{ outcome: 'allow', reason: undefined, count: 0 }])
  metrics.requestStarted()
  metrics.allowed(order)
  metrics.denied(order, 'token_expired')
  metrics.denied(order, 'token_expired')
  metrics.wouldDeny(order, 'token_missing')
  metrics.denied(undefined, 'no_route')
  metrics.refusedEarly('request_malformed')
  t.strictSame(metrics.decisionCounts(order), [
    { outcome: 'allow', reason: undefined, count: 1 },
    { outcome: 'deny', reason: 'token_expired', count: 2 },
    { outcome: 'would_deny', reason: 'token_missing', count: 1 },
  ])
  t.strictSame(metrics.decisionCounts(undefined), [
    { outcome: 'deny', reason: 'no_route', count: 1 },
  ])
  t.strictSame(metrics.decisionCounts(secret), [
    { outcome: 'deny', reason: 'route_denied', count: 0 },
  ])
  t.strictSame(
    metrics.earlyRefusals().filter(([, count]) => count > 0),
    [['request_malformed', 1]],
  )
  t.equal(metrics.requestsInFlight(), 1)
})
