// Refusals that go wrong on their way; the plain ones are among the tests of the tunnel.
import t from 'tap'
import { dialWebSocket, startWebSocketUpstream } from '../helpers/raw-websocket.ts'
import { until } from '../helpers/raw-upstream.ts'
import { startTunnelling } from '../helpers/tunnelling.ts'

t.test('a body that stops coming breaks the answer', async (t) => {
  const upstream = await startWebSocketUpstream(t, 'HTTP/1.1 403 No\r\nContent-Length: 9\r\n\r\nha')
  const gate = await startTunnelling(t, { port: upstream.port, upstream: { idleTimeoutMs: 50 } })
  const client = dialWebSocket(t, gate.port)
  await client.closed
  t.match(client.head(), /^HTTP\/1\.1 403 No\r\n[^]*\r\n\r\nha$/)
  await until(() => upstream.raw.open() === 0)
})

t.test('an upstream that vanishes within the body breaks the answer', async (t) => {
  const upstream = await startWebSocketUpstream(
    t,
    'HTTP/1.1 403 No\r\nContent-Length: 9\r\n\r\nha',
    { onSide: ({ socket }) => void setTimeout(() => socket.resetAndDestroy(), 20) },
  )
  const gate = await startTunnelling(t, { port: upstream.port })
  const client = dialWebSocket(t, gate.port)
  await client.closed
  t.match(client.head(), /\r\n\r\nha$/)
  await until(() => gate.clients() === 0)
})

t.test('a client that does not read holds the upstream back, and is cut in the end', async (t) => {
  const size = 30_000_000
  const upstream = await startWebSocketUpstream(
    t,
    `HTTP/1.1 403 No\r\nContent-Length: ${size}\r\n\r\n`,
    { onSide: ({ socket }) => void socket.write(Buffer.alloc(size)) },
  )
  const gate = await startTunnelling(t, { port: upstream.port, upstream: { idleTimeoutMs: 100 } })
  const client = dialWebSocket(t, gate.port)
  client.socket.pause()
  await upstream.side()
  await until(() => gate.clients() === 0 && upstream.raw.open() === 0)
  t.ok(gate.sockets[0]!.bytesWritten < size)
})

t.test('a large body is passed whole to a client that reads late', async (t) => {
  const size = 5_000_000
  const upstream = await startWebSocketUpstream(
    t,
    `HTTP/1.1 403 No\r\nContent-Length: ${size}\r\n\r\n`,
    { onSide: ({ socket }) => void socket.write(Buffer.alloc(size, 'x')) },
  )
  const gate = await startTunnelling(t, { port: upstream.port })
  const client = dialWebSocket(t, gate.port)
  client.socket.pause()
  await until(() => gate.sockets[0]?.writableNeedDrain === true)
  client.socket.resume()
  t.equal(await client.closed, 'end')
  t.ok(client.head().length > size)
})

t.test('a 101 that names no protocol is neither an agreement nor an answer', async (t) => {
  // Node takes it for an ordinary answer, since there is nothing that is switched to.
  for (const lines of ['', 'Connection: Upgrade\r\n', 'Content-Length: 2\r\n\r\nha']) {
    const upstream = await startWebSocketUpstream(t, `HTTP/1.1 101 Switching\r\n${lines}\r\n`)
    const gate = await startTunnelling(t, { port: upstream.port })
    const client = dialWebSocket(t, gate.port)
    t.match(await client.answered(), /^HTTP\/1\.1 504 /, lines)
    await client.closed
    t.strictSame(gate.counted, ['failed protocol'])
    await until(() => upstream.raw.open() === 0)
  }
})
