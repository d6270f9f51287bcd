// The bound on what the upstream is asked at once.
import t from 'tap'
import { dialRaw, exchangeRaw, startForwarding } from '../helpers/forwarding.ts'
import { answering, ok, startRawUpstream, until, type Arrival } from '../helpers/raw-upstream.ts'

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const events = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n: hi\n\n'

t.test('256 open event streams do not hang request 257', async (t) => {
  const upstream = await startRawUpstream(t, answering(events))
  const gate = await startForwarding(t, {
    port: upstream.port,
    upstream: { maxConnections: 256, queueTimeoutMs: 200 },
  })
  const streams = Array.from({ length: 256 }, () => dialRaw(t, gate.port, get))
  for (const stream of streams) await stream.sees(/: hi/)
  const begun = performance.now()
  t.match(await exchangeRaw(t, gate.port, get), 'X-Denial: upstream_overloaded')
  t.ok(performance.now() - begun >= 190)
  t.strictSame(gate.counted, ['failed overload'])
  t.equal(gate.exchanges.at(-1)!.upstreamStartMs, undefined)
  streams[7]!.socket.destroy()
  await until(() => upstream.open() === 255)
  await dialRaw(t, gate.port, get).sees(/: hi/)
  t.equal(upstream.open(), 256)
  for (const stream of streams) stream.socket.destroy()
  await until(() => gate.clients() === 1 && upstream.open() === 1)
})

t.test('who waits gets the first place that becomes free, in order', async (t) => {
  const pending: Arrival[] = []
  const upstream = await startRawUpstream(t, (arrival) => pending.push(arrival))
  const gate = await startForwarding(t, {
    port: upstream.port,
    upstream: { maxConnections: 1, maxQueued: 3 },
  })
  const paths = ['/0', '/1', '/2', '/3', '/4']
  const clients = []
  for (const path of paths) {
    clients.push(dialRaw(t, gate.port, get.replace('/', path)))
    await until(() => gate.exchanges.length === clients.length)
  }
  t.strictSame(gate.forwarder.load(), { requests: 1, waiting: 3 })
  await clients[4]!.sees(/X-Denial: upstream_overloaded/)
  // The refused one is closed as well.
  clients[1]!.socket.destroy()
  await until(() => gate.clients() === 3)
  for (let turn = 1; turn <= 3; turn += 1) {
    await until(() => pending.length === turn)
    pending.at(-1)!.socket.write(ok)
  }
  for (const index of [0, 2, 3]) await clients[index]!.sees(/ok$/)
  t.strictSame(upstream.received[0]!.match(/(?<=GET )\S+/g), ['/0', '/2', '/3'])
  t.equal(upstream.received.length, 1)
})

t.test('a failed connection makes place for who waits', async (t) => {
  const upstream = await startRawUpstream(t, ({ socket, text, connection }) => {
    if (connection > 0) answering(ok)({ socket, text, connection })
  })
  const gate = await startForwarding(t, { port: upstream.port, upstream: { maxConnections: 1 } })
  const first = dialRaw(t, gate.port, get)
  await until(() => upstream.received.length === 1)
  const second = dialRaw(t, gate.port, get)
  await until(() => gate.exchanges.length === 2)
  upstream.sockets[0]!.destroy()
  await first.sees(/X-Denial: upstream_broken/)
  await second.sees(/ok$/)
})

t.test('each request has its own time to answer, on a used connection too', async (t) => {
  const upstream = await startRawUpstream(t, ({ socket, text }) => {
    if (!text.includes('/slow')) socket.write(ok)
    else setTimeout(() => socket.write(ok), 300)
  })
  const gate = await startForwarding(t, {
    port: upstream.port,
    upstream: { maxConnections: 1, responseTimeoutMs: 150 },
  })
  const quick = dialRaw(t, gate.port, get)
  const slow = dialRaw(t, gate.port, get.replace('/', '/slow'))
  await quick.sees(/ok$/)
  await slow.sees(/X-Denial: upstream_timeout/)
})
