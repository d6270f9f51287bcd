// What a real Prometheus makes of the gate's metrics: known requests are sent, and its query API must
// then give exactly their counts.
import { spawnSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import { createUserPool } from '../../src/demo/user-pool.ts'
import { bearer } from './helpers/cases.ts'
import { curl } from './helpers/curl.ts'
import { ephemeralListeners, startGate, untilReady } from './helpers/gate.ts'
import { scrapeText } from './helpers/metrics.ts'
import { startNginx } from './helpers/nginx.ts'
import { startPrometheus, type Prometheus } from './helpers/prometheus.ts'

/** Asks until the answer is what it should be; the last one is given when time is up. */
const settled = async (
  { query }: Prometheus,
  expression: string,
  want: Readonly<Record<string, number>>,
): Promise<Readonly<Record<string, number>>> => {
  const deadline = Date.now() + 10_000
  for (;;) {
    const found = await query(expression)
    if (isDeepStrictEqual(found, want) || Date.now() > deadline) return found
    await sleep(100)
  }
}

t.test('Prometheus counts what was sent', async (t) => {
  const pool = await createUserPool({ poolId: 'eu-west-1_Metrics01', clientId: 'webapp' })
  t.teardown(() => pool.close())
  const nginx = await startNginx(t)
  const gate = await startGate(t, {
    config: `${ephemeralListeners}
upstream: { url: '${nginx.url}' }
authorizers:
  pool: { type: COGNITO_USER_POOLS, userPoolIds: [${pool.poolId}], issuer: '${pool.issuer}' }
routes:
  - { path: /health, method: GET, authorizationType: NONE }
  - { path: '/orders/{orderId}', method: GET, authorizer: pool }
  - { path: '/admin/{proxy+}', method: ANY, authorizer: pool, authorizationGroups: [admins] }
`,
  })
  await untilReady(gate)
  const prometheus = await startPrometheus(t, gate.adminUrl)

  const good = bearer(pool.idToken())
  const requests: readonly { readonly times: number; readonly args: readonly string[] }[] = [
    { times: 3, args: [`${gate.url}/health`] },
    { times: 5, args: [...good, `${gate.url}/orders/[1-5]?q=1`] },
    { times: 2, args: [`${gate.url}/orders/[1-2]`] },
    { times: 4, args: [...bearer('x.y.z'), `${gate.url}/orders/[1-4]`] },
    { times: 1, args: [...good, '--request', 'DELETE', `${gate.url}/admin/users`] },
    { times: 2, args: [`${gate.url}/elsewhere/[1-2]`] },
    { times: 1, args: [`${gate.url}/health/%00`] },
    { times: 1, args: ['-H', 'X-Claim-Sub: root', '-H', 'x_claim_sub: a', `${gate.url}/health`] },
  ]
  for (const { times, args } of requests) {
    // curl counts the brackets out by itself; what has none is sent as often as is said.
    const rounds = args.join(' ').includes('[') ? 1 : times
    for (let round = 0; round < rounds; round += 1) await curl(...args)
  }

  const anOrder = 'route=GET /orders/{orderId}'
  const cases: readonly {
    readonly expression: string
    readonly want: Readonly<Record<string, number>>
  }[] = [
    { expression: 'up', want: { '': 1 } },
    {
      // What can happen is there from the start, as 0.
      expression: 'cognito_gate_authorizations_total > 0',
      want: {
        'authorizer=none outcome=allow route=GET /health': 4,
        'authorizer=none outcome=deny reason=no_route route=none': 2,
        'authorizer=pool outcome=allow route=GET /orders/{orderId}': 5,
        'authorizer=pool outcome=deny reason=group_insufficient route=ANY /admin/{proxy+}': 1,
        'authorizer=pool outcome=deny reason=token_malformed route=GET /orders/{orderId}': 4,
        'authorizer=pool outcome=deny reason=token_missing route=GET /orders/{orderId}': 2,
      },
    },
    {
      expression: 'cognito_gate_requests_total',
      want: {
        'code=200 route=GET /health': 4,
        'code=200 route=GET /orders/{orderId}': 5,
        'code=400 route=none': 1,
        'code=401 route=GET /orders/{orderId}': 6,
        'code=403 route=ANY /admin/{proxy+}': 1,
        'code=403 route=none': 2,
      },
    },
    {
      expression: 'cognito_gate_requests_refused_early_total > 0',
      want: { 'reason=target_ambiguous': 1 },
    },
    {
      expression: 'cognito_gate_request_duration_seconds_count',
      want: {
        'route=ANY /admin/{proxy+}': 1,
        'route=GET /health': 4,
        [anOrder]: 11,
        'route=none': 3,
      },
    },
    {
      expression: `cognito_gate_request_duration_seconds_bucket{le="+Inf",route=~"GET /o.*"}`,
      want: { [`le=+Inf ${anOrder}`]: 11 },
    },
    { expression: 'cognito_gate_gate_overhead_seconds_count', want: { '': 19 } },
    { expression: 'cognito_gate_upstream_duration_seconds_count', want: { '': 9 } },
    {
      expression: 'cognito_gate_token_verification_duration_seconds_count',
      want: { 'authorizer=pool': 1 },
    },
    {
      expression: 'cognito_gate_token_cache_lookups_total',
      want: { 'result=hit': 5, 'result=miss': 1 },
    },
    { expression: 'cognito_gate_token_cache_entries', want: { '': 1 } },
    { expression: 'cognito_gate_identity_headers_stripped_total', want: { '': 2 } },
    { expression: 'cognito_gate_jwks_keys', want: { [`issuer=${pool.issuer}`]: 2 } },
    {
      expression: 'cognito_gate_jwks_fetches_total > 0',
      want: { [`issuer=${pool.issuer} outcome=success`]: 1 },
    },
    { expression: 'cognito_gate_jwks_stale', want: { [`issuer=${pool.issuer}`]: 0 } },
    {
      expression: 'time() - cognito_gate_jwks_last_success_timestamp_seconds < bool 60',
      want: { [`issuer=${pool.issuer}`]: 1 },
    },
    { expression: 'cognito_gate_requests_in_flight', want: { '': 0 } },
    { expression: 'cognito_gate_upstream_errors_total > 0', want: {} },
    { expression: 'count(cognito_gate_build_info)', want: { '': 1 } },
    { expression: 'process_resident_memory_bytes > bool 1e6', want: { '': 1 } },
    {
      // As a dashboard would ask: a quantile of what was measured, and no more than the last bucket.
      expression:
        'histogram_quantile(0.99, sum by (le) (cognito_gate_request_duration_seconds_bucket)) <= bool 60',
      want: { '': 1 },
    },
  ]
  for (const { expression, want } of cases) {
    t.strictSame(await settled(prometheus, expression, want), want, expression)
  }
  t.equal(prometheus.program.stderr(), '', 'Prometheus has nothing to complain of')

  await t.test('and promtool has no fault to find with the gate’s own metrics', async (t) => {
    const { error, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: await scrapeText(gate.adminUrl),
      encoding: 'utf8',
    })
    t.equal(error, undefined)
    t.strictSame(
      `${stdout}${stderr}`.split('\n').filter((line) => line !== ''),
      complaintsOfDefaults,
    )
  })
})

/** The defaults of prom-client have these names, which dashboards for Node.js are made for. */
const complaintsOfDefaults = [
  'nodejs_active_handles_total non-counter metrics should not have "_total" suffix',
  'nodejs_active_requests_total non-counter metrics should not have "_total" suffix',
  'nodejs_active_resources_total non-counter metrics should not have "_total" suffix',
]
