// What the upstream gets of a request, as bytes.
import t from 'tap'
import { createForwarder } from '../../src/proxy/forward.ts'
import { dialRaw, exchangeRaw, startForwarding, upstreamSettings } from '../helpers/forwarding.ts'
import { answering, ok, startRawUpstream, until } from '../helpers/raw-upstream.ts'

const get = 'GET / HTTP/1.1\r\nHost: api.example.com\r\n\r\n'

t.test("a request is forwarded with its own bytes and the gate's lines", async (t) => {
  const upstream = await startRawUpstream(t, answering(ok))
  const gate = await startForwarding(t, {
    port: upstream.port,
    upstream: { pathPrefix: '/legacy', headers: ['X-Fixed', 'yes'] },
    claimHeaders: { 'X-Claim-Sub': ['sub'] },
  })
  const answer = await exchangeRaw(
    t,
    gate.port,
    "GET /a%2fb//;x=1/~'()?q=%zz&r=/../ HTTP/1.1\r\nHost: api.example.com\r\nx-A: 1\r\nX-a: \xe9\r\n" +
      'X_Claim_Sub: admin\r\nKeep-Alive: 1\r\nTE: trailers\r\n\r\n',
  )
  t.match(answer, /^HTTP\/1.1 200 OK\r\n(?:.*\r\n)*\r\nok$/)
  const [exchange] = gate.exchanges
  t.strictSame(upstream.received, [
    "GET /legacy/a%2fb//;x=1/~'()?q=%zz&r=/../ HTTP/1.1\r\nhost: api.example.com\r\n" +
      'connection: keep-alive\r\nx-A: 1\r\nX-a: \xe9\r\nX-Fixed: yes\r\nX-Forwarded-For: 127.0.0.1\r\n' +
      'X-Forwarded-Proto: http\r\nX-Forwarded-Host: api.example.com\r\n' +
      `X-Request-Id: ${exchange!.requestId}\r\n\r\n`,
  ])
  t.strictSame(gate.counted, ['stripped 1', 'finished'])
  t.ok(exchange!.upstreamStartMs! <= exchange!.upstreamEndMs!, 'both times are noted')
})

t.test("the Host is the upstream's own when the client's is not to be preserved", async (t) => {
  const upstream = await startRawUpstream(t, answering(ok))
  const gate = await startForwarding(t, {
    port: upstream.port,
    upstream: { preserveHost: false },
  })
  await exchangeRaw(t, gate.port, get)
  t.match(upstream.received[0], `host: 127.0.0.1:${upstream.port}\r\n`)
  t.match(upstream.received[0], 'X-Forwarded-Host: api.example.com\r\n')
})

t.test('connections to the upstream are kept and used again, the last one first', async (t) => {
  const upstream = await startRawUpstream(t, answering(ok))
  const gate = await startForwarding(t, { port: upstream.port })
  const client = dialRaw(t, gate.port)
  for (let count = 1; count <= 5; count += 1) {
    client.socket.write(get)
    await until(() => client.text().split('\r\n\r\nok').length === count + 1)
  }
  t.equal(upstream.sockets.length, 1)
  t.equal(upstream.received[0]!.split('GET / ').length, 6)
})

t.test('a declared body that is too long is refused before the upstream hears of it', async (t) => {
  const upstream = await startRawUpstream(t, answering(ok))
  const gate = await startForwarding(t, { port: upstream.port, limits: { maxBodyBytes: 10 } })
  const post = (length: number): string =>
    `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`
  const answer = await exchangeRaw(t, gate.port, post(11))
  t.match(answer, 'X-Denial: body_too_large')
  t.strictSame(upstream.received, [])
  t.strictSame(gate.counted, [])
  const client = dialRaw(t, gate.port, `${post(10)}0123456789`)
  await until(() => upstream.received[0]?.endsWith('0123456789') === true)
  upstream.sockets[0]!.write(ok)
  await client.sees(/ok$/)
})

