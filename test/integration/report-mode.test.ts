// A gate in report mode as an operator runs it: what passes and what does not, what the service sees,
// and what is told of it.
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { loadSettings } from '../../src/config/load.ts'
import { unwrap } from '../../src/core/result.ts'
import { readExport } from '../../src/openapi/read.ts'
import { compileRoutes } from '../../src/routing/table.ts'
import { requestText, startGate, valuesOf, type Gate } from '../helpers/gate.ts'
import { agreement, dialWebSocket, handshake } from '../helpers/raw-websocket.ts'

const routes = `
enforcement: report
forwardToken: false
websocket: { tokenQuery: access_token }
limits: { maxBodyBytes: 10 }
routes:
  - { path: /protected, method: ANY, authorizer: pool }
  - { path: '/admin/{proxy+}', method: ANY, authorizer: pool, authorizationGroups: [admins], enforcement: enforce }
  - { path: /staff, method: GET, authorizer: pool, authorizationGroups: [staff] }
  - { path: /denied, method: ANY, authorizationType: DENY }
  - { path: /open, method: ANY, authorizationType: NONE }
`

const statusOf = (answer: string): number => Number(answer.split(' ')[1])

/** What was logged of the last request. */
const lastLine = ({ logged }: Gate) =>
  JSON.parse(String(logged.at(-1))) as Readonly<Record<string, unknown>>

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2))
}

/** Sends a request on a connection of its own; gives what became of it on both sides. */
const send = async (gate: Gate, line: string, headers: readonly string[] = [], body = '') => {
  const before = gate.upstream.received.length
  const answer = await gate.exchange(requestText(line, headers, body))
  return { status: statusOf(answer), seen: gate.upstream.received.slice(before).join('') }
}

t.test('what would be refused passes as nobody’s, with the reason', async (t) => {
  const gate = await startGate(t, routes)
  const spoofed = ['X-Claim-Sub: root', 'x_claim.sub: root', 'X-Gate-Would-Deny: ', 'X_Gate_A: b']
  const staffless = gate.pool.idToken({ sub: 'jane', 'cognito:groups': ['sales'] })
  const cases = [
    { line: 'GET /protected', headers: [], code: 'token_missing', route: 'ANY /protected' },
    {
      line: 'POST /protected?a=1',
      headers: ['Authorization: Bearer x.y.z'],
      code: 'token_malformed',
      route: 'ANY /protected',
    },
    {
      line: 'GET /protected',
      headers: [`Authorization: ${gate.pool.idToken({ sub: 'jane', exp: 1 })}`],
      code: 'token_expired',
      route: 'ANY /protected',
    },
    {
      line: 'GET /staff',
      headers: [`Authorization: ${staffless}`],
      code: 'group_insufficient',
      route: 'GET /staff',
    },
    { line: 'PUT /nowhere/else', headers: [], code: 'no_route', route: 'none' },
  ]
  for (const { line, headers, code, route } of cases) {
    const { status, seen } = await send(gate, line, [...headers, ...spoofed])
    t.equal(status, 200, line)
    t.ok(seen.startsWith(`${line} HTTP/1.1\r\n`), seen.slice(0, 60))
    t.strictSame(valuesOf(seen, 'X-Gate-Would-Deny'), [code], line)
    t.notMatch(seen, /claim|x.gate.a|authorization/i, `${line}: no other word of identity`)
    await until(() => lastLine(gate)['wouldDeny'] === code)
    t.match(lastLine(gate), { outcome: 'would_deny', denial: code, route })
  }
  const metrics = await (await fetch(`http://127.0.0.1:${gate.adminPort}/metrics`)).text()
  t.match(
    metrics,
    'cognito_gate_authorizations_total{route="none",authorizer="none",outcome="would_deny",reason="no_route"} 1\n',
  )
  t.match(
    metrics,
    'cognito_gate_authorizations_total{route="GET /staff",authorizer="pool",outcome="would_deny",reason="group_insufficient"} 1\n',
  )
  t.match(metrics, 'cognito_gate_report_mode_routes 3\n')
})

t.test('a good token is forwarded with its identity, as ever', async (t) => {
  const gate = await startGate(t, routes)
  const token = [`Authorization: ${gate.pool.idToken({ sub: 'jane' })}`]
  const { seen } = await send(gate, 'GET /protected', [...token, 'X-Gate-Would-Deny: forged'])
  t.strictSame(valuesOf(seen, 'X-Claim-Sub'), ['jane'])
  t.strictSame(valuesOf(seen, 'X-Gate-Would-Deny'), [])
  const open = await send(gate, 'GET /open')
  t.strictSame(valuesOf(open.seen, 'X-Gate-Would-Deny'), [])
})

