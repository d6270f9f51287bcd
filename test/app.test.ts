// The gate as a whole, wired as in production: one test per thing that only the wiring can get wrong.
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { createApp } from '../src/app.ts'
import { loadSettings } from '../src/config/load.ts'
import { unwrap } from '../src/core/result.ts'
import { createSampleUpstream, type Seen } from '../src/demo/upstream.ts'
import { createUserPool } from '../src/demo/user-pool.ts'
import { systemClock } from '../src/observe/clock.ts'
import { createLogger } from '../src/observe/log.ts'
import { compileRoutes } from '../src/routing/table.ts'
import { untilReady } from './helpers/shell.ts'
import { readExport } from '../src/openapi/read.ts'

const setUp = async (t: Test, extra: string) => {
  const upstream = await createSampleUpstream()
  const pool = await createUserPool({ poolId: 'eu-west-1_AbCdEf123', clientId: 'app' })
  t.teardown(() => Promise.all([upstream.close(), pool.close()]))
  const dir = t.testdir({
    'gate.yaml': `
listen: { host: 127.0.0.1, port: 0 }
admin: { host: 127.0.0.1, port: 0 }
upstream: { url: '${upstream.url}', headers: { X-Fixed: gate } }
authorizers:
  pool: { type: COGNITO_USER_POOLS, userPoolIds: [eu-west-1_AbCdEf123], issuer: '${pool.issuer}' }
  same:
    type: COGNITO_USER_POOLS
    userPoolIds: [eu-west-1_AbCdEf123]
    issuer: '${pool.issuer}'
    tokenUse: any
    claimHeaders: { X-User: sub }
${extra}`,
  })
  const file = `${dir}/gate.yaml`
  const settings = unwrap(await loadSettings({ file, env: {}, checkRoutes: () => [], readExport }))
  const table = unwrap(compileRoutes(settings.routes))
  const logged: string[] = []
  const app = createApp({
    settings,
    table,
    log: createLogger({ level: 'info' }, { write: (line) => void logged.push(line) }),
    clock: systemClock,
    version: '1.2.3',
  })
  return { upstream, pool, app, logged, settings }
}

const routes = `
routes:
  - { path: /profile, method: GET, authorizer: pool }
  - { path: /same, method: GET, authorizer: same }
  - { path: /public, method: GET, authorizationType: NONE }
`

t.test('a token becomes headers, is cached, and is counted', async (t) => {
  const { pool, app, logged } = await setUp(t, routes)
  const { data, admin } = await app.start()
  t.teardown(() => app.stop(0))
  await untilReady(`http://127.0.0.1:${admin.port}`)
  const url = `http://127.0.0.1:${data.port}`
  const authorization = `Bearer ${pool.idToken({ sub: 's' })}`
  const see = async (path: string): Promise<Map<string, string>> => {
    const headers = { authorization, 'x-claim-sub': 'root', x_user: 'root', 'x-fixed': 'root' }
    const answer = await fetch(url + path, { headers })
    t.equal(answer.status, 200)
    const seen = (await answer.json()) as Seen
    return new Map(seen.headers.map(([name, value]) => [name.toLowerCase(), value]))
  }
  const first = await see('/profile')
  t.equal(first.get('x-claim-sub'), 's')
  t.equal(first.get('x-fixed'), 'gate')
  t.notOk(first.has('x_user'), 'names of other authorizers are stripped too')
  t.equal((await see('/profile')).get('x-claim-sub'), 's')
  const same = await see('/same')
  t.equal(same.get('x-user'), 's', 'its own map')
  t.notOk(same.has('x-claim-sub'))
  t.notOk((await see('/public')).has('x-claim-sub'))
  t.equal((await fetch(`${url}/profile`)).status, 401)

  const metrics = await (await fetch(`http://127.0.0.1:${admin.port}/metrics`)).text()
  for (const line of [
    'cognito_gate_authorizations_total{route="GET /profile",authorizer="pool",outcome="allow",reason=""} 2',
    'cognito_gate_authorizations_total{route="GET /profile",authorizer="pool",outcome="deny",reason="token_missing"} 1',
    'cognito_gate_token_cache_lookups_total{result="hit"} 1',
    'cognito_gate_token_cache_lookups_total{result="miss"} 2',
    'cognito_gate_token_cache_entries 2',
    `cognito_gate_jwks_keys{issuer="${pool.issuer}"} 2`,
    `cognito_gate_jwks_fetches_total{issuer="${pool.issuer}",outcome="success"} 1`,
  ]) {
    t.ok(metrics.includes(`\n${line}\n`), line)
  }
  t.notMatch(logged.join(''), authorization.slice(7, 40))
  t.match(logged.join(''), '"denial":"token_missing"')
})

t.test('stopping ends readiness, then everything', async (t) => {
  const { app } = await setUp(t, routes)
  const { data, admin } = await app.start()
  t.strictSame(await app.stop(0), { cut: 0 })
  await t.rejects(fetch(`http://127.0.0.1:${data.port}/public`))
  await t.rejects(fetch(`http://127.0.0.1:${admin.port}/livez`))
})

t.test('an address that is taken leaves nothing running', async (t) => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  t.teardown(() => other.close())
  const { port } = other.address() as AddressInfo
  const { app, settings } = await setUp(t, routes)
  const taken = createApp({
    settings: { ...settings, admin: { host: '127.0.0.1', port } },
    table: { routes: [] } as never,
    log: createLogger({ level: 'silent' }),
    clock: systemClock,
    version: '',
  })
  await t.rejects(taken.start(), { code: 'EADDRINUSE' })
  await app.stop(0)
})