t.test('pipelined requests are sent on one by one, in order', async (t) => {
  const upstream = await startRawUpstream(t, ({ socket, text }) => {
    const path = /GET (\S+) [^]*\r\n\r\n$/.exec(
      text.split('GET ').at(-1)!.replace(/^/, 'GET '),
    )?.[1]
    if (path === undefined) return
    setTimeout(() => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n${path}`), 20)
  })
  const gate = await startForwarding(t, { port: upstream.port })
  const paths = Array.from({ length: 15 }, (_, index) => `/${(index + 10).toString(36)}`)
  const client = dialRaw(t, gate.port, paths.map((path) => get.replace('/', path)).join(''))
  await until(() => client.text().endsWith(paths.at(-1)!))
  t.strictSame(client.text().match(/(?<=\r\n\r\n)\/\w/g), paths)
  t.equal(upstream.sockets.length, 1, 'never two at once')
})

t.test('pipelined requests of a client that left are not sent on', async (t) => {
  const upstream = await startRawUpstream(t, () => undefined)
  const gate = await startForwarding(t, { port: upstream.port })
  const client = dialRaw(t, gate.port, get + get.replace('/', '/second') + get)
  await until(() => gate.exchanges.length === 3 && upstream.received.length === 1)
  client.socket.destroy()
  await until(() => upstream.open() === 0)
  t.equal(upstream.received.length, 1)
  t.notMatch(upstream.received[0], '/second')
})

t.test('a client that left before the decision is not forwarded', async (t) => {
  const upstream = await startRawUpstream(t, answering(ok))
  const gate = await startForwarding(t, {
    port: upstream.port,
    before: ({ response }) => response.destroy(),
  })
  await dialRaw(t, gate.port, get).closed
  t.equal(gate.exchanges.length, 1)
  t.strictSame([upstream.received, gate.refusals, gate.counted], [[], [], []])
})

t.test('a bug in what is given to it is answered, not thrown', async (t) => {
  const gate = await startForwarding(t, { permit: { route: undefined as never } })
  t.match(await exchangeRaw(t, gate.port, get), 'X-Denial: internal')
  t.match(gate.refusals, [{ code: 'internal', cause: { name: 'TypeError' } }])
})

t.test('what undici does not take is answered, not thrown', async (t) => {
  const upstream = await startRawUpstream(t, answering(ok))
  const gate = await startForwarding(t, { port: upstream.port, upstream: { headers: ['X', '\n'] } })
  t.match(await exchangeRaw(t, gate.port, get), 'X-Denial: internal')
  t.match(gate.refusals, [{ code: 'internal', cause: { code: 'UND_ERR_INVALID_ARG' } }])
  t.strictSame(gate.counted, [])
})

t.test('key material and CIDRs that cannot be used fail at start-up', async (t) => {
  const create = (trustedProxies: readonly string[], ca: string | undefined) =>
    createForwarder({
      upstream: upstreamSettings(1, {
        origin: 'https://127.0.0.1',
        tls: { ca: undefined, cert: ca, key: ca, serverName: 'a' },
      }),
      trustedProxies,
    } as unknown as Parameters<typeof createForwarder>[0])
  t.throws(() => create(['nonsense'], undefined))
  t.throws(() => create([], 'nonsense'))
})

t.test('closing ends what is under way and refuses what comes later', async (t) => {
  const upstream = await startRawUpstream(t, ({ socket, text }) => {
    if (text.startsWith('GET /half')) {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf')
    }
  })
  const gate = await startForwarding(t, { port: upstream.port, upstream: { maxConnections: 2 } })
  const begun = dialRaw(t, gate.port, get.replace('/', '/half'))
  const waiting = dialRaw(t, gate.port, get)
  await begun.sees(/half$/)
  await until(() => upstream.received.length === 2)
  const queued = dialRaw(t, gate.port, get)
  await until(() => gate.exchanges.length === 3)
  await gate.forwarder.close()
  await begun.closed
  await waiting.sees(/X-Denial: upstream_unreachable/)
  await queued.sees(/X-Denial: upstream_unreachable/)
  t.match(await exchangeRaw(t, gate.port, get), 'X-Denial: upstream_unreachable')
  await until(() => upstream.open() === 0)
  t.strictSame(gate.counted, ['finished'], "none of it is the upstream's fault")
})
