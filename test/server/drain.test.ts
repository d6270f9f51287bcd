import t from 'tap'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import type { Exchange } from '../../src/proxy/exchange.ts'
import { drain as drainServer, type DrainOptions } from '../../src/server/drain.ts'
import { connectTo, eventually, parseAnswers, startListener } from './data-listener.ts'

const drain = (options: Omit<DrainOptions, 'closeWebSockets'>) =>
  drainServer({ closeWebSockets: () => undefined, ...options })

const get = (target: string): string => `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`

t.test('with nothing to wait for, it is over at once', async (t) => {
  const { server, port } = await startListener(t)
  const idle = connectTo(t, port)
  idle.send(get('/'))
  await idle.until(/GET \/$/)
  const silent = connectTo(t, port)
  await once(server, 'connection')
  const startMs = performance.now()
  t.strictSame(await drain({ server, drainDelayMs: 0, graceMs: 5000 }), { cut: 0 })
  t.ok(performance.now() - startMs < 1000)
  await Promise.all([idle.ended, silent.ended])
  t.notOk(server.listening)
})

t.test('during the delay it still takes connections, and says that each is the last', async (t) => {
  let draining = false
  const { server, port } = await startListener(t, { draining: () => draining })
  const kept = connectTo(t, port)
  kept.send(get('/before'))
  await kept.until(/before$/)
  draining = true
  const done = drain({ server, drainDelayMs: 300, graceMs: 5000 })
  const late = connectTo(t, port)
  late.send(get('/late'))
  kept.send(get('/again'))
  t.match(parseAnswers(await late.ended), [
    { status: 200, headers: { connection: 'close' }, body: 'GET /late' },
  ])
  t.match(await kept.ended, /keep-alive[^]*Connection: close[^]*GET \/again$/)
  t.strictSame(await done, { cut: 0 })
})

t.test('after the delay nobody is let in', async (t) => {
  const { server, port } = await startListener(t)
  await drain({ server, drainDelayMs: 0, graceMs: 100 })
  const late = connect(port, '127.0.0.1')
  const [error] = (await once(late, 'error')) as [NodeJS.ErrnoException]
  t.equal(error.code, 'ECONNREFUSED')
})

t.test('requests under way are not lost', async (t) => {
  let draining = false
  const held: Exchange[] = []
  const listener = await startListener(t, {
    draining: () => draining,
    forward: (_permit, exchange) => void held.push(exchange),
  })
  const clients = Array.from({ length: 20 }, () => connectTo(t, listener.port))
  for (const client of clients) client.send(get('/1') + get('/2'))
  const halfSaid = connectTo(t, listener.port)
  halfSaid.send('GET /half HTTP/1.1\r\n')
  await eventually(() => held.length === 40)
  // Its head promises a connection that stays.
  held[0]?.response.writeHead(200, ['Content-Length', '2']).write('o')

  draining = true
  const done = drain({ server: listener.server, drainDelayMs: 30, graceMs: 5000 })
  await eventually(() => !listener.server.listening)
  halfSaid.send('Host: a\r\n\r\n')
  await eventually(() => held.length === 41)
  held.shift()?.response.end('k')
  for (const { response } of held) response.writeHead(200, ['Content-Length', '2']).end('ok')
  for (const client of clients) {
    t.match(parseAnswers(await client.ended), [{ body: 'ok' }, { body: 'ok' }])
  }
  t.match(parseAnswers(await halfSaid.ended), [{ body: 'ok' }])
  t.strictSame(await done, { cut: 0 })
})

t.test('an answer on its way to a slow client is not cut short', async (t) => {
  const size = 16 * 1024 * 1024
  const { server, port } = await startListener(t, {
    forward: (_permit, { response }) => void response.end(Buffer.alloc(size, 'x')),
  })
  const client = connect(port, '127.0.0.1')
  t.teardown(() => client.destroy())
  client.write(get('/'))
  await once(client, 'readable')
  const done = drain({ server, drainDelayMs: 0, graceMs: 10_000 })
  await eventually(() => !server.listening)
  // Several sweeps go by while it reads nothing.
  await new Promise((resolve) => setTimeout(resolve, 100))
  let bytes = 0
  client.on('data', (data: Buffer) => (bytes += data.length))
  await once(client, 'close')
  t.ok(bytes > size, `${bytes} bytes`)
  t.strictSame(await done, { cut: 0 })
})

t.test('what does not end in time is cut, and counted', async (t) => {
  const listener = await startListener(t, { forward: () => undefined })
  const clients = [connectTo(t, listener.port), connectTo(t, listener.port)]
  for (const client of clients) client.send(get('/'))
  const idle = connectTo(t, listener.port)
  await eventually(() => listener.started === 2)
  const startMs = performance.now()
  const { server } = listener
  t.strictSame(await drain({ server, drainDelayMs: 0, graceMs: 100 }), { cut: 2 })
  t.ok(performance.now() - startMs >= 95)
  await Promise.all([...clients, idle].map(({ ended }) => ended))
  t.match(listener.finished, [{ status: 499 }, { status: 499 }])
})

t.test('a server without books is closed all the same', async (t) => {
  const server = createServer((_request, response) => response.end())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connectTo(t, (server.address() as AddressInfo).port)
  const [socket] = (await once(server, 'connection')) as [Socket]
  t.strictSame(await drain({ server, drainDelayMs: 0, graceMs: 50 }), { cut: 1 })
  await client.ended
  t.ok(socket.destroyed)
})
