// How WebSockets end: by either side, by neither, by the gate; in order and not.
import t, { type Test } from 'tap'
import {
  close,
  dialWebSocket,
  frame,
  opcode,
  startWebSocketUpstream,
  type Side,
} from '../helpers/raw-websocket.ts'
import { until } from '../helpers/raw-upstream.ts'
import {
  startTunnelling,
  type TunnellingGate,
  type TunnellingOptions,
} from '../helpers/tunnelling.ts'

interface Open {
  readonly client: Side
  readonly side: Side
  readonly gate: TunnellingGate
  /** Waits until both connections are closed, and gives the reason that was counted. */
  readonly over: () => Promise<string>
}

const open = async (t: Test, options: TunnellingOptions = {}): Promise<Open> => {
  const upstream = await startWebSocketUpstream(t)
  const gate = await startTunnelling(t, { port: upstream.port, ...options })
  const client = dialWebSocket(t, gate.port)
  await client.answered()
  const side = await upstream.side()
  const over = async () => {
    await until(() => gate.closings().length > 0, 'the end')
    await until(() => gate.clients() === 0 && upstream.raw.open() === 0, 'no connection')
    return gate.closings().join()
  }
  return { client, side, gate, over }
}

const codeOf = ({ payload }: { payload: Buffer }): number => payload.readUInt16BE(0)
const identity = { claims: {}, headers: [] }
const expired = { identity, acceptedUntil: 0 }
const soon = (ms: number) => ({ identity, acceptedUntil: (Date.now() + ms) / 1000 })

t.test('the upstream may close first', async (t) => {
  const { client, side, over } = await open(t)
  side.send(close(1000))
  t.match(await client.sees(1), [{ opcode: 8 }])
  client.send(close(1000, { masked: true }))
  await side.sees(1)
  side.socket.end()
  t.equal(await client.closed, 'end')
  t.equal(await over(), 'closed upstream')
})

t.test('a client that vanishes frees the upstream at once', async (t) => {
  for (const leave of ['resetAndDestroy', 'end'] as const) {
    const { client, over } = await open(t)
    const startMs = performance.now()
    client.socket[leave]()
    t.equal(await over(), 'closed client', leave)
    t.ok(performance.now() - startMs < 900, leave)
  }
})

t.test('a client that says Close and ends its side still gets the answer', async (t) => {
  const { client, side, over } = await open(t)
  client.socket.end(close(1000, { masked: true }))
  await side.sees(1)
  side.socket.end(close(1000))
  await client.sees(1)
  t.equal(await over(), 'closed client')
})

t.test('an upstream that never ends after the client did is cut', async (t) => {
  const { client, side, gate } = await open(t)
  side.socket.allowHalfOpen = true
  client.socket.end()
  await until(() => gate.closings().length > 0)
  t.strictSame([gate.closings(), gate.clients()], [['closed client'], 0])
  side.socket.destroy()
})

t.test('an upstream that vanishes is told to the client by a Close', async (t) => {
  for (const leave of ['resetAndDestroy', 'end'] as const) {
    const { client, side, over } = await open(t)
    side.send(frame(opcode.text, 'last words'))
    await client.sees(1)
    side.socket[leave]()
    const [, last] = await client.sees(2)
    t.equal(codeOf(last!), 1011, leave)
    t.equal(await client.closed, 'end', leave)
    t.equal(await over(), 'closed upstream', leave)
  }
})

t.test('within a frame there is no place for a Close: the connection breaks', async (t) => {
  for (const leave of ['resetAndDestroy', 'end'] as const) {
    const { client, side, over } = await open(t)
    side.send(frame(opcode.text, 'never whole').subarray(0, 5))
    await new Promise((resolve) => setTimeout(resolve, 20))
    side.socket[leave]()
    await client.closed
    t.equal(client.frames.length, 0, leave)
    t.equal(await over(), 'closed upstream', leave)
  }
})

t.test('a client that does not end its side is cut soon after the upstream did', async (t) => {
  const { client, side, over } = await open(t)
  client.socket.removeAllListeners('end')
  const startMs = performance.now()
  side.socket.end(close(1000))
  t.equal(await over(), 'closed upstream')
  const tookMs = performance.now() - startMs
  t.ok(tookMs > 900 && tookMs < 3000, String(tookMs))
})

t.test('bytes that are no frames break both connections', async (t) => {
  const bad = await open(t)
  bad.client.send(frame(opcode.text, 'not masked'))
  t.equal(await bad.over(), 'closed error')
  const worse = await open(t)
  worse.side.send(frame(opcode.text, 'masked', { masked: true }))
  t.equal(await worse.over(), 'closed error')
  t.strictSame([worse.client.frames, bad.side.frames], [[], []])
})

t.test('at its expiry a token takes its WebSocket with it', async (t) => {
  const { client, side, over } = await open(t, {
    websocket: { closeAtExpiry: true },
    permit: soon(100),
  })
  const [toClient] = await client.sees(1)
  t.equal(codeOf(toClient!), 1008)
  t.equal(toClient!.payload.subarray(2).toString(), 'token expired')
  const [toUpstream] = await side.sees(1)
  t.match(toUpstream, { opcode: 8, masked: true })
  client.send(frame(opcode.text, 'too late', { masked: true }))
  side.send(frame(opcode.text, 'too late'))
  client.send(close(1008, { masked: true }))
  side.send(close(1008))
  t.equal(await client.closed, 'end')
  t.equal(await over(), 'closed expiry')
  t.strictSame([client.frames.length, side.frames.length], [1, 1])
})

