// The body of an answer on its way to the client.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { Relay } from '../../src/proxy/relay.ts'
import { dialRaw, exchangeRaw, factsOf, startForwarding } from '../helpers/forwarding.ts'
import { answering, ok, startRawUpstream, until } from '../helpers/raw-upstream.ts'

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const stream = 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n'

t.test('a head without a body yet does not wait for one', async (t) => {
  const upstream = await startRawUpstream(t, answering(stream))
  const gate = await startForwarding(t, { port: upstream.port })
  const client = dialRaw(t, gate.port, get)
  await client.sees(/text\/event-stream\r\n(?:.*\r\n)*\r\n$/)
  upstream.sockets[0]!.write('data: 1\n\n')
  await client.sees(/data: 1\n\n\r\n$/)
  upstream.sockets[0]!.end('data: 2\n\n')
  await client.sees(/data: 2\n\n\r\n0\r\n\r\n$/)
})

t.test('a large body comes through unchanged', async (t) => {
  const body = Buffer.alloc(5_000_000, 'abcdefghij\xff').toString('latin1')
  const upstream = await startRawUpstream(
    t,
    answering(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`),
  )
  const gate = await startForwarding(t, { port: upstream.port })
  const text = await exchangeRaw(t, gate.port, get)
  t.ok(text.endsWith(`\r\n\r\n${body}`))
})

t.test('a client that does not read makes the upstream wait, for a bounded time', async (t) => {
  const size = 64 * 1024 * 1024
  const script = answering(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`)
  const upstream = await startRawUpstream(t, (arrival) => {
    script(arrival)
    arrival.socket.write(Buffer.alloc(size))
  })
  const gate = await startForwarding(t, { port: upstream.port, upstream: { idleTimeoutMs: 1500 } })
  const client = dialRaw(t, gate.port, get)
  client.socket.pause()
  await until(() => (gate.exchanges[0]?.response.writableLength ?? 0) > 0)
  await new Promise((resolve) => setTimeout(resolve, 300))
  t.ok(gate.exchanges[0]!.response.writableLength < 1_000_000, 'next to nothing is held')
  t.ok(upstream.sockets[0]!.writableLength > size / 4, 'the rest is still with the upstream')
  // Read for a while, then stop for good.
  client.socket.resume()
  await until(() => client.text().length > size / 8)
  client.socket.pause()
  await until(() => gate.clients() === 0, 'the client to be cut')
  await until(() => upstream.open() === 0)
  t.strictSame([gate.refusals, gate.counted], [[], []], "no fault of the upstream's")
})

t.test('nor is the end of an answer held for ever', async (t) => {
  const upstream = await startRawUpstream(t, answering('HTTP/1.1 204 No Content\r\n\r\n'))
  const gate = await startForwarding(t, {
    port: upstream.port,
    upstream: { idleTimeoutMs: 100 },
    // More than the system takes for a client that does not read.
    before: ({ response }) => response.socket!.write(Buffer.alloc(32 * 1024 * 1024)),
  })
  const client = dialRaw(t, gate.port, get)
  client.socket.pause()
  await until(() => gate.counted.includes('finished'))
  t.ok(gate.exchanges[0]!.response.writableLength > 0)
  await until(() => gate.clients() === 0)
})

t.test('a client that is slow for less than that gets all of it', async (t) => {
  const size = 16 * 1024 * 1024
  const script = answering(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`)
  const upstream = await startRawUpstream(t, (arrival) => {
    script(arrival)
    arrival.socket.write(Buffer.alloc(size))
  })
  const gate = await startForwarding(t, { port: upstream.port, upstream: { idleTimeoutMs: 900 } })
  const client = dialRaw(t, gate.port, get)
  let taken = 0
  client.socket.removeAllListeners('data').on('data', (chunk) => {
    taken += chunk.length
    if (taken % 7 === 0) client.socket.pause()
  })
  for (let round = 0; round < 6; round += 1) {
    client.socket.pause()
    await new Promise((resolve) => setTimeout(resolve, 150))
    client.socket.resume()
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  const timer = setInterval(() => client.socket.resume(), 10)
  t.teardown(() => clearInterval(timer))
  await until(() => taken > size)
  t.strictSame(gate.counted, ['finished'])
})

t.test("an upstream that dies in the middle breaks the client's connection", async (t) => {
  const begun = [
    { answer: 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf', kind: 'reset' },
    {
      answer: 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\nConnection: close\r\n\r\nhalf',
      kind: 'protocol',
    },
    { answer: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n', kind: 'reset' },
    {
      answer:
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n4\r\nhalf\r\n',
      kind: 'reset',
    },
  ]
  for (const { answer, kind } of begun) {
    for (const way of ['destroySoon', 'resetAndDestroy'] as const) {
      const upstream = await startRawUpstream(t, answering(answer))
      const gate = await startForwarding(t, { port: upstream.port })
      const client = dialRaw(t, gate.port, get)
      await client.sees(/half(?:\r\n)?$/)
      upstream.sockets[0]![way]()
      await client.closed
      t.match(client.text(), /half(?:\r\n)?$/, 'no last chunk')
      t.strictSame(gate.counted, [`failed ${kind}`, 'finished'], `${way} ${answer}`)
      t.strictSame(gate.logged, ['an answer was broken off'])
    }
  }
})

t.test('a chunk that is none breaks it as well', async (t) => {
  const upstream = await startRawUpstream(
    t,
    answering('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n'),
  )
  const gate = await startForwarding(t, { port: upstream.port })
  const client = dialRaw(t, gate.port, get)
  await client.sees(/half\r\n$/)
  upstream.sockets[0]!.write('zz\r\n')
  await client.closed
  t.match(client.text(), /half\r\n$/)
  t.strictSame(gate.counted, ['failed protocol', 'finished'])
})

t.test('an event stream lives as long as something comes', async (t) => {
  const upstream = await startRawUpstream(t, answering(stream))
  const gate = await startForwarding(t, { port: upstream.port, upstream: { idleTimeoutMs: 250 } })
  const client = dialRaw(t, gate.port, get)
  await client.sees(/\r\n\r\n$/)
  for (let event = 1; event <= 8; event += 1) {
    upstream.sockets[0]!.write(`data: ${event}\n\n`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  t.match(client.text(), 'data: 8')
  await client.closed
  t.notMatch(client.text(), /0\r\n\r\n$/)
  t.strictSame(gate.counted, ['failed timeout', 'finished'])
  await until(() => upstream.open() === 0)
})

t.test("a client that leaves ends the upstream's work at once", async (t) => {
  const upstream = await startRawUpstream(t, answering(stream))
  const gate = await startForwarding(t, { port: upstream.port })
  const client = dialRaw(t, gate.port, get)
  await client.sees(/\r\n\r\n$/)
  client.socket.destroy()
  await until(() => upstream.open() === 0)
  t.strictSame([gate.counted, gate.refusals, gate.logged], [[], [], []])
  t.ok(gate.exchanges[0]!.upstreamEndMs !== undefined)
})

t.test('the head and a small body leave in one write', async (t) => {
  const upstream = await startRawUpstream(t, answering(ok))
  const gate = await startForwarding(t, { port: upstream.port })
  const client = dialRaw(t, gate.port)
  const pieces: string[] = []
  client.socket.on('data', (chunk) => pieces.push(chunk.toString()))
  client.socket.write(get)
  await client.sees(/ok$/)
  t.equal(pieces.length, 1)
})

t.test('a small body is the same, byte for byte, in however many pieces it comes', async (t) => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)).toString('latin1')
  const chunks = `100\r\n${bytes}\r\n`
  const heads = [
    { given: `Content-Length: 256\r\n\r\n${bytes}`, want: bytes },
    { given: `Transfer-Encoding: chunked\r\n\r\n${chunks}0\r\n\r\n`, want: `${chunks}0\r\n\r\n` },
    {
      given: `Transfer-Encoding: chunked\r\n\r\n${chunks}${chunks}0\r\n\r\n`,
      want: `${chunks}${chunks}0\r\n\r\n`,
    },
  ]
  for (const { given, want } of heads) {
    const upstream = await startRawUpstream(t, answering(`HTTP/1.1 200 OK\r\n${given}`))
    const gate = await startForwarding(t, { port: upstream.port })
    const text = await exchangeRaw(t, gate.port, get)
    t.equal(text.slice(text.indexOf('\r\n\r\n') + 4), want)
  }
})

t.test('a small answer that comes before the request has ended is whole', async (t) => {
  const upstream = await startRawUpstream(t, ({ socket, text }) => {
    if (text.endsWith('start'))
      socket.write('HTTP/1.1 413 No\r\nContent-Length: 4\r\n\r\nt\xf6\xf6!', 'latin1')
  })
  const gate = await startForwarding(t, { port: upstream.port })
  const post = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\nstart'
  const client = dialRaw(t, gate.port, post)
  await client.sees(/Connection: close\r\n(?:.*\r\n)*\r\nt\xf6\xf6!$/)
})

t.test('an answer may begin before the request has ended, and both go on', async (t) => {
  const upstream = await startRawUpstream(t, ({ socket, text }) => {
    if (text.endsWith('start')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbe')
    if (text.endsWith('end')) socket.write('en')
  })
  const gate = await startForwarding(t, {
    port: upstream.port,
    upstream: { responseTimeoutMs: 50 },
  })
  const client = dialRaw(
    t,
    gate.port,
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\nstart',
  )
  await client.sees(/be$/)
  await new Promise((resolve) => setTimeout(resolve, 100))
  client.socket.write('end')
  await client.sees(/been$/)
  await client.closed
  t.strictSame(gate.counted, ['finished'])
})

t.test('a head that Node would not write leaves the response free for another', async (t) => {
  const failures: unknown[] = []
  const server = createServer((request, response) => {
    const client = { request, response, facts: factsOf(request), dress: undefined }
    const relay = new Relay(client, { stallTimeoutMs: 1000, onStall: () => undefined })
    const rawHeaders = [Buffer.from('X'), Buffer.from('a\0b')]
    const failure = relay.begin({
      status: 200,
      statusText: 'Fine',
      rawHeaders,
      resume: () => undefined,
    })
    failures.push(failure, relay.begun())
    response.writeHead(500).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const text = await exchangeRaw(t, (server.address() as AddressInfo).port, get)
  t.match(text, /^HTTP\/1.1 500 Internal Server Error\r\n/)
  t.match(failures, [
    {
      kind: 'protocol',
      denial: { code: 'upstream_broken', cause: { cause: { code: 'ERR_INVALID_CHAR' } } },
    },
    false,
  ])
})
