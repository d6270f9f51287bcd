import { Registry } from 'prom-client'
import t from 'tap'
import { createUpstreamMetrics } from '../../src/observe/metrics-upstream.ts'
import { samples } from './fixtures.ts'

const kinds = ['connect', 'dns', 'tls', 'timeout', 'reset', 'protocol', 'overload'] as const

const errors = (count: number): readonly string[] =>
  kinds.map((kind) => `cognito_gate_upstream_errors_total{kind="${kind}"} ${count}`)

t.test('every kind of failure is there from the start, and counted', async (t) => {
  const registry = new Registry()
  const metrics = createUpstreamMetrics(registry)
  t.strictSame(samples(await registry.metrics(), 'cognito_gate_upstream_errors_total'), errors(0))
  for (const kind of kinds) metrics.upstreamFailed(kind)
  t.strictSame(samples(await registry.metrics(), 'cognito_gate_upstream_errors_total'), errors(1))
})

t.test('answers, retries and stripped lines are counted', async (t) => {
  const registry = new Registry()
  const metrics = createUpstreamMetrics(registry)
  metrics.upstreamFinished(20)
  metrics.upstreamFinished(-1)
  metrics.upstreamRetried()
  metrics.identityHeadersStripped(3)
  metrics.identityHeadersStripped(0)
  const text = await registry.metrics()
  t.match(text, 'cognito_gate_upstream_duration_seconds_sum 0.02\n')
  t.match(text, 'cognito_gate_upstream_duration_seconds_count 2\n')
  t.match(text, 'cognito_gate_upstream_retries_total 1\n')
  t.match(text, 'cognito_gate_identity_headers_stripped_total 3\n')
})
