// The gate as an operator runs it, with WebSockets through it: many, broken off, expiring, attacked.
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { headerLines, startGate, valuesOf, type Gate } from '../helpers/gate.ts'
import { until, type Arrival } from '../helpers/raw-upstream.ts'
import {
  agreement,
  close,
  createFrameReader,
  dialWebSocket,
  frame,
  handshake,
  opcode,
  type Side,
} from '../helpers/raw-websocket.ts'
import { createSeededRandom } from '../helpers/seeded-random.ts'

const routes = `
websocket: { closeAtExpiry: true, tokenQuery: access_token, tokenProtocolPrefix: bearer. }
log: { requests: all, maxPerSecond: 100000 }
routes:
  - { path: /ws, method: GET, authorizer: pool }
  - { path: '/public/{proxy+}', method: GET, authorizationType: NONE }
`

/** Agrees, and answers every frame with its payload. */
const createEcho = () => {
  const readers = new Map<Socket, { read: ReturnType<typeof createFrameReader>; from: number }>()
  return ({ socket, text }: Arrival): void => {
    const head = text.indexOf('\r\n\r\n')
    if (head < 0) return
    let state = readers.get(socket)
    if (state === undefined) {
      state = { read: createFrameReader(), from: head + 4 }
      readers.set(socket, state)
      socket.write(agreement())
    }
    const fresh = Buffer.from(text.slice(state.from), 'latin1')
    state.from = text.length
    for (const { opcode: code, payload } of state.read(fresh)) {
      socket.write(frame(code, payload))
      if (code === opcode.close) socket.end()
    }
  }
}

const metric = async (gate: Gate, name: string): Promise<number> => {
  const text = await (await fetch(`http://127.0.0.1:${gate.adminPort}/metrics`)).text()
  const line = text.split('\n').find((each) => each.startsWith(`cognito_gate_${name} `))
  return Number(line?.split(' ').at(-1))
}

/** The gate closes its books on a WebSocket after both sockets, which the sides may see before. */
const allClosed = async (gate: Gate): Promise<void> => {
  const deadline = Date.now() + 10_000
  while ((await metric(gate, 'websockets_active')) !== 0) {
    if (Date.now() > deadline) throw new Error('a WebSocket is still counted')
  }
}

const refusedWith = (gate: Gate): readonly unknown[] =>
  gate.logged.map((line) => (JSON.parse(line) as { denial?: string }).denial).filter(Boolean)

t.test(
  'a token opens a WebSocket from each of its places, and the upstream sees none',
  async (t) => {
    const gate = await startGate(t, routes, createEcho())
    const token = gate.pool.idToken({ sub: 'honest' })
    const cases = [
      {
        name: 'header',
        text: handshake('/ws?a=1', [`Authorization: Bearer ${token}`]),
        echo: undefined,
      },
      { name: 'query', text: handshake(`/ws?access_token=${token}&a=1`), echo: undefined },
      {
        name: 'protocol',
        text: handshake('/ws?a=1', [`Sec-WebSocket-Protocol: chat, bearer.${token}`]),
        echo: `bearer.${token}`,
      },
    ]
    for (const [index, { name, text, echo }] of cases.entries()) {
      const client = dialWebSocket(t, gate.port, text)
      const head = await client.answered()
      t.match(head, /^HTTP\/1\.1 101 /, name)
      t.equal(/Sec-WebSocket-Protocol: (.*)\r\n/.exec(head)?.[1], echo, name)
      const seen = gate.upstream.received[index]!
      t.match(seen, /^GET \/ws\?a=1 HTTP\/1\.1\r\n/, name)
      t.strictSame(valuesOf(seen, 'X-Claim-Sub'), ['honest'], name)
      if (name !== 'header') t.notMatch(seen, token, name)
      client.send(frame(opcode.text, name, { masked: true }))
      t.equal((await client.sees(1))[0]!.payload.toString(), name)
      client.send(close(1000, { masked: true }))
      t.equal(await client.closed, 'end', name)
    }
    t.notMatch(gate.logged.join(''), token, 'no token in any line')
  },
)

