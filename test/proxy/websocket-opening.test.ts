// Between the handshake and the 101: who leaves, what comes too early.
import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import t from 'tap'
import { deny } from '../../src/core/denial.ts'
import { startOpening } from '../../src/proxy/websocket-opening.ts'
import {
  acceptOf,
  agreement,
  dialWebSocket,
  frame,
  handshake,
  opcode,
  sampleKey,
  startWebSocketUpstream,
} from '../helpers/raw-websocket.ts'
import { startRawUpstream, until } from '../helpers/raw-upstream.ts'
import { startTunnelling } from '../helpers/tunnelling.ts'

t.test('a client that leaves before the answer takes the upstream with it', async (t) => {
  for (const leave of ['end', 'resetAndDestroy'] as const) {
    const upstream = await startWebSocketUpstream(t, null)
    const gate = await startTunnelling(t, { port: upstream.port })
    const client = dialWebSocket(t, gate.port)
    await upstream.side()
    client.socket[leave]()
    await until(() => upstream.raw.open() === 0 && gate.clients() === 0, leave)
    await until(() => gate.requests.length === 1, leave)
    t.match(gate.requests, [{ status: 499 }], leave)
    t.strictSame(gate.counted, [], leave)
  }
})

t.test('a client that leaves while the gate connects leaves nothing behind', async (t) => {
  // It takes the connection and never says a word of TLS: the gate goes on connecting.
  const silent = await startRawUpstream(t, () => undefined)
  const gate = await startTunnelling(t, {
    upstream: { origin: `https://127.0.0.1:${silent.port}`, connectTimeoutMs: 3000 },
  })
  const client = dialWebSocket(t, gate.port)
  await until(() => gate.sockets.length === 1)
  await new Promise((resolve) => setTimeout(resolve, 20))
  client.socket.end()
  await until(() => gate.clients() === 0)
  t.notOk(gate.counted.includes('opened'))
})

t.test('a client that leaves while a key is fetched is not tunnelled', async (t) => {
  const upstream = await startWebSocketUpstream(t)
  let go: () => void = () => undefined
  const later = new Promise<void>((resolve) => (go = resolve))
  const gate = await startTunnelling(t, { port: upstream.port, later })
  const client = dialWebSocket(t, gate.port)
  await until(() => gate.sockets[0] !== undefined && gate.sockets[0].bytesRead > 0)
  // The handshake has been taken by then, and its token is waited for.
  await new Promise((resolve) => setTimeout(resolve, 20))
  client.socket.resetAndDestroy()
  await until(() => gate.clients() === 0)
  go()
  await new Promise((resolve) => setTimeout(resolve, 20))
  t.equal(upstream.sides.length, 0)
  t.match(gate.requests, [{ status: 499 }])
})

t.test('what comes after the head reaches the upstream only after its 101', async (t) => {
  const upstream = await startWebSocketUpstream(t, null)
  const gate = await startTunnelling(t, { port: upstream.port })
  const early = frame(opcode.text, 'early', { masked: true })
  const client = dialWebSocket(t, gate.port, handshake() + early.toString('latin1'))
  const side = await upstream.side()
  client.send(frame(opcode.text, 'later', { masked: true }))
  await new Promise((resolve) => setTimeout(resolve, 30))
  t.match(upstream.raw.received[0], /\r\n\r\n$/, 'nothing yet')
  side.send(agreement())
  const frames = await side.sees(2)
  t.strictSame(
    frames.map(({ payload }) => payload.toString()),
    ['early', 'later'],
  )
})

t.test('a request smuggled behind a refused handshake is not served', async (t) => {
  const upstream = await startWebSocketUpstream(t, 'HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n')
  const gate = await startTunnelling(t, { port: upstream.port })
  const client = dialWebSocket(t, gate.port, `${handshake()}GET /admin HTTP/1.1\r\nHost: a\r\n\r\n`)
  await client.closed
  t.equal(client.head().match(/HTTP\/1\.1 /g)?.length, 1)
  t.equal(upstream.sides.length, 1)
  t.notMatch(upstream.raw.received[0], /admin/)
  t.equal(gate.requests.length, 1)
})

