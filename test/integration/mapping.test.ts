// Parameter mappings in the gate as an operator runs it, for requests and for WebSockets.
import t from 'tap'
import { headerLines, requestText, startGate, valuesOf } from '../helpers/gate.ts'
import { agreement, dialWebSocket, handshake } from '../helpers/raw-websocket.ts'

const rest = `
stage: prod
stageVariables: { env: blue }
routes:
  - path: '/orders/{id}'
    method: GET
    authorizer: pool
    requestParameters:
      integration.request.header.X-User: context.authorizer.claims.sub
      integration.request.header.X-Until: context.authorizer.claims.exp
      integration.request.header.X-Order: method.request.path.id
      integration.request.header.X-Env: stageVariables.env
      integration.request.header.X-Stage: context.stage
      integration.request.header.Host: "'orders.internal'"
  - { path: /other, method: GET, authorizer: pool }
  - path: /broken
    method: ANY
    authorizer: pool
    requestParameters: { integration.request.header.Content-Length: "'5'" }
`

t.test('a REST API’s mappings', async (t) => {
  const gate = await startGate(t, rest)
  const exp = Math.floor(Date.now() / 1000) + 600
  const bearer = `Authorization: Bearer ${gate.pool.idToken({ sub: 'alice', exp })}`
  const forged = ['X-User: root', 'x_env: green', 'X-Order: 0']
  await gate.exchange(requestText('GET /orders/42', [bearer, ...forged]))
  const seen = ['X-User', 'X-Until', 'X-Order', 'X-Env', 'X-Stage', 'Host', 'X-Claim-Sub'].map(
    (name) => valuesOf(gate.reached(), name).join('|'),
  )
  t.match(seen, ['alice', / UTC \d{4}$/, '42', 'blue', 'prod', 'orders.internal', 'alice'])
})

t.test('a cached token is mapped anew on each route', async (t) => {
  const gate = await startGate(t, rest)
  const bearer = `Authorization: Bearer ${gate.pool.idToken({ sub: 'alice' })}`
  for (const path of ['/orders/1', '/other', '/orders/2']) {
    await gate.exchange(requestText(`GET ${path}`, [bearer, 'X-User: root', 'X-Order: 0']))
  }
  const seen = gate.upstream.received.map((text) => [
    valuesOf(text, 'X-User').join(),
    valuesOf(text, 'X-Order').join(),
  ])
  t.strictSame(seen, [
    ['alice', '1'],
    ['', '0'],
    ['alice', '2'],
  ])
  const metrics = await (await fetch(`http://127.0.0.1:${gate.adminPort}/metrics`)).text()
  t.match(metrics, '\ncognito_gate_identity_headers_stripped_total 3\n')
})

t.test('a mapping that API Gateway fails with is answered 500, and sent nowhere', async (t) => {
  const gate = await startGate(t, rest)
  const token = gate.pool.idToken({ sub: 'alice' })
  const answer = await gate.exchange(
    requestText('POST /broken', [`Authorization: Bearer ${token}`, 'Content-Length: 2'], 'hi'),
  )
  t.match(answer, /^HTTP\/1\.1 500 [\s\S]*\{"message": "Internal server error"\}$/)
  t.match(await gate.exchange(requestText('POST /broken')), /^HTTP\/1\.1 401 /, 'not before that')
  t.equal(gate.reached(), '')
  const line = gate.logged.map((text) => JSON.parse(text) as Record<string, unknown>)
  t.match(
    line.filter(({ denial }) => denial === 'internal'),
    [{ level: 'error', route: 'ANY /broken', err: { message: /maps Content-Length/ } }],
  )
  const metrics = await (await fetch(`http://127.0.0.1:${gate.adminPort}/metrics`)).text()
  t.match(metrics, '\ncognito_gate_requests_total{route="ANY /broken",code="500"} 1\n')
})

t.test('an HTTP API’s mappings, on a WebSocket too', async (t) => {
  const http = `
apiType: HTTP
routes:
  - path: /ws
    method: GET
    authorizer: pool
    requestParameters:
      'overwrite:header.X-User': 'user:$context.authorizer.claims.sub'
      'append:header.X-Tag': $request.querystring.tag
      'remove:header.X-Debug': ''
      'overwrite:header.X-Until': $context.authorizer.claims.exp
`
  const gate = await startGate(t, http, ({ socket, text }) => {
    if (text.includes('\r\n\r\n')) socket.write(agreement())
  })
  const exp = Math.floor(Date.now() / 1000) + 600
  const bearer = `Authorization: Bearer ${gate.pool.idToken({ sub: 'alice', exp })}`
  const lines = [bearer, 'X-User: root', 'X-Tag: a', 'x_debug: 1']
  const client = dialWebSocket(t, gate.port, handshake('/ws?tag=b%0aX:1', lines))
  t.match(await client.answered(), /^HTTP\/1\.1 101 /)
  t.strictSame(
    ['X-User', 'X-Tag', 'X-Debug', 'X-Until', 'X'].map((name) => valuesOf(gate.reached(), name)),
    [['user:alice'], ['a', 'b%0AX:1'], [], [String(exp)], []],
  )
  t.equal(headerLines(gate.reached()).filter((line) => /^host:/i.test(line)).length, 1)
  client.socket.destroy()
})

t.test('a WebSocket has the mapped Host and no other', async (t) => {
  const mapped = `
routes:
  - path: /ws
    method: GET
    authorizationType: NONE
    requestParameters: { integration.request.header.Host: "'chat.internal'" }
`
  const gate = await startGate(t, mapped, ({ socket, text }) => {
    if (text.includes('\r\n\r\n')) socket.write(agreement())
  })
  const client = dialWebSocket(t, gate.port, handshake('/ws'))
  t.match(await client.answered(), /^HTTP\/1\.1 101 /)
  t.strictSame(valuesOf(gate.reached(), 'Host'), ['chat.internal'])
  client.socket.destroy()
})
