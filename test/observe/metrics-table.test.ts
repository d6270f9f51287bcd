import t from 'tap'
import { metricDocs, metricTable, type MetricDefinition } from '../../src/observe/metrics-table.ts'

const definitions: readonly MetricDefinition[] = Object.values(metricTable)

t.test('every metric is documented under its full name', async (t) => {
  t.strictSame(
    metricDocs.map(({ name, type, labels }) => `${type} ${name} {${labels.join()}}`),
    [
      'counter cognito_gate_requests_total {route,code}',
      'counter cognito_gate_requests_refused_early_total {reason}',
      'histogram cognito_gate_request_duration_seconds {route}',
      'histogram cognito_gate_gate_overhead_seconds {}',
      'gauge cognito_gate_requests_in_flight {}',
      'counter cognito_gate_authorizations_total {route,authorizer,outcome,reason}',
      'gauge cognito_gate_report_mode_routes {}',
      'histogram cognito_gate_token_verification_duration_seconds {authorizer}',
      'counter cognito_gate_token_cache_lookups_total {result}',
      'gauge cognito_gate_token_cache_entries {}',
      'gauge cognito_gate_token_cache_bytes {}',
      'counter cognito_gate_token_cache_evictions_total {}',
      'counter cognito_gate_jwks_fetches_total {issuer,outcome}',
      'histogram cognito_gate_jwks_fetch_duration_seconds {issuer}',
      'gauge cognito_gate_jwks_keys {issuer}',
      'gauge cognito_gate_jwks_last_success_timestamp_seconds {issuer}',
      'gauge cognito_gate_jwks_stale {issuer}',
      'counter cognito_gate_identity_headers_stripped_total {}',
      'histogram cognito_gate_upstream_duration_seconds {}',
      'counter cognito_gate_upstream_errors_total {kind}',
      'counter cognito_gate_upstream_retries_total {}',
      'gauge cognito_gate_websockets_active {}',
      'counter cognito_gate_websockets_closed_total {reason}',
      'counter cognito_gate_config_reloads_total {outcome}',
      'gauge cognito_gate_config_last_reload_timestamp_seconds {}',
      'gauge cognito_gate_config_last_reload_successful {}',
      'gauge cognito_gate_build_info {version,node}',
    ],
  )
})

t.test('the documentation says no more than name, type, labels and help', async (t) => {
  for (const doc of metricDocs) {
    t.strictSame(Object.keys(doc), ['name', 'type', 'labels', 'help'])
    t.match(doc.help, /^[A-Z0-9].*\.$/, doc.name)
  }
})

t.test('names follow the conventions: counters end in _total, and only they do', async (t) => {
  for (const { name, type } of definitions) {
    t.equal(name.endsWith('_total'), type === 'counter', name)
    t.match(name, /^cognito_gate_[a-z_]+$/)
  }
  t.equal(new Set(definitions.map(({ name }) => name)).size, definitions.length)
})

t.test(
  'histograms, and only they, have buckets: rising, few, and over the stated range',
  async (t) => {
    const ranges: Readonly<Record<string, readonly [number, number]>> = {
      cognito_gate_request_duration_seconds: [0.001, 60],
      cognito_gate_upstream_duration_seconds: [0.001, 60],
      cognito_gate_gate_overhead_seconds: [0.0001, 1],
      cognito_gate_token_verification_duration_seconds: [0.00001, 1],
      cognito_gate_jwks_fetch_duration_seconds: [0.005, 10],
    }
    for (const { name, type, buckets } of definitions) {
      t.equal(buckets !== undefined, type === 'histogram', name)
      if (buckets === undefined) continue
      t.strictSame([buckets[0], buckets.at(-1)], ranges[name], name)
      t.strictSame(
        buckets,
        [...buckets].sort((a, b) => a - b),
        name,
      )
      t.ok(buckets.length <= 16, name)
    }
  },
)
