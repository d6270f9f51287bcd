// Bodies on their way to the upstream.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { createRequestBody } from '../../src/proxy/request-body.ts'
import { dialRaw, startForwarding } from '../helpers/forwarding.ts'
import { ok, startRawUpstream, until } from '../helpers/raw-upstream.ts'

const head = (method: string, framing: string): string =>
  `${method} /x HTTP/1.1\r\nHost: a\r\n${framing}\r\n\r\n`

const chunked = 'Transfer-Encoding: chunked'

/** Answers once the text ends in what is given. */
const answeringAfter =
  (end: string) =>
  ({ socket, text }: { socket: { write: (answer: string) => void }; text: string }): void => {
    if (text.endsWith(end)) socket.write(ok)
  }

t.test('a body is framed as the client framed it, whatever the method', async (t) => {
  const framings = [
    { framing: 'Content-Length: 5', body: 'hello', want: /\r\ncontent-length: 5\r\n\r\nhello$/ },
    {
      framing: chunked,
      body: '3\r\nhel\r\n2;ext=1\r\nlo\r\n0\r\nX-Claim-Sub: admin\r\n\r\n',
      want: /\r\ntransfer-encoding: chunked\r\n\r\n(?:5\r\nhello|3\r\nhel\r\n2\r\nlo)\r\n0\r\n\r\n$/,
    },
  ]
  for (const method of ['GET', 'DELETE', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'REPORT']) {
    for (const { framing, body, want } of framings) {
      const upstream = await startRawUpstream(t, ({ socket, text }) => {
        if (want.test(text)) socket.write(ok)
      })
      const gate = await startForwarding(t, { port: upstream.port })
      const client = dialRaw(t, gate.port, head(method, framing) + body)
      await client.sees(/ok$/)
      t.match(upstream.received, [want], `${method} ${framing}`)
      t.equal(upstream.received[0]!.match(/content-length|transfer-encoding/gi)!.length, 1)
      t.notMatch(upstream.received[0], 'admin')
    }
  }
})

t.test('an empty body is no body', async (t) => {
  const cases = [
    { given: head('POST', chunked) + '0\r\n\r\n', want: /\r\ncontent-length: 0\r\n\r\n$/ },
    { given: head('POST', 'Content-Length: 0'), want: /\r\ncontent-length: 0\r\n\r\n$/ },
    { given: head('DELETE', chunked) + '0\r\n\r\n', want: /X-Request-Id: \S+\r\n\r\n$/ },
    { given: head('GET', 'Content-Length: 0'), want: /X-Request-Id: \S+\r\n\r\n$/ },
  ]
  for (const { given, want } of cases) {
    const upstream = await startRawUpstream(t, answeringAfter('\r\n\r\n'))
    const gate = await startForwarding(t, { port: upstream.port })
    await dialRaw(t, gate.port, given).sees(/ok$/)
    t.match(upstream.received, [want], given)
  }
})

t.test('a chunked DELETE is one request to the upstream (CVE-2026-29057)', async (t) => {
  const upstream = await startRawUpstream(t, answeringAfter('0\r\n\r\n'))
  const gate = await startForwarding(t, { port: upstream.port })
  const smuggled = 'GET /admin HTTP/1.1\r\nHost: a\r\n\r\n'
  for (const method of ['DELETE', 'OPTIONS']) {
    const size = smuggled.length.toString(16)
    const client = dialRaw(
      t,
      gate.port,
      `${head(method, chunked)}${size}\r\n${smuggled}\r\n0\r\n\r\n`,
    )
    await client.sees(/ok$/)
    client.socket.destroy()
  }
  for (const text of upstream.received) {
    t.match(
      text,
      `\r\ntransfer-encoding: chunked\r\n\r\n33\r\n${smuggled}\r\n0\r\n\r\n`.replace(
        '33',
        smuggled.length.toString(16),
      ),
    )
  }
  t.equal(gate.exchanges.length, 2)
})

t.test('a small chunked body stays chunked when it waited for a connection', async (t) => {
  const upstream = await startRawUpstream(t, ({ socket, text, connection }) => {
    if (connection === 0 && text.endsWith('0\r\n\r\n')) socket.write(ok)
  })
  const gate = await startForwarding(t, { port: upstream.port, upstream: { maxConnections: 1 } })
  const first = dialRaw(t, gate.port, head('GET', 'X: 1'))
  await until(() => upstream.received.length === 1)
  const second = dialRaw(t, gate.port, `${head('POST', chunked)}2\r\nhi\r\n0\r\n\r\n`)
  await until(() => gate.exchanges.length === 2)
  upstream.sockets[0]!.write(ok)
  await first.sees(/ok$/)
  await second.sees(/ok$/)
  t.match(upstream.received[0], /transfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n$/)
})

t.test('an upstream that does not read makes the client wait', async (t) => {
  const upstream = await startRawUpstream(t, ({ socket }) => socket.pause())
  const gate = await startForwarding(t, { port: upstream.port })
  const size = 64 * 1024 * 1024
  const client = dialRaw(t, gate.port, head('PUT', `Content-Length: ${size}`))
  client.socket.write(Buffer.alloc(size, 'x'))
  await until(() => upstream.sockets[0]?.isPaused() === true)
  await new Promise((resolve) => setTimeout(resolve, 200))
  const [exchange] = gate.exchanges
  t.ok(exchange!.request.isPaused(), 'nothing more is read from the client')
  t.ok(exchange!.request.socket.bytesRead < size / 2, 'the rest is still with the client')
  upstream.sockets[0]!.removeAllListeners('data').on('data', (chunk) => (taken += chunk.length))
  let taken = upstream.received[0]!.length
  upstream.sockets[0]!.resume()
  await until(() => taken > size)
  upstream.sockets[0]!.write(ok)
  await client.sees(/ok$/)
})

