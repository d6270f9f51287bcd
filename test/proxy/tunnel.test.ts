// What http-proxy makes of a handshake, and what it is kept from.
import { join } from 'node:path'
import t from 'tap'
import { certificate, privateKey } from '../fixtures/upstream-certificate.ts'
import { dialRaw } from '../helpers/forwarding.ts'
import {
  agreement,
  close,
  dialWebSocket,
  frame,
  handshake,
  opcode,
  sampleKey,
  startWebSocketUpstream,
} from '../helpers/raw-websocket.ts'
import { until } from '../helpers/raw-upstream.ts'
import { startTunnelling } from '../helpers/tunnelling.ts'

t.test('a WebSocket is opened, used both ways and closed', async (t) => {
  const upstream = await startWebSocketUpstream(t)
  const gate = await startTunnelling(t, { port: upstream.port })
  const client = dialWebSocket(t, gate.port)
  t.match(await client.answered(), /^HTTP\/1\.1 101 Switching Protocols\r\n/)
  const side = await upstream.side()
  client.send(frame(opcode.text, 'hello', { masked: true }))
  t.match(await side.sees(1), [{ opcode: 1, masked: true, payload: Buffer.from('hello') }])
  side.send(frame(opcode.binary, 'world'))
  t.match(await client.sees(1), [{ opcode: 2, masked: false, payload: Buffer.from('world') }])
  client.send(close(1000, { masked: true }))
  await side.sees(2)
  side.send(close(1000))
  await client.sees(2)
  side.socket.end()
  t.equal(await client.closed, 'end')
  t.equal(await side.closed, 'end')
  await until(() => gate.closings().length === 1)
  t.strictSame(gate.counted, ['finished', 'opened', 'closed client'])
  t.match(gate.requests, [{ status: 101 }])
  t.strictSame([gate.clients(), upstream.raw.open()], [0, 0])
})

t.test('the path goes byte for byte, and the headers are those of any request', async (t) => {
  const upstream = await startWebSocketUpstream(t)
  const gate = await startTunnelling(t, {
    port: upstream.port,
    upstream: { pathPrefix: '/legacy', headers: ['X-Fixed', 'yes'] },
    claimHeaders: { 'X-Claim-Sub': ['sub'] },
  })
  const headers = [
    'x-A: 1',
    'X-Claim-Sub: admin',
    'X_Claim_Sub: admin',
    'X-a: \xe9',
    'Cookie: a=1',
    'Trailer: x',
    'TE: trailers',
    'Keep-Alive: 1',
    'Expect: 100-continue',
    'Sec_WebSocket_Key: forged',
    'Sec-WebSocket-Extensions: permessage-deflate',
    'Sec-WebSocket-Protocol: chat, super',
    'Origin: https://app.example',
  ]
  const target = "/http:/x//%2e%2e/a%2fb;x=1/~'()?q=%zz&r=/../http:/"
  const client = dialWebSocket(t, gate.port, handshake(target, headers))
  await client.answered()
  const side = await upstream.side()
  const id = /X-Request-Id: (.*)\r\n/.exec(side.head())?.[1]
  t.strictSame(side.head().split('\r\n'), [
    `GET /legacy${target} HTTP/1.1`,
    'x-A: 1',
    'x-A: \xe9',
    'Cookie: a=1',
    'Sec-WebSocket-Extensions: permessage-deflate',
    'Origin: https://app.example',
    'X-Fixed: yes',
    'Host: gate',
    'X-Forwarded-For: 127.0.0.1',
    'X-Forwarded-Proto: http',
    'X-Forwarded-Host: gate',
    `X-Request-Id: ${id!}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${sampleKey}`,
    'Sec-WebSocket-Protocol: chat, super',
    '',
    '',
  ])
  t.equal(gate.counted[0], 'stripped 2')
})

t.test("the upstream's own name is used where the client's is not to be kept", async (t) => {
  const upstream = await startWebSocketUpstream(t)
  const gate = await startTunnelling(t, {
    port: upstream.port,
    upstream: { preserveHost: false },
  })
  await dialWebSocket(t, gate.port).answered()
  const side = await upstream.side()
  t.match(side.head(), new RegExp(`\r\nHost: 127\\.0\\.0\\.1:${upstream.port}\r\n`))
  t.equal(side.head().match(/\r\nHost:/gi)?.length, 1)
})