t.test('the rest is refused as ever', async (t) => {
  const gate = await startGate(t, routes)
  const cases = [
    { line: 'GET /admin/users', status: 401 },
    { line: 'GET /denied', status: 403 },
    // A service that minds no case would take these for the routes above.
    { line: 'GET /Admin/users', status: 403 },
    { line: 'GET /denied/', status: 403 },
    { line: 'GET /protected/../admin/users', status: 400 },
    { line: 'GET /protected%2f..%2fadmin', status: 400 },
    { line: 'GET http://a/protected', status: 400 },
    { line: 'GET /protected', headers: ['Host: b'], status: 400 },
    { line: 'POST /protected', headers: ['Content-Length: 11'], status: 413 },
    { line: 'GET /protected', headers: [`X: ${'x'.repeat(40_000)}`], status: 431 },
    { line: 'TRACE /elsewhere', status: 403 },
  ]
  for (const { line, headers, status } of cases) {
    t.match(await send(gate, line, headers), { status, seen: '' }, `${line} ${status}`)
  }
})

t.test('a WebSocket opens too, and belongs to nobody', async (t) => {
  const gate = await startGate(t, routes, ({ socket, text }) => {
    if (text.includes('\r\n\r\n')) socket.write(agreement())
  })
  for (const { target, code } of [
    { target: '/protected', code: 'token_malformed' },
    { target: '/elsewhere', code: 'no_route' },
  ]) {
    const text = handshake(`${target}?access_token=x&a=1`, ['X-Claim-Sub: root'])
    t.match(await dialWebSocket(t, gate.port, text).answered(), /^HTTP\/1\.1 101 /)
    const seen = String(gate.upstream.received.at(-1))
    t.ok(seen.startsWith(`GET ${target}?a=1 HTTP/1.1\r\n`))
    t.strictSame(valuesOf(seen, 'X-Gate-Would-Deny'), [code])
    t.strictSame(valuesOf(seen, 'X-Claim-Sub'), [])
  }
  const refused = await dialWebSocket(t, gate.port, handshake('/admin/x')).answered()
  t.match(refused, /^HTTP\/1\.1 401 /)
})

t.test('keys that cannot be had stop nothing, and slow nothing', async (t) => {
  const silent = createServer(() => undefined)
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  t.teardown(() => silent.close())
  const { port } = silent.address() as AddressInfo
  const gate = await startGate(
    t,
    `jwks: { startupWaitSeconds: 0, timeoutMs: 5000 }\n${routes}`,
    undefined,
    { authorizer: `jwksUri: 'http://127.0.0.1:${port}/keys'` },
  )
  const startMs = Date.now()
  const token = [`Authorization: ${gate.pool.idToken()}`]
  const { status, seen } = await send(gate, 'GET /protected', token)
  t.equal(status, 200)
  t.strictSame(valuesOf(seen, 'X-Gate-Would-Deny'), ['keys_unavailable'])
  t.ok(Date.now() - startMs < 2500, 'the issuer is not waited for')
})

t.test('/readyz says so, ready or not', async (t) => {
  const gate = await startGate(t, routes)
  const readyz = await fetch(`http://127.0.0.1:${gate.adminPort}/readyz`)
  t.equal(readyz.status, 200)
  t.equal(
    await readyz.text(),
    'ready\nreport mode on 2 of 3 routes that ask for a token and for requests that no route takes: what would be refused passes\n',
  )
})

const exported = async (t: Test, text: string) => {
  const file = `${t.testdir({})}/gate.yaml`
  const fixture = `${process.cwd()}/test/fixtures/exports/storefront-rest.json`
  writeFileSync(file, `upstream: { url: 'http://127.0.0.1:9' }\nopenapi: ${fixture}\n${text}`)
  const loaded = await loadSettings({ file, env: {}, checkRoutes: () => [], readExport })
  return unwrap(compileRoutes(unwrap(loaded).routes)).routes
}

t.test('routes of an export report too', async (t) => {
  const asking = async (text: string) =>
    (await exported(t, text))
      .filter(({ access }) => access.kind === 'token')
      .map(({ enforcement }) => enforcement)
  t.strictSame(await asking('enforcement: report'), ['report'])
  t.strictSame(await asking(''), ['enforce'])
})
