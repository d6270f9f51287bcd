// Mock routes in the gate as an operator runs it: never forwarded, counted like any other.
import { connect } from 'node:net'
import { once } from 'node:events'
import t from 'tap'
import { requestText, startGate, type Gate } from '../helpers/gate.ts'
import { handshake } from '../helpers/raw-websocket.ts'

const routes = `
log: { requests: all }
routes:
  - path: /orders
    method: OPTIONS
    authorizationType: NONE
    mock:
      statusCode: 200
      headers:
        Access-Control-Allow-Methods: 'GET,OPTIONS'
        Access-Control-Allow-Origin: '*'
  - { path: /orders, method: GET, authorizer: pool }
  - { path: /empty, method: ANY, authorizationType: NONE, mock: { statusCode: 204 } }
  - { path: /same, method: GET, authorizationType: NONE, mock: { statusCode: 304 } }
  - { path: /mine, method: ANY, authorizer: pool, mock: { statusCode: 503, headers: { Content-Type: text/plain } } }
`

const countsOf = async (gate: Gate, name: string): Promise<readonly string[]> => {
  const text = await (await fetch(`http://127.0.0.1:${gate.adminPort}/metrics`)).text()
  return text
    .split('\n')
    .filter((line) => line.startsWith(`cognito_gate_${name}`) && !/ 0$/.test(line))
}

t.test('a preflight of a REST API is answered by its OPTIONS mock', async (t) => {
  const gate = await startGate(t, routes)
  const lines = ['Origin: https://app.example.com', 'Access-Control-Request-Method: GET']
  const answer = await gate.exchange(requestText('OPTIONS /orders', lines))
  const head = answer.split('\r\n').map((line) => line.replace(/^(Date|x-am.*?): .*/, '$1'))
  t.strictSame(head, [
    'HTTP/1.1 200 OK',
    'Content-Type: application/json',
    'Access-Control-Allow-Methods: GET,OPTIONS',
    'Access-Control-Allow-Origin: *',
    'x-amzn-RequestId',
    'x-amz-apigw-id',
    'Content-Length: 0',
    'Date',
    'Connection: close',
    '',
    '',
  ])
  t.match(await gate.exchange(requestText('GET /orders', lines)), /^HTTP\/1\.1 401 /)
  t.equal(gate.reached(), '')
  t.strictSame(await countsOf(gate, 'requests_total'), [
    'cognito_gate_requests_total{route="OPTIONS /orders",code="200"} 1',
    'cognito_gate_requests_total{route="GET /orders",code="401"} 1',
  ])
  t.strictSame(await countsOf(gate, 'authorizations_total'), [
    'cognito_gate_authorizations_total{route="OPTIONS /orders",authorizer="none",outcome="allow",reason=""} 1',
    'cognito_gate_authorizations_total{route="GET /orders",authorizer="pool",outcome="deny",reason="token_missing"} 1',
  ])
  const lines2 = gate.logged.map((text) => JSON.parse(text) as Record<string, unknown>)
  t.match(
    lines2.filter(({ msg }) => msg === 'request'),
    [{ route: 'OPTIONS /orders', 'http.response.status_code': 200, upstreamMs: 0 }],
  )
})

t.test('a status without a body states no length, and the connection goes on', async (t) => {
  const gate = await startGate(t, routes)
  const socket = connect(gate.port, '127.0.0.1')
  let received = ''
  socket.on('data', (chunk) => (received += chunk.toString('latin1')))
  socket.write(
    'GET /empty HTTP/1.1\r\nHost: a\r\n\r\nGET /same HTTP/1.1\r\nHost: a\r\n\r\n' +
      'HEAD /empty HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  )
  await once(socket, 'close')
  t.strictSame(received.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 204', 'HTTP/1.1 304', 'HTTP/1.1 204'])
  t.notMatch(received, /content-length|transfer-encoding/i)
})

t.test('a mock asks for the token that its route asks for', async (t) => {
  const gate = await startGate(t, routes)
  t.match(await gate.exchange(requestText('GET /mine')), /^HTTP\/1\.1 401 /)
  const bearer = `Authorization: Bearer ${gate.pool.idToken({ sub: 'a' })}`
  const answer = await gate.exchange(requestText('HEAD /mine', [bearer]))
  t.match(answer, /^HTTP\/1\.1 503 Service Unavailable\r\nContent-Type: text\/plain\r\n/)
  t.match(answer, /\r\nContent-Length: 0\r\n(?:.+\r\n)*\r\n$/)
  t.equal(gate.reached(), '')
})

t.test('a body is not waited for, and nothing behind it is served', async (t) => {
  const gate = await startGate(t, routes)
  const post =
    'POST /empty HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\nExpect: 100-continue\r\n\r\n'
  const answer = await gate.exchange(post)
  t.match(answer, /^HTTP\/1\.1 204 No Content\r\n(?:.+\r\n)*Connection: close\r\n(?:.+\r\n)*\r\n$/)
})

t.test('a WebSocket handshake gets the same answer and no WebSocket', async (t) => {
  const gate = await startGate(t, routes)
  const answer = await gate.exchange(handshake('/empty'))
  t.match(answer, /^HTTP\/1\.1 204 No Content\r\n(?:.+\r\n)*Connection: close\r\n(?:.+\r\n)*\r\n$/)
  t.equal(gate.reached(), '')
})