t.test('peers that do not answer the Close are cut after a second', async (t) => {
  const { client, over } = await open(t, { websocket: { closeAtExpiry: true }, permit: expired })
  const startMs = performance.now()
  await client.sees(1)
  t.equal(await over(), 'closed expiry')
  t.ok(performance.now() - startMs < 3000)
})

t.test('an upstream that ends while the client owes its Close does not end the wait', async (t) => {
  const { client, side, over } = await open(t, {
    websocket: { closeAtExpiry: true },
    permit: soon(50),
  })
  await side.sees(1)
  side.socket.end(close(1008))
  await client.sees(1)
  await new Promise((resolve) => setTimeout(resolve, 50))
  t.notOk(client.socket.readableEnded)
  client.send(close(1008, { masked: true }))
  t.equal(await client.closed, 'end')
  t.equal(await over(), 'closed expiry')
})

t.test('without being asked to, expiry ends nothing', async (t) => {
  const { client, gate } = await open(t, { permit: expired })
  const anonymous = await open(t, { websocket: { closeAtExpiry: true } })
  await new Promise((resolve) => setTimeout(resolve, 50))
  t.strictSame([client.frames, anonymous.client.frames], [[], []])
  t.strictSame(gate.closings(), [])
})

t.test('a peer that has begun to close cannot stay past the expiry', async (t) => {
  const { client, over } = await open(t, {
    websocket: { closeAtExpiry: true },
    permit: soon(1000),
  })
  client.send(close(1000, { masked: true }))
  t.equal(await over(), 'closed client')
})

t.test('where nothing moves, the WebSocket is closed', async (t) => {
  const { client, side, over, gate } = await open(t, { websocket: { idleTimeoutMs: 1000 } })
  for (let round = 0; round < 5; round += 1) {
    const sender = round % 2 === 0 ? client : side
    sender.send(frame(opcode.text, 'x', { masked: sender === client }))
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  t.strictSame(gate.closings(), [])
  const pongs = setInterval(() => client.send(frame(opcode.pong, '', { masked: true })), 20)
  t.teardown(() => clearInterval(pongs))
  const frames = await client.sees(3)
  t.equal(codeOf(frames[2]!), 1001)
  clearInterval(pongs)
  client.send(close(1001, { masked: true }))
  t.equal(await over(), 'closed idle')
})

t.test('Pings keep an answering client, and find one that is gone', async (t) => {
  const { client, over, gate } = await open(t, { websocket: { pingIntervalMs: 50 } })
  for (let count = 1; count <= 4; count += 1) {
    const frames = await client.sees(count)
    t.match(frames.at(-1), { opcode: 9, payload: Buffer.alloc(0) })
    client.send(frame(opcode.pong, '', { masked: true }))
  }
  t.strictSame(gate.closings(), [])
  t.equal(await over(), 'closed client', 'no answer any more')
})

t.test('a client whose bytes the upstream does not take is not held to be gone', async (t) => {
  const { client, side, gate, over } = await open(t, { websocket: { pingIntervalMs: 30 } })
  side.socket.pause()
  client.send(frame(opcode.binary, Buffer.alloc(20_000_000), { masked: true }))
  await until(() => gate.sockets[0]?.isPaused() === true)
  await new Promise((resolve) => setTimeout(resolve, 200))
  t.strictSame(gate.closings(), [])
  side.socket.resume()
  const [message] = await side.sees(1)
  t.equal(message!.payload.length, 20_000_000)
  client.socket.destroy()
  await over()
})

t.test('a client that takes nothing holds the upstream back, and idles out', async (t) => {
  const { client, side, gate, over } = await open(t, {
    websocket: { idleTimeoutMs: 300, pingIntervalMs: 50 },
  })
  client.socket.pause()
  side.send(frame(opcode.binary, Buffer.alloc(30_000_000)))
  t.match(await over(), /closed (?:idle|client)/)
  t.ok(gate.sockets[0]!.bytesWritten < 30_000_000)
})

t.test('the last message and Close reach a client that reads late', async (t) => {
  const { client, side, over } = await open(t)
  client.socket.pause()
  side.send(frame(opcode.binary, Buffer.alloc(8_000_000)))
  side.socket.end(close(1000))
  await new Promise((resolve) => setTimeout(resolve, 1500))
  client.socket.resume()
  const frames = await client.sees(2)
  t.strictSame(
    frames.map((each) => [each.opcode, each.payload.length]),
    [
      [2, 8_000_000],
      [8, 2],
    ],
  )
  t.equal(await over(), 'closed upstream')
})

t.test('draining leaves alone what is ending already', async (t) => {
  const { client, side, gate, over } = await open(t)
  client.send(close(1000, { masked: true }))
  await side.sees(1)
  gate.tunnel.drain()
  side.socket.end(close(1000))
  await client.sees(1)
  t.equal(await over(), 'closed client')
  t.equal(client.frames.length, 1)
})