t.test("over TLS the name is the settings' own, whatever Host says", async (t) => {
  const upstream = await startWebSocketUpstream(t, agreement(), {
    tls: { cert: certificate, key: privateKey },
  })
  const tls = { ca: certificate, cert: undefined, key: undefined, serverName: 'upstream.internal' }
  const settings = { origin: `https://127.0.0.1:${upstream.port}`, tls }
  const gate = await startTunnelling(t, { upstream: settings })
  const client = dialWebSocket(t, gate.port)
  t.match(await client.answered(), /^HTTP\/1\.1 101 /)
  client.send(frame(opcode.text, 'x', { masked: true }))
  t.equal((await (await upstream.side()).sees(1)).length, 1)
  t.strictSame(upstream.raw.serverNames, ['upstream.internal'])

  const wrong = await startTunnelling(t, {
    upstream: { ...settings, tls: { ...tls, serverName: 'other.internal' } },
  })
  t.match(await dialWebSocket(t, wrong.port).answered(), /^HTTP\/1\.1 504 /)
  t.strictSame(wrong.counted, ['failed tls'])
})

t.test('a unix socket is an upstream too', async (t) => {
  const path = join(t.testdir({}), 'app.sock')
  const upstream = await startWebSocketUpstream(t, agreement(), { path })
  const gate = await startTunnelling(t, {
    upstream: { origin: 'http://localhost', socketPath: path, preserveHost: false },
  })
  t.match(await dialWebSocket(t, gate.port).answered(), /^HTTP\/1\.1 101 /)
  t.match((await upstream.side()).head(), /\r\nHost: localhost\r\n/)
})

t.test(
  'an upstream that fails before it agrees is a refusal, like that of a request',
  async (t) => {
    const cases = [
      { name: 'nobody there', port: 1, want: 'upstream_unreachable', counted: 'failed connect' },
      {
        name: 'no HTTP',
        answer: 'SSH-2.0-x\r\n\r\n',
        want: 'upstream_broken',
        counted: 'failed protocol',
      },
      {
        name: 'a wrong accept',
        answer: agreement([], 'AAAA'),
        want: 'upstream_broken',
        counted: 'failed protocol',
      },
      {
        name: 'another protocol',
        answer: 'HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\nxx',
        want: 'upstream_broken',
        counted: 'failed protocol',
      },
      {
        name: 'a head that cannot be passed on',
        answer: agreement(['X-A: \x7f\x01']),
        want: 'upstream_broken',
        counted: 'failed protocol',
      },
      {
        name: 'a refusal that cannot be passed on',
        answer: 'HTTP/1.1 777 X\r\nContent-Length: 2\r\n\r\nno',
        want: 'upstream_broken',
        counted: 'failed protocol',
      },
    ]
    for (const { name, port, answer, want, counted } of cases) {
      const upstream = await startWebSocketUpstream(t, answer)
      const gate = await startTunnelling(t, { port: port ?? upstream.port })
      const client = dialWebSocket(t, gate.port)
      t.match(await client.answered(), /^HTTP\/1\.1 504 [^]*Connection: close\r\n/, name)
      t.equal(await client.closed, 'end', name)
      t.strictSame(gate.denials(), [want], name)
      t.strictSame(gate.counted, [counted], name)
      await until(() => upstream.raw.open() === 0 && gate.clients() === 0, name)
    }
  },
)

t.test('an upstream that says nothing, hangs up or resets is a refusal', async (t) => {
  const silent = await startWebSocketUpstream(t, null)
  const slow = await startTunnelling(t, { port: silent.port, responseTimeoutMs: 50 })
  const client = dialWebSocket(t, slow.port)
  t.match(await client.answered(), /^HTTP\/1\.1 504 /)
  t.strictSame(slow.denials(), ['upstream_timeout'])
  t.strictSame(slow.counted, ['failed timeout'])
  await until(() => silent.raw.open() === 0)

  for (const leave of ['end', 'resetAndDestroy'] as const) {
    const leaving = await startWebSocketUpstream(t, null, {
      onSide: ({ socket }) => void socket[leave](),
    })
    const gate = await startTunnelling(t, { port: leaving.port })
    t.match(await dialWebSocket(t, gate.port).answered(), /^HTTP\/1\.1 504 /, leave)
    t.strictSame(gate.denials(), ['upstream_broken'], leave)
    t.strictSame(gate.counted, ['failed reset'], leave)
  }
})

