// A legacy service is moved behind the gate, as the README says: report, read the counters in a real
// Prometheus, enforce. Nobody is turned away before the last step, and then exactly those who were counted.
import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import t from 'tap'
import { createUserPool } from '../../src/demo/user-pool.ts'
import { bearer } from './helpers/cases.ts'
import { curl } from './helpers/curl.ts'
import { ephemeralListeners, startGate, untilReady } from './helpers/gate.ts'
import { startGunicorn } from './helpers/gunicorn.ts'
import { startPrometheus, type Prometheus } from './helpers/prometheus.ts'

type Counts = Readonly<Record<string, number>>

/** Asks until the answer is what it should be; the last one is given when time is up. */
const settled = async (
  { query }: Prometheus,
  expression: string,
  want: Counts,
): Promise<Counts> => {
  const deadline = Date.now() + 20_000
  for (;;) {
    const found = await query(expression)
    if (isDeepStrictEqual(found, want) || Date.now() > deadline) return found
    await sleep(100)
  }
}

t.test('report, read the counters, enforce', async (t) => {
  const pool = await createUserPool({ poolId: 'eu-west-1_Legacy001', clientId: 'webapp' })
  t.teardown(() => pool.close())
  const service = await startGunicorn(t, 'whoami')
  const config = (enforcement: string) => `${ephemeralListeners}
upstream: { url: '${service}' }
enforcement: ${enforcement}
authorizers:
  pool: { type: COGNITO_USER_POOLS, userPoolIds: [${pool.poolId}], issuer: '${pool.issuer}' }
routes:
  - { path: /login, method: GET, authorizationType: NONE }
  - { path: '/desk/{proxy+}', method: ANY, authorizer: pool }
  - { path: '/admin/{proxy+}', method: ANY, authorizer: pool, authorizationGroups: [admins] }
`
  const clients = [
    { name: 'signed in', path: '/desk/a', args: bearer(pool.idToken()), times: 5, code: '' },
    {
      name: 'a script without a token',
      path: '/desk/a',
      args: [],
      times: 3,
      code: 'token_missing',
    },
    {
      name: 'an old session',
      path: '/desk/b',
      args: bearer(pool.idToken({ exp: 1 })),
      times: 2,
      code: 'token_expired',
    },
    {
      name: 'no admin',
      path: '/admin/users',
      args: bearer(pool.idToken({ 'cognito:groups': ['staff'] })),
      times: 1,
      code: 'group_insufficient',
    },
    { name: 'a page that was forgotten', path: '/status', args: [], times: 4, code: 'no_route' },
    { name: 'the public page', path: '/login', args: [], times: 2, code: '' },
  ]
  const spoofed = ['-H', 'X-Claim-Sub: root', '-H', 'X-Gate-Would-Deny;']

  await t.test('report: everybody is served, and the service is told', async (t) => {
    const gate = await startGate(t, { config: config('report') })
    await untilReady(gate)
    t.match(await curl(`${gate.adminUrl}/readyz`), {
      status: 200,
      body: /^ready\nreport mode on 2 /,
    })
    t.ok(
      gate.log().some(({ level, msg }) => level === 'warn' && /^report mode on/.test(String(msg))),
    )
    const prometheus = await startPrometheus(t, gate.adminUrl)
    for (const { name, path, args, times, code } of clients) {
      for (let round = 0; round < times; round += 1) {
        const answer = await curl(...args, ...spoofed, `${gate.url}${path}`)
        t.equal(answer.status, 200, name)
        const seen = JSON.parse(answer.body) as Readonly<Record<string, string>>
        t.equal(seen['HTTP_X_GATE_WOULD_DENY'] ?? '', code, name)
        t.equal('HTTP_X_CLAIM_SUB' in seen, name === 'signed in', name)
      }
    }
    const counted = 'cognito_gate_authorizations_total{outcome="would_deny"}'
    const want = {
      'authorizer=none outcome=would_deny reason=no_route route=none': 4,
      'authorizer=pool outcome=would_deny reason=group_insufficient route=ANY /admin/{proxy+}': 1,
      'authorizer=pool outcome=would_deny reason=token_expired route=ANY /desk/{proxy+}': 2,
      'authorizer=pool outcome=would_deny reason=token_missing route=ANY /desk/{proxy+}': 3,
    }
    t.strictSame(await settled(prometheus, counted, want), want)
    const refused = 'sum(cognito_gate_authorizations_total{outcome="deny"})'
    t.strictSame(await prometheus.query(refused), { '': 0 }, 'nobody was refused')
    t.strictSame(await prometheus.query('cognito_gate_report_mode_routes'), { '': 3 })
    const told = gate.log().filter(({ outcome }) => outcome === 'would_deny')
    t.equal(told.length, 10, 'and each has its line')
  })

  await t.test('enforce: those who were counted are refused, and nobody else', async (t) => {
    const gate = await startGate(t, { config: config('enforce') })
    await untilReady(gate)
    for (const { name, path, args, code } of clients) {
      const { status } = await curl(...args, ...spoofed, `${gate.url}${path}`)
      t.equal(status === 200, code === '', name)
    }
    t.strictSame(
      gate.log().flatMap(({ denial }) => (denial === undefined ? [] : [denial])),
      clients.flatMap(({ code }) => (code === '' ? [] : [code])),
    )
  })
})
