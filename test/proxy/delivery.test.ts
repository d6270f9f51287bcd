// Requests that fail, are retried, are given up, or take too long.
import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import t from 'tap'
import { dialRaw, exchangeRaw, startForwarding } from '../helpers/forwarding.ts'
import { answering, ok, startRawUpstream, until, type Arrival } from '../helpers/raw-upstream.ts'

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const silent = (): void => undefined

/** A port of 127.0.0.1 on which nobody listens. */
const deadPort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

t.test('an upstream that cannot be reached is so refused and counted', async (t) => {
  const port = await deadPort()
  const cases = [
    { upstream: {}, want: 'failed connect' },
    { upstream: { socketPath: '/nonexistent/app.sock' }, want: 'failed connect' },
    { upstream: { origin: 'http://nobody.invalid' }, want: 'failed dns' },
  ]
  for (const { upstream, want } of cases) {
    const gate = await startForwarding(t, { port, upstream })
    t.match(await exchangeRaw(t, gate.port, get), 'X-Denial: upstream_unreachable')
    t.strictSame(gate.counted, [want])
    t.ok(gate.exchanges[0]!.upstreamEndMs! >= gate.exchanges[0]!.upstreamStartMs!)
  }
})

t.test('an upstream that hangs up before it answers is broken, and not asked twice', async (t) => {
  const ways: ((arrival: Arrival) => void)[] = [
    ({ socket }) => socket.end(),
    ({ socket }) => socket.resetAndDestroy(),
    ({ socket }) => socket.end('HTTP/1.1 200 OK\r\nContent-'),
  ]
  for (const way of ways) {
    const upstream = await startRawUpstream(t, way)
    const gate = await startForwarding(t, { port: upstream.port })
    t.match(await exchangeRaw(t, gate.port, get), 'X-Denial: upstream_broken')
    t.equal(upstream.received.length, 1)
    t.strictSame(gate.counted, ['failed reset'])
  }
})

/** Answers the first request of the first connection, and closes it on the second one's arrival. */
const closingOnReuse = ({ socket, text, connection }: Arrival): void => {
  if (connection > 0 || !text.includes('/again')) answering(ok)({ socket, text, connection })
  else socket.resetAndDestroy()
}

const again = (method: string, rest = '\r\n'): string =>
  `${method} /again HTTP/1.1\r\nHost: a\r\n${rest}`

t.test(
  'a request lost to a connection that was just closed is sent again if that is safe',
  async (t) => {
    const body = 'Content-Length: 2\r\n\r\n\r\n'
    const cases = [
      { given: again('GET'), retried: true },
      { given: again('HEAD'), retried: true },
      { given: again('OPTIONS'), retried: true },
      { given: again('PUT'), retried: true },
      { given: again('DELETE'), retried: true },
      { given: again('POST'), retried: false },
      { given: again('PATCH'), retried: false },
      { given: again('PUT', body), retried: false },
    ]
    for (const { given, retried } of cases) {
      const upstream = await startRawUpstream(t, closingOnReuse)
      const gate = await startForwarding(t, { port: upstream.port })
      const client = dialRaw(t, gate.port, get)
      await client.sees(/ok$/)
      const answer = await exchangeRaw(t, gate.port, given)
      t.match(answer, retried ? /^HTTP\/1.1 200/ : /X-Denial: upstream_broken/, given)
      t.strictSame(gate.counted, [
        'finished',
        ...(retried ? ['retried', 'finished'] : ['failed reset']),
      ])
      t.equal(upstream.received.length, retried ? 2 : 1)
    }
  },
)

t.test('a body that had not begun is sent again whole', async (t) => {
  const upstream = await startRawUpstream(t, ({ socket, text }) => {
    if (text.includes('GET') || text.endsWith('hello')) socket.write(ok)
  })
  const gate = await startForwarding(t, { port: upstream.port })
  const client = dialRaw(t, gate.port, get)
  await client.sees(/ok$/)
  client.socket.write(again('POST', 'Expect: 100-continue\r\nContent-Length: 5\r\n\r\n'))
  await client.sees(/100 Continue\r\n\r\n$/)
  upstream.sockets[0]!.resetAndDestroy()
  await until(() => gate.counted.includes('retried'))
  client.socket.write('hello')
  await client.sees(/100 Continue\r\n\r\nHTTP\/1.1 200 OK\r\n[^]*ok$/)
  t.strictSame(gate.counted, ['finished', 'retried', 'finished'])
  t.match(upstream.received[1], /POST [^]*\r\n\r\nhello$/)
})