t.test("the time of a handshake is the upstream's, and closed WebSockets are logged", async (t) => {
  for (const [logRequests, level] of [
    ['all', 'info'],
    ['denied', 'debug'],
  ] as const) {
    const upstream = await startWebSocketUpstream(t, null)
    const gate = await startTunnelling(t, { port: upstream.port, logRequests })
    const client = dialWebSocket(t, gate.port)
    const side = await upstream.side()
    await new Promise((resolve) => setTimeout(resolve, 30))
    side.send(agreement())
    await client.answered()
    await until(() => gate.requests.length === 1)
    t.ok(gate.requests[0]!.upstreamMs >= 25)
    t.ok(gate.requests[0]!.totalMs >= gate.requests[0]!.upstreamMs)
    client.send(frame(opcode.text, 'hi', { masked: true }))
    await side.sees(1)
    client.socket.destroy()
    await until(() => gate.logged.length === 1)
    t.match(gate.logged, [
      [
        level,
        'WebSocket closed',
        {
          requestId: String,
          route: 'GET /ws',
          reason: 'client',
          clientBytes: 8,
          upstreamBytes: 0,
          openMs: Number,
        },
      ],
    ])
  }
})

t.test('a reset of the upstream just as it agrees does not end the process', async (t) => {
  const upstream = await startWebSocketUpstream(t, null)
  const gate = await startTunnelling(t, { port: upstream.port })
  for (let round = 0; round < 20; round += 1) {
    const client = dialWebSocket(t, gate.port)
    const side = await upstream.side(round)
    side.send(agreement())
    setImmediate(() => side.socket.resetAndDestroy())
    await client.closed
  }
  await until(() => gate.clients() === 0)
  t.equal(gate.counted.filter((word) => word === 'opened').length, gate.closings().length)
})

t.test('a 101 that Node refuses to write is a broken answer of the upstream', async (t) => {
  const refusals: unknown[] = []
  const upstream = new PassThrough()
  const response = Object.assign(new EventEmitter(), {
    writeHead: () => {
      throw new Error('refused')
    },
  })
  const rawHeaders = ['Upgrade', 'websocket', 'Sec-WebSocket-Accept', acceptOf(sampleKey)]
  const context = {
    ask: ({ onSwitched }: { onSwitched: (answer: object, socket: object) => void }) => {
      onSwitched({ rawHeaders }, upstream)
      return () => undefined
    },
    upstream: { pathPrefix: '' },
    websocket: { tokenProtocolPrefix: '' },
    clock: { monotonicMs: () => 0 },
    recorder: { upstreamFailed: (kind: string) => refusals.push(kind) },
  }
  startOpening(context as never, {
    permit: { target: { path: '/' }, query: '', route: {} } as never,
    exchange: {
      request: {},
      response,
      facts: { httpVersion: '1.1' },
      refuse: (denial: object) => refusals.push(denial),
    } as never,
    webSocket: { key: sampleKey, protocols: [] },
    socket: new PassThrough() as never,
    headers: [],
    onOpen: () => t.fail('opened'),
    onOver: () => refusals.push('over'),
  })
  t.match(refusals, ['over', 'protocol', { code: deny('upstream_broken').code }])
  t.ok(upstream.destroyed)
})

t.test('a fault of the gate itself is answered, and the WebSockets after it open', async (t) => {
  const upstream = await startWebSocketUpstream(t)
  const broken = {
    claims: {},
    get headers(): never {
      throw new Error('a bug')
    },
  }
  const permit: { identity?: object } = { identity: broken }
  const gate = await startTunnelling(t, {
    port: upstream.port,
    permit,
    claimHeaders: { 'X-Claim-Sub': ['sub'] },
  })
  const refused = dialWebSocket(t, gate.port)
  t.match(await refused.answered(), /^HTTP\/1\.1 500 /)
  t.match(gate.lines, [{ denial: 'internal', cause: { message: 'a bug' } }])
  delete permit.identity
  t.match(await dialWebSocket(t, gate.port).answered(), /^HTTP\/1\.1 101 /)
})