t.test("the upstream's refusal is the client's answer, framed anew", async (t) => {
  const cases = [
    {
      name: 'a length',
      answer:
        'HTTP/1.1 403 No Way\r\nContent-Length: 2\r\nKeep-Alive: timeout=5\r\nX-A: 1\r\n\r\nno',
      want: /^HTTP\/1\.1 403 No Way\r\nContent-Length: 2\r\nX-A: 1\r\n[^]*\r\n\r\nno$/,
    },
    {
      name: 'chunks',
      answer: 'HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n',
      want: /^HTTP\/1\.1 404 Not Found\r\n[^]*Transfer-Encoding: chunked\r\n\r\n2\r\nno\r\n0\r\n\r\n$/,
    },
    {
      name: 'no body',
      answer: 'HTTP/1.1 204 No Content\r\n\r\n',
      want: /^HTTP\/1\.1 204 No Content\r\n[^]*\r\n\r\n$/,
    },
  ]
  for (const { name, answer, want } of cases) {
    const upstream = await startWebSocketUpstream(t, answer)
    const gate = await startTunnelling(t, { port: upstream.port })
    const client = dialWebSocket(t, gate.port)
    t.equal(await client.closed, 'end', name)
    t.match(client.head(), want, name)
    t.match(client.head(), /\r\nConnection: close\r\n/, name)
    t.notMatch(client.head(), /Keep-Alive/, name)
    t.strictSame(gate.counted, ['finished'], name)
    t.match(gate.requests, [{ status: Number(answer.slice(9, 12)) }], name)
    await until(() => upstream.raw.open() === 0, name)
  }
})

t.test('more WebSockets than the limit are refused; a closed one makes room', async (t) => {
  const upstream = await startWebSocketUpstream(t)
  const gate = await startTunnelling(t, { port: upstream.port, websocket: { maxConnections: 1 } })
  const first = dialWebSocket(t, gate.port)
  await first.answered()
  t.match(await dialWebSocket(t, gate.port).answered(), /^HTTP\/1\.1 503 /)
  t.strictSame(gate.denials().at(-1), 'upstream_overloaded')
  t.ok(gate.counted.includes('failed overload'))
  first.socket.destroy()
  await until(() => gate.closings().length === 1)
  t.match(await dialWebSocket(t, gate.port).answered(), /^HTTP\/1\.1 101 /)
})

t.test('a header that Node refuses is an internal error, and leaves nothing open', async (t) => {
  const upstream = await startWebSocketUpstream(t)
  const gate = await startTunnelling(t, {
    port: upstream.port,
    permit: { identity: { claims: {}, headers: ['X-Claim-Name', '\u65e5'] } },
  })
  t.match(await dialWebSocket(t, gate.port).answered(), /^HTTP\/1\.1 500 /)
  t.strictSame(gate.denials(), ['internal'])
  await until(() => upstream.raw.open() === 0)
})

t.test('a permit that cannot be read is an internal error', async (t) => {
  const gate = await startTunnelling(t, { permit: { route: undefined } })
  t.match(await dialWebSocket(t, gate.port).answered(), /^HTTP\/1\.1 500 /)
  t.strictSame(gate.denials(), ['internal'])
})

t.test('draining closes what is open and what still opens', async (t) => {
  const upstream = await startWebSocketUpstream(t, null)
  const gate = await startTunnelling(t, { port: upstream.port })
  const first = dialWebSocket(t, gate.port)
  const side = await upstream.side()
  side.send(agreement())
  await first.answered()
  const late = dialWebSocket(t, gate.port)
  const lateSide = await upstream.side(1)
  gate.tunnel.drain()
  t.match(await first.sees(1), [
    { opcode: 8, payload: Buffer.from('\x03\xe9going away', 'latin1') },
  ])
  t.match(await side.sees(1), [{ opcode: 8, masked: true }])
  lateSide.send(agreement())
  t.match(await late.sees(1), [{ opcode: 8 }])
  for (const client of [first, late]) client.send(close(1001, { masked: true }))
  t.strictSame([await first.closed, await late.closed], ['end', 'end'])
  await until(() => gate.closings().length === 2)
  t.strictSame(gate.closings(), ['closed drain', 'closed drain'])
  await until(() => upstream.raw.open() === 0)
})

t.test('what is no WebSocket handshake is none of its business', async (t) => {
  const gate = await startTunnelling(t)
  const client = dialRaw(t, gate.port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  await client.closed
  t.match(client.text(), /plain$/)
  gate.tunnel.open({} as never, { response: { socket: null }, facts: {} } as never)
  t.strictSame(gate.counted, [])
})