t.test('a request that never left is sent again, whatever it is', async (t) => {
  const upstream = await startRawUpstream(t, ({ socket, text }) => {
    if (/GET|hello$/.test(text)) socket.write(ok)
  })
  const gate = await startForwarding(t, {
    port: upstream.port,
    later: true,
    // The reset is there, but nobody has looked, when the connection is taken for the next request.
    before: ({ request }) => {
      if (request.method === 'POST') upstream.sockets[0]!.resetAndDestroy()
    },
  })
  await exchangeRaw(t, gate.port, get)
  const post = again('POST', 'Content-Length: 5\r\n\r\nhello')
  t.match(await exchangeRaw(t, gate.port, post), /^HTTP\/1.1 200 OK[^]*ok$/)
  t.strictSame(gate.counted, ['finished', 'retried', 'finished'])
  t.match(upstream.received, [/^GET/, /^POST [^]*hello$/])
})

t.test('there is one retry, on a fresh connection', async (t) => {
  const upstream = await startRawUpstream(t, ({ socket, text }) => {
    if (text.includes('/again')) socket.resetAndDestroy()
    else socket.write(ok)
  })
  const gate = await startForwarding(t, { port: upstream.port })
  const clients = [dialRaw(t, gate.port, get), dialRaw(t, gate.port, get)]
  for (const client of clients) await client.sees(/ok$/)
  t.match(await exchangeRaw(t, gate.port, again('GET')), 'X-Denial: upstream_broken')
  t.strictSame(gate.counted, ['finished', 'finished', 'retried', 'failed reset'])
})

t.test('a request of which an answer was seen is not sent again', async (t) => {
  const upstream = await startRawUpstream(t, ({ socket, text }) => {
    if (text.includes('/again')) socket.end('HTTP/1.1 200 OK\r\n')
    else socket.write(ok)
  })
  const gate = await startForwarding(t, { port: upstream.port })
  const client = dialRaw(t, gate.port, get)
  await client.sees(/ok$/)
  t.match(await exchangeRaw(t, gate.port, again('GET')), 'X-Denial: upstream_broken')
  t.strictSame(gate.counted, ['finished', 'failed reset'])
})

t.test('an upstream that closes while idle costs no request', async (t) => {
  for (const way of ['end', 'resetAndDestroy'] as const) {
    const upstream = await startRawUpstream(t, answering(ok))
    const gate = await startForwarding(t, { port: upstream.port })
    const client = dialRaw(t, gate.port)
    for (let round = 1; round <= 20; round += 1) {
      client.socket.write(get.replace('GET', 'POST'))
      await until(() => client.text().split('\r\n\r\nok').length === round + 1)
      upstream.sockets.at(-1)![way]()
      if (round % 2 === 0) await until(() => upstream.open() === 0)
    }
    t.strictSame(gate.refusals, [])
    t.notOk(gate.counted.some((each) => each.startsWith('failed')))
  }
})

t.test('a client that leaves is given up wherever its request is', async (t) => {
  const upstream = await startRawUpstream(t, silent)
  const gate = await startForwarding(t, { port: upstream.port, upstream: { maxConnections: 1 } })
  const waiting = dialRaw(t, gate.port, get)
  await until(() => upstream.received.length === 1)
  const queued = dialRaw(t, gate.port, get.replace('/', '/queued'))
  await until(() => gate.exchanges.length === 2)
  queued.socket.destroy()
  await until(() => gate.clients() === 1)
  waiting.socket.destroy()
  await until(() => upstream.open() === 0)
  t.equal(upstream.received.length, 1, 'the queued one was never sent')
  t.strictSame([gate.counted, gate.refusals], [[], []])
})

