// Clients of HTTP/1.0: RFC 9112 §2.3, §6.1, §9.3 and its appendix C.2.2; RFC 9110 §10.1.1 and §15.2.
import type { Socket } from 'node:net'
import t from 'tap'
import { dialRaw } from '../../helpers/forwarding.ts'
import { startStrictGate } from './strict-gate.ts'

const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'
const known = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
let answer = known
let upstream: Socket | undefined
const { gate, strict, tell } = await startStrictGate(t, (_request, socket) => {
  upstream = socket
  return answer
})

const ask = (lines: readonly string[] = [], body = '', method = 'GET'): string =>
  [`${method} /public/x HTTP/1.0`, ...lines, '', body].join('\r\n')

t.test('its answer has no transfer coding, whatever it says it takes (§6.1)', async (t) => {
  answer = chunked
  const cases = [
    [],
    ['TE: chunked'],
    ['Connection: keep-alive'],
    ['TE: chunked', 'Connection: keep-alive, TE'],
  ]
  for (const lines of cases) {
    const { answers } = await tell(ask(lines))
    t.match(answers, [{ status: 200, framing: 'close', body: 'ok' }], lines.join())
    t.strictSame(
      [answers[0]?.headers['connection'], answers[0]?.headers['transfer-encoding']],
      ['close', undefined],
      lines.join(),
    )
  }
})

t.test('its connection stays when it asks for that and the length is known', async (t) => {
  answer = known
  const client = dialRaw(t, gate.port, ask(['Connection: keep-alive']))
  await client.sees(/\r\nConnection: keep-alive\r\n[^]*ok$/)
  client.socket.write(ask())
  t.equal(await client.closed, 'end')
  t.match(client.text(), /ok$/)
  t.match((await tell(ask())).answers, [{ headers: { connection: 'close' } }])
})

t.test('its body is framed by a length, and by nothing else', async (t) => {
  const { requests } = await tell(ask(['Content-Length: 2'], 'hi', 'POST'))
  t.match(requests, [{ framing: 'length', body: 'hi' }])
  const refused = await tell(ask(['Transfer-Encoding: chunked'], '2\r\nhi\r\n0\r\n\r\n', 'POST'))
  t.match(refused, { statuses: [400], lines: [] })
})

t.test('it gets no informational answer (RFC 9110 §15.2), and its Expect is void', async (t) => {
  answer = `HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n${known}`
  t.strictSame((await tell(ask())).statuses, [200])
  answer = known
  const expecting = ask(['Expect: 100-continue', 'Content-Length: 2'], 'hi', 'POST')
  t.strictSame((await tell(expecting)).statuses, [200])
})

t.test('an answer that is broken off does not look like one that ends', async (t) => {
  answer = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n'
  const client = dialRaw(t, gate.port, ask())
  // A reset that comes with data in one go is an end to libuv, the client's here.
  await client.sees(/ok$/)
  upstream?.write('zz\r\n')
  t.equal(await client.closed, 'reset')
})

t.test('the upstream is spoken to in HTTP/1.1', async (t) => {
  answer = known
  const { requests } = await tell(ask(['Host: gate', 'Connection: close']))
  t.strictSame(requests.length, 1)
  t.strictSame(strict.faults, [])
})

t.test('its handshake is no WebSocket (RFC 6455 §4.1)', async (t) => {
  const lines = [
    'Host: gate',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
  ]
  t.match(await tell(ask(lines)), { statuses: [400], lines: [] })
})