t.test('a chunked body past the limit is refused, and the upstream dropped', async (t) => {
  const upstream = await startRawUpstream(t, () => undefined)
  const gate = await startForwarding(t, { port: upstream.port, limits: { maxBodyBytes: 8 } })
  const client = dialRaw(t, gate.port, `${head('POST', chunked)}8\r\n12345678\r\n`)
  await until(() => upstream.received[0]?.endsWith('12345678') === true)
  client.socket.write('1\r\n9\r\n')
  await client.sees(/X-Denial: body_too_large/)
  await until(() => upstream.open() === 0)
  t.notMatch(upstream.received[0], /9\r\n$/, 'the byte too many was not sent')
  t.strictSame(gate.counted, [], "the fault is the client's")
})

t.test('past the limit after the answer has begun, both sides are broken', async (t) => {
  const upstream = await startRawUpstream(t, ({ socket, text }) => {
    if (text.endsWith('12345678')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nha')
  })
  const gate = await startForwarding(t, { port: upstream.port, limits: { maxBodyBytes: 8 } })
  const client = dialRaw(t, gate.port, `${head('POST', chunked)}8\r\n12345678\r\n`)
  await client.sees(/\r\n\r\nha$/)
  client.socket.write('1\r\n9\r\n')
  await client.closed
  await until(() => upstream.open() === 0)
  t.match(client.text(), /\r\n\r\nha$/, 'nothing that looks like an end')
  t.strictSame([gate.refusals, gate.counted], [[], ['finished']])
})

t.test('a client that stops sending is refused in time, not one that goes on slowly', async (t) => {
  const upstream = await startRawUpstream(t, () => undefined)
  const gate = await startForwarding(t, { port: upstream.port, limits: { bodyIdleTimeoutMs: 150 } })
  const client = dialRaw(t, gate.port, head('POST', 'Content-Length: 9'))
  const begun = performance.now()
  for (const byte of ['1', '2', '3', '4']) {
    client.socket.write(byte)
    await new Promise((resolve) => setTimeout(resolve, 80))
  }
  await client.sees(/X-Denial: request_timeout/)
  t.ok(performance.now() - begun > 350)
  await until(() => upstream.open() === 0)
  t.match(upstream.received[0], /1234$/)
})

t.test('an upstream that is slow to read is not taken for a slow client', async (t) => {
  const upstream = await startRawUpstream(t, ({ socket }) => socket.pause())
  const gate = await startForwarding(t, { port: upstream.port, limits: { bodyIdleTimeoutMs: 60 } })
  const size = 32 * 1024 * 1024
  const client = dialRaw(t, gate.port, head('PUT', `Content-Length: ${size}`))
  client.socket.write(Buffer.alloc(size, 'x'))
  await until(() => gate.exchanges[0]?.request.isPaused() === true)
  await new Promise((resolve) => setTimeout(resolve, 200))
  t.strictSame([gate.refusals, client.text()], [[], ''])
})

t.test("a client that breaks off its body takes the upstream's request with it", async (t) => {
  for (const framing of [chunked, 'Content-Length: 50']) {
    const upstream = await startRawUpstream(t, () => undefined)
    const gate = await startForwarding(t, { port: upstream.port })
    const client = dialRaw(t, gate.port, `${head('POST', framing)}5\r\nhello\r\n`)
    await until(() => upstream.received[0]?.includes('hello') === true)
    client.socket.destroy()
    await until(() => upstream.open() === 0)
    t.notMatch(upstream.received[0], /0\r\n\r\n$/, 'no end that the client did not send')
    t.strictSame([gate.counted, gate.refusals], [[], []])
  }
})

t.test('100 Continue is sent when the upstream is ready for the body, and once', async (t) => {
  const upstream = await startRawUpstream(t, answeringAfter('hello'))
  const gate = await startForwarding(t, { port: upstream.port })
  const client = dialRaw(t, gate.port, head('POST', 'Expect: 100-continue\r\nContent-Length: 5'))
  await client.sees(/^HTTP\/1.1 100 Continue\r\n\r\n$/)
  client.socket.write('hello')
  await client.sees(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK\r\n[^]*ok$/)
  t.notMatch(upstream.received[0], /expect/i)
})

t.test('100 Continue is not sent to one that is refused, nor with HTTP/1.0', async (t) => {
  const gate = await startForwarding(t, {})
  const refused = dialRaw(t, gate.port, head('POST', 'Expect: 100-continue\r\nContent-Length: 5'))
  await refused.sees(/X-Denial: upstream_unreachable/)
  t.notMatch(refused.text(), '100 Continue')

  const upstream = await startRawUpstream(t, answeringAfter('hello'))
  const other = await startForwarding(t, { port: upstream.port })
  const old = head('POST', 'Expect: 100-continue\r\nContent-Length: 5').replace('1.1', '1.0')
  const client = dialRaw(t, other.port, `${old}hello`)
  await client.closed
  t.match(client.text(), /^HTTP\/1.1 200 OK/)
})

t.test('a body that was let go is not read any more', async (t) => {
  const events: string[] = []
  const server = createServer((request, response) => {
    const body = createRequestBody(request, {
      maxBytes: 0,
      idleTimeoutMs: 1000,
      onStart: () => events.push('start'),
      onEnd: () => events.push('end'),
      onFault: () => events.push('fault'),
    })
    body.release()
    body.release()
    body.stream.resume()
    setImmediate(() => response.end(String(body.untouched())))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const client = dialRaw(t, port, `${head('POST', 'Content-Length: 2\r\nConnection: close')}hi`)
  await client.sees(/true/)
  t.strictSame(events, [])
})