t.test('so is one whose connection is still being opened', async (t) => {
  const upstream = await startRawUpstream(t, silent)
  const tls = { ca: undefined, cert: undefined, key: undefined, serverName: 'a' }
  const gate = await startForwarding(t, {
    upstream: { origin: `https://127.0.0.1:${upstream.port}`, tls, maxConnections: 1 },
  })
  const client = dialRaw(t, gate.port, get)
  await until(() => upstream.received[0] !== undefined && upstream.received[0] !== '')
  client.socket.destroy()
  await until(() => upstream.open() === 0)
  t.strictSame([gate.counted, gate.refusals], [[], []])
  dialRaw(t, gate.port, get)
  await until(() => upstream.received.length === 2, 'the place to be free again')
})

t.test('one that leaves while its request is sent again is given up too', async (t) => {
  const upstream = await startRawUpstream(t, closingOnReuse)
  const gate = await startForwarding(t, { port: upstream.port })
  const client = dialRaw(t, gate.port, get)
  await client.sees(/ok$/)
  const { counted } = gate as unknown as { counted: string[] }
  const push = counted.push.bind(counted)
  // The moment between the two attempts is too short for a socket: the response is closed in it.
  counted.push = (word) => {
    if (word === 'retried') gate.exchanges[1]!.response.emit('close')
    return push(word)
  }
  dialRaw(t, gate.port, again('GET'))
  await until(() => gate.counted.length > 1 && upstream.open() === 0)
  t.strictSame(gate.counted, ['finished', 'retried'])
  t.equal(upstream.received.length, 1)
})

t.test("no answer in time is a time-out, by the route's own time if it has one", async (t) => {
  const upstream = await startRawUpstream(t, silent)
  const cases = [
    { upstream: { responseTimeoutMs: 100 } },
    { upstream: { responseTimeoutMs: 60_000 }, responseTimeoutMs: 100 },
  ]
  for (const options of cases) {
    const gate = await startForwarding(t, { port: upstream.port, ...options })
    const begun = performance.now()
    t.match(await exchangeRaw(t, gate.port, get), 'X-Denial: upstream_timeout')
    const took = performance.now() - begun
    t.ok(took >= 95 && took < 400, `after ${took} ms`)
    t.strictSame(gate.counted, ['failed timeout'])
  }
  await until(() => upstream.open() === 0)
})

t.test('the time to answer begins when the body is sent, or when it is not taken', async (t) => {
  const upstream = await startRawUpstream(t, ({ socket, text }) => {
    if (text.endsWith('12345')) setTimeout(() => socket.write(ok), 150)
    if (text.includes('PUT /stuck')) socket.pause()
  })
  const gate = await startForwarding(t, {
    port: upstream.port,
    upstream: { responseTimeoutMs: 250 },
  })
  const slow = dialRaw(t, gate.port, 'PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n')
  for (const byte of '12345') {
    slow.socket.write(byte)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  await slow.sees(/ok$/)
  const size = 64 * 1024 * 1024
  const stuck = dialRaw(
    t,
    gate.port,
    `PUT /stuck HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`,
  )
  stuck.socket.write(Buffer.alloc(size))
  await stuck.sees(/X-Denial: upstream_timeout/)
  t.strictSame(gate.counted, ['finished', 'failed timeout'])
})

t.test('informational answers do not put the end of patience off for ever', async (t) => {
  const upstream = await startRawUpstream(t, ({ socket }) => {
    const timer = setInterval(() => socket.write('HTTP/1.1 102 Processing\r\n\r\n'), 30)
    socket.on('close', () => {
      clearInterval(timer)
    })
  })
  const gate = await startForwarding(t, {
    port: upstream.port,
    upstream: { responseTimeoutMs: 200 },
  })
  t.match(await exchangeRaw(t, gate.port, get), 'X-Denial: upstream_timeout')
  t.strictSame(gate.counted, ['failed timeout'])
  await until(() => upstream.open() === 0)
})

t.test('an informational answer in the middle of a body is no reason to give up', async (t) => {
  const upstream = await startRawUpstream(t, ({ socket, text }) => {
    socket.write(text.endsWith('12345') ? ok : 'HTTP/1.1 102 Processing\r\n\r\n')
  })
  const gate = await startForwarding(t, {
    port: upstream.port,
    upstream: { responseTimeoutMs: 50 },
  })
  const client = dialRaw(t, gate.port, 'PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n')
  for (const byte of '12345') {
    client.socket.write(byte)
    await new Promise((resolve) => setTimeout(resolve, 40))
  }
  await client.sees(/ok$/)
})
