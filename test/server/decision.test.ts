import t from 'tap'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { codes, connectTo, eventually, parseAnswers } from './data-listener.ts'
import { question, startDecisionListener } from './decision-listener.ts'

const close = ['Connection: close']

t.test('its limits are those of traffic', async (t) => {
  const limits = { maxHeaderBytes: 2000, maxConnections: 7, keepAliveTimeoutMs: 1234 }
  const { server, port, early, lines } = await startDecisionListener(t, { limits })
  t.match(server, {
    maxConnections: 7,
    maxHeadersCount: 0,
    keepAliveTimeout: 1234,
    timeout: 60_000,
    headersTimeout: 15_000,
    requestTimeout: 15_000,
  })
  const client = connectTo(t, port)
  client.send(question('/auth/request/a', [`X-Long: ${'x'.repeat(2000)}`]))
  t.equal(parseAnswers(await client.ended)[0]?.status, 431)
  t.strictSame(early, ['headers_too_large'])
  t.strictSame(codes(lines), ['headers_too_large'])
})

t.test('a head that does not come is given up', async (t) => {
  const listener = await startDecisionListener(t, { limits: { headersTimeoutMs: 40 } })
  const client = connectTo(t, listener.port)
  client.send('GET /auth/request/a HTTP/1.1\r\nHost: gate\r\n')
  t.equal(parseAnswers(await client.ended)[0]?.status, 408)
  t.strictSame(listener.early, ['request_timeout'])
})

t.test('what is no request is refused as everywhere', async (t) => {
  const listener = await startDecisionListener(t)
  for (const [text, status] of [
    ['CONNECT gate:443 HTTP/1.1\r\nHost: gate:443\r\n\r\n', 400],
    ['GET /auth/request/a HTTP/1.1\nHost: gate\n\n', 400],
    ['GET /auth/request/a HTTP/1.1\r\nHost: gate\r\nX : y\r\n\r\n', 400],
    ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
  ] as const) {
    const client = connectTo(t, listener.port)
    client.send(text)
    t.equal(parseAnswers(await client.ended)[0]?.status, status, text)
  }
  t.equal(listener.decided.length, 0)
})

t.test('nothing is upgraded, and no body is waited for', async (t) => {
  const listener = await startDecisionListener(t)
  for (const lines of [
    ['Connection: upgrade, close', 'Upgrade: websocket'],
    ['Connection: upgrade, close', 'Upgrade: h2c', 'HTTP2-Settings: '],
    [...close, 'Expect: 100-continue', 'Content-Length: 5'],
    [...close, 'Expect: the unexpected'],
    [...close, 'Content-Length: 100'],
    [...close, 'Transfer-Encoding: chunked'],
  ]) {
    const client = connectTo(t, listener.port)
    client.send(question('/auth/request/a', lines))
    const text = await client.ended
    t.match(text, /^HTTP\/1\.1 200 OK\r\n/, lines.join())
    t.equal(parseAnswers(text).length, 1)
  }
})

t.test('connections that are idle are let go, those with a question are not', async (t) => {
  let asked = false
  const listener = await startDecisionListener(t, {
    limits: { bodyIdleTimeoutMs: 250 },
    gate: {
      judge: () => {
        asked = true
        return new Promise(() => undefined)
      },
    },
  })
  const idle = connectTo(t, listener.port)
  await idle.ended
  const accepted = once(listener.server, 'connection') as Promise<[Socket]>
  // Its question comes with the connection: a busy machine could else be late with it.
  connectTo(t, listener.port).send(question('/auth/request/a'))
  const [socket] = await accepted
  await eventually(() => asked)
  await once(socket, 'timeout')
  t.equal(socket.destroyed, false)
})

t.test('connections beyond the limit are closed, and the log tells', async (t) => {
  const listener = await startDecisionListener(t, { limits: { maxConnections: 1 } })
  const first = connectTo(t, listener.port)
  await once(first.socket, 'connect')
  await connectTo(t, listener.port).ended
  await eventually(() => listener.warnings.length > 0)
  t.match(listener.warnings, [{ message: 'client connections closed at once' }])
})