t.test('without a good token there is no WebSocket, and the answer is whole', async (t) => {
  const gate = await startGate(t, routes, createEcho())
  const token = gate.pool.idToken()
  const cases = [
    { name: 'none', text: handshake(), status: 401, denial: 'token_missing' },
    {
      name: 'two',
      text: handshake(`/ws?access_token=${token}`, [`Authorization: ${token}`]),
      status: 401,
      denial: 'token_duplicated',
    },
    {
      name: 'expired',
      text: handshake('/ws', [`Authorization: ${gate.pool.idToken({ exp: 1 })}`]),
      status: 401,
      denial: 'token_expired',
    },
    { name: 'no route', text: handshake('/other'), status: 403, denial: 'no_route' },
    { name: 'dots', text: handshake('/public/../ws'), status: 400, denial: 'target_ambiguous' },
    {
      name: 'encoded',
      text: handshake('/public/%2e%2e/ws'),
      status: 400,
      denial: 'target_ambiguous',
    },
    { name: 'absolute', text: handshake('http://a/ws'), status: 400, denial: 'target_ambiguous' },
    {
      name: 'no key',
      text: handshake('/ws').replace('Key', 'Kee'),
      status: 400,
      denial: 'request_malformed',
    },
    {
      name: 'a body',
      text: `${handshake('/ws', ['Content-Length: 2', `Authorization: ${token}`])}ab`,
      status: 400,
      denial: 'request_malformed',
    },
  ]
  for (const { name, text, status, denial } of cases) {
    const client = dialWebSocket(t, gate.port, text)
    t.equal(await client.closed, 'end', name)
    t.match(client.head(), new RegExp(`^HTTP/1\\.1 ${status} `), name)
    t.match(client.head(), /\r\nConnection: close\r\n(?:.*\r\n)*\r\n\{"/, name)
    t.equal(refusedWith(gate).at(-1), denial, name)
  }
  t.strictSame(gate.upstream.received, [], 'nothing reached the upstream')
  t.equal(await metric(gate, 'websockets_active'), 0)
})

t.test("identity headers are the gate's alone, and paths go as they are", async (t) => {
  const gate = await startGate(t, routes, createEcho())
  const spoofed = [
    'X-Claim-Sub: admin',
    'x_claim_sub: admin',
    'Connection: X-Claim-Sub',
    'Trailer: x',
  ]
  const client = dialWebSocket(t, gate.port, handshake('/public/http:/x', spoofed))
  t.match(await client.answered(), /^HTTP\/1\.1 101 /)
  t.match(gate.reached(), /^GET \/public\/http:\/x HTTP\/1\.1\r\n/)
  t.strictSame(valuesOf(gate.reached(), 'X-Claim-Sub'), [])
  t.strictSame(
    headerLines(gate.reached()).filter((line) => /^trailer|^connection/i.test(line)),
    ['Connection: Upgrade'],
  )
})

t.test('an upstream cannot switch a plain request', async (t) => {
  const gate = await startGate(t, routes, ({ socket }) => void socket.write(agreement()))
  const answer = await gate.exchange(
    'GET /public/x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
  )
  t.match(answer, /^HTTP\/1\.1 504 /)
})

t.test('resets before the upstream has answered leave nothing and end nothing', async (t) => {
  const gate = await startGate(t, routes, () => undefined)
  for (let round = 0; round < 50; round += 1) {
    const socket = connect(gate.port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write(handshake('/public/x'))
    await once(socket, 'connect')
    if (round % 2 === 0) await until(() => gate.upstream.sockets.length > round / 2)
    socket.resetAndDestroy()
  }
  await until(() => gate.upstream.open() === 0)
  await until(() => gate.logged.filter((line) => line.includes('499')).length === 50)
  t.equal(await metric(gate, 'requests_in_flight'), 0)
})

t.test('a token that expires takes its WebSockets with it', async (t) => {
  const gate = await startGate(t, routes, createEcho())
  const exp = Date.now() / 1000 + 0.8
  const text = handshake('/ws', [`Authorization: ${gate.pool.idToken({ exp })}`])
  const clients = Array.from({ length: 20 }, () => dialWebSocket(t, gate.port, text))
  for (const client of clients) {
    const [first] = await client.sees(1)
    t.equal(first!.payload.readUInt16BE(0), 1008)
    client.send(close(1008, { masked: true }))
    t.equal(await client.closed, 'end')
  }
  await allClosed(gate)
  t.equal(gate.upstream.open(), 0)
  t.equal(await metric(gate, 'websockets_closed_total{reason="expiry"}'), 20)
})

t.test('on shutdown WebSockets are told, and those that stay are cut and counted', async (t) => {
  const gate = await startGate(t, routes, createEcho())
  const polite = dialWebSocket(t, gate.port, handshake('/public/x'))
  const deaf = dialWebSocket(t, gate.port, handshake('/public/x'))
  await Promise.all([polite.answered(), deaf.answered()])
  const stopped = gate.stop()
  t.equal((await polite.sees(1))[0]!.payload.readUInt16BE(0), 1001)
  polite.send(close(1001, { masked: true }))
  t.equal(await polite.closed, 'end')
  t.strictSame(await stopped, { cut: 1 })
  await deaf.closed
  await until(() => gate.upstream.open() === 0)
})

/** An upstream of its own for large amounts: it keeps no bytes. */
const startQuietEcho = async (t: Test) => {
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => undefined)
    let head = ''
    let read: ReturnType<typeof createFrameReader> | undefined
    socket.on('data', (chunk: Buffer) => {
      if (read === undefined) {
        head += chunk.toString('latin1')
        if (!head.includes('\r\n\r\n')) return
        read = createFrameReader()
        socket.write(agreement())
        return
      }
      for (const { opcode: code, payload } of read(chunk)) {
        if (payload.toString('latin1', 0, 6) === 'vanish') socket.resetAndDestroy()
        else socket.write(frame(code, payload))
        if (code === opcode.close) socket.end()
      }
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return { port: (server.address() as AddressInfo).port, open: () => open.size }
}

t.test('200 at once, of all sizes, some of them vanishing on either side', async (t) => {
  const upstream = await startQuietEcho(t)
  const gate = await startGate(t, routes, () => undefined, { upstreamPort: upstream.port })
  const random = createSeededRandom()
  const sizes = [1, 125, 126, 1000, 65_535, 65_536]
  const before = await metric(gate, 'requests_total{route="GET /public/{proxy+}",code="101"}')
  const clients = Array.from({ length: 200 }, () =>
    dialWebSocket(t, gate.port, handshake('/public/x')),
  )
  for (const client of clients) t.match(await client.answered(), /^HTTP\/1\.1 101 /)
  t.equal(await metric(gate, 'websockets_active'), 200)
  const live = async (client: Side, index: number): Promise<void> => {
    for (let count = 1; count <= 3; count += 1) {
      const size = index % 8 === count ? 1_048_576 : random.pick(sizes)
      const payload = Buffer.alloc(size, index)
      client.send(frame(opcode.binary, payload, { masked: true }))
      const frames = await client.sees(count)
      if (!frames[count - 1]!.payload.equals(payload)) throw new Error(`seed ${random.seed}`)
    }
    if (index % 4 === 1) client.socket.resetAndDestroy()
    else if (index % 4 === 2) client.send(frame(opcode.text, 'vanish', { masked: true }))
    else client.send(close(1000, { masked: true }))
    await client.closed
  }
  await Promise.all(clients.map(live))
  await until(() => upstream.open() === 0, 'the upstream to be free')
  await allClosed(gate)
  const count = async (reason: string): Promise<number> =>
    metric(gate, `websockets_closed_total{reason="${reason}"}`)
  const closed = [await count('client'), await count('upstream'), await count('error')]
  t.strictSame(closed, [150, 50, 0])
  t.equal(await metric(gate, 'requests_in_flight'), 0)
  t.ok(Number.isNaN(before))
  t.equal(await metric(gate, 'requests_total{route="GET /public/{proxy+}",code="101"}'), 200)
  t.strictSame(
    gate.logged.filter((line) => /"level":"(?:error|fatal)"/.test(line)),
    [],
  )
})
