// How WebSockets end: by either side, by the gate with a Close to both sides, or broken off. Each
// time both connections are gone soon, and the reason is counted.
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import {
  close,
  dialWebSocket as dialRaw,
  frame,
  handshake,
  opcode,
} from '../helpers/raw-websocket.ts'
import { mebibyte, peakBytes, residentBytes, resetPeak } from '../bench/resident-memory.ts'
import { scrape, sumOf } from './helpers/metrics.ts'
import { dialWebSocket, openWebSocket } from './helpers/websocket-client.ts'
import {
  closedByReason,
  startWebSocketGate,
  untilAllClosed,
  type WebSocketGate,
} from './helpers/websocket-gate.ts'

const portOf = (url: string): number => Number(new URL(url).port)

/** What has changed since `before`: WebSockets ended at the gate by reason, at the service by code. */
const endings = async (t: Test, setup: WebSocketGate) => {
  const count = async () => ({
    gate: closedByReason(await scrape(setup.gate.adminUrl)),
    service: (await setup.service.state()).ended,
  })
  const before = await count()
  return {
    /** Waits until all are closed and compares; gives the milliseconds it took. */
    were: async (want: {
      readonly gate: Readonly<Record<string, number>>
      readonly service: Readonly<Record<string, number>>
    }) => {
      const tookMs = await untilAllClosed(setup)
      const after = await count()
      t.strictSame(
        { gate: minus(after.gate, before.gate), service: minus(after.service, before.service) },
        want,
      )
      return tookMs
    },
  }
}

const minus = (
  after: Readonly<Record<string, number>>,
  before: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(after)
      .map(([key, value]): [string, number] => [key, value - (before[key] ?? 0)])
      .filter(([, value]) => value > 0),
  )

const patient = await startWebSocketGate(t, { websocket: 'closeAtExpiry: true' })
const publicUrl = `${patient.gate.url}/public/x`

t.test('what either side says at its end reaches the other', async (t) => {
  const ended = await endings(t, patient)
  const leaving = await openWebSocket(t, publicUrl)
  leaving.socket.close(4001, 'enough')
  t.strictSame(await leaving.closed, { code: 4001, reason: 'enough' })
  const left = await openWebSocket(t, publicUrl)
  left.socket.send('close 4002 no more')
  t.strictSame(await left.closed, { code: 4002, reason: 'no more' })
  await ended.were({ gate: { client: 1, upstream: 1 }, service: { 4001: 1, 4002: 1 } })
})

t.test('a token that expires closes its WebSocket on both sides', async (t) => {
  const ended = await endings(t, patient)
  const url = `${patient.gate.url}/ws`
  const headers = patient.bearer(3)
  const begun = Date.now()
  const [idle, busy, asleep, staying] = await Promise.all([
    openWebSocket(t, url, { headers }),
    openWebSocket(t, url, { headers }),
    openWebSocket(t, url, { headers }),
    openWebSocket(t, publicUrl),
  ])
  asleep.socket.pause()
  const talk = (async () => {
    for (;;) await busy.ask(Buffer.alloc(100_000))
  })().catch((error: unknown) => String(error))
  t.strictSame(await idle.closed, { code: 1008, reason: 'token expired' })
  t.ok(Date.now() - begun > 1500, 'not before its time')
  t.strictSame(await busy.closed, { code: 1008, reason: 'token expired' })
  t.match(await talk, 'closed while a message was awaited: 1008')
  await patient.gate.program.until(async () =>
    (await patient.service.state()).connections === 1 ? true : undefined,
  )
  t.ok(Date.now() - begun < 10_000, 'a client that says nothing to that is cut off')
  t.equal((await staying.ask('still')).toString(), 'still')
  staying.socket.close(1000)
  await ended.were({ gate: { expiry: 3, client: 1 }, service: { 1000: 1, 1008: 3 } })
})

t.test('a client that vanishes', async (t) => {
  const ended = await endings(t, patient)
  for (let count = 0; count < 3; count += 1) {
    const client = await openWebSocket(t, publicUrl)
    await client.ask('here')
    client.socket.terminate()
  }
  t.ok((await ended.were({ gate: { client: 3 }, service: { 1006: 3 } })) < 3000)
})

t.test('a client that vanishes before the service has agreed', async (t) => {
  const ended = await endings(t, patient)
  const client = dialRaw(t, portOf(patient.gate.url), handshake('/silent'))
  await patient.gate.program.until(async () =>
    (await patient.service.state()).connections === 1 ? true : undefined,
  )
  client.socket.resetAndDestroy()
  t.ok((await ended.were({ gate: {}, service: {} })) < 3000)
})

t.test('a connection of the service that vanishes', async (t) => {
  const ended = await endings(t, patient)
  const client = await openWebSocket(t, publicUrl)
  client.socket.send('vanish')
  t.strictSame(await client.closed, { code: 1011, reason: 'upstream closed the connection' })
  await ended.were({ gate: { upstream: 1 }, service: { 1006: 1 } })
})

t.test('bytes that are no frames break both connections', async (t) => {
  const cases = {
    'not masked': frame(opcode.text, 'x'),
    'a long Ping': frame(opcode.ping, Buffer.alloc(126), { masked: true }),
    'a Close in two parts': frame(opcode.close, '', { masked: true, first: opcode.close }),
    'another protocol': 'GET /ws HTTP/1.1\r\n\r\n',
  }
  const ended = await endings(t, patient)
  for (const [name, bytes] of Object.entries(cases)) {
    const client = dialRaw(t, portOf(patient.gate.url), handshake('/public/x'))
    await client.answered()
    client.send(bytes)
    await client.closed
    t.strictSame(client.frames, [], name)
  }
  const all = Object.keys(cases).length
  await ended.were({ gate: { error: all }, service: { 1006: all } })
})

t.test('a side that takes nothing holds the other back, and nothing piles up', async (t) => {
  const { gate } = patient
  const messages = 128
  for (const direction of ['to the service', 'to the client']) {
    const client = await openWebSocket(t, publicUrl, { perMessageDeflate: false })
    await client.ask('here')
    resetPeak(gate.pid)
    const before = residentBytes(gate.pid)
    if (direction === 'to the service') {
      client.socket.send('pause 2000')
      for (let n = 0; n < messages; n += 1) client.socket.send(Buffer.alloc(mebibyte, n))
    } else {
      client.socket.pause()
      client.socket.send(`flood ${messages}`)
    }
    await sleep(1500)
    const rise = peakBytes(gate.pid) - before
    t.comment(`${direction}: rose by ${(rise / mebibyte).toFixed(1)} MiB`)
    // V8 frees buffers late on a busy machine.
    t.ok(rise < (messages / 2) * mebibyte)
    client.socket.resume()
    for (let n = 0; n < messages; n += 1) {
      if (!(await client.receive()).equals(Buffer.alloc(mebibyte, n))) t.fail(`message ${n}`)
    }
    client.socket.close(1000)
  }
  await untilAllClosed(patient)
})

t.test('one where nothing moves is closed, whatever answers Pings', async (t) => {
  const setup = await startWebSocketGate(t, {
    websocket: 'idleTimeoutMs: 1500, pingIntervalMs: 300',
  })
  const ended = await endings(t, setup)
  const url = `${setup.gate.url}/public/x`
  const [idle, busy, mute] = await Promise.all([
    openWebSocket(t, url),
    openWebSocket(t, url),
    openWebSocket(t, url, { autoPong: false }),
  ])
  const begun = Date.now()
  // What has hung up somewhere between: nothing comes, and nothing is said about it.
  void mute.closed.then(() => t.comment(`cut off after ${Date.now() - begun} ms`))
  const talk = (async () => {
    while (Date.now() - begun < 4000) {
      await busy.ask('more')
      await sleep(100)
    }
  })()
  t.strictSame(await mute.closed, { code: 1006, reason: '' }, 'no answer to Pings')
  t.strictSame(await idle.closed, { code: 1001, reason: 'idle' })
  t.ok(Date.now() - begun > 1400)
  await talk
  t.ok(busy.pings() > 3)
  busy.socket.close(1000)
  await ended.were({
    gate: { client: 2, idle: 1 },
    service: { 1000: 1, 1001: 1, 1006: 1 },
  })
})

t.test('a shutdown closes all, and cuts those that do not answer', async (t) => {
  const setup = await startWebSocketGate(t, {
    more: 'shutdown: { drainDelayMs: 1500, graceMs: 1500 }',
  })
  const { gate, service } = setup
  const url = `${gate.url}/public/x`
  const polite = await openWebSocket(t, url)
  const deaf = dialRaw(t, portOf(gate.url), handshake('/public/x'))
  await deaf.answered()
  const exit = gate.stop('SIGTERM')
  await gate.program.until(() => gate.log().find(({ msg }) => msg === 'draining'))
  const late = await openWebSocket(t, url)
  t.equal((await late.ask('late')).toString(), 'late', 'open as usual while balancers look away')
  const goingAway = { code: 1001, reason: 'going away' }
  t.strictSame(await Promise.all([polite.closed, late.closed]), [goingAway, goingAway])
  const [told] = await deaf.sees(1)
  t.strictSame(told?.payload.subarray(0, 2), close(1001).subarray(2))
  t.strictSame(await exit, { code: 0, signal: null })
  t.match(
    gate.log().find(({ level }) => level === 'warn'),
    { cut: 1 },
  )
  await service.program.until(async () =>
    (await service.state()).connections === 0 ? true : undefined,
  )
  t.strictSame((await service.state()).ended, { 1001: 3 })
  const reasons = gate
    .log()
    .filter(({ msg }) => msg === 'WebSocket closed')
    .map(({ reason }) => reason)
  t.strictSame(reasons, ['drain', 'drain', 'drain'])
})

t.test(
  'the handshake is counted as a request, the rest apart, to the end of the service',
  async (t) => {
    const setup = await startWebSocketGate(t)
    const { gate } = setup
    const client = await openWebSocket(t, `${gate.url}/public/x`)
    await client.ask('here')
    await sleep(1000)
    const open = await scrape(gate.adminUrl)
    t.equal(sumOf(open, 'requests_in_flight'), 0)
    t.equal(sumOf(open, 'websockets_active'), 1)
    t.equal(sumOf(open, 'requests_total', { code: '101', route: 'ANY /public/{proxy+}' }), 1)
    t.ok(sumOf(open, 'request_duration_seconds_sum') < 0.9)
    client.socket.close(1000)
    await untilAllClosed(setup)
    const after = await scrape(gate.adminUrl)
    t.strictSame(closedByReason(after), { client: 1 })
    t.equal(sumOf(after, 'requests_total'), 1)
    t.equal(
      sumOf(after, 'request_duration_seconds_sum'),
      sumOf(open, 'request_duration_seconds_sum'),
    )
    const lines = gate.log().filter((line) => 'requestId' in line)
    t.equal(lines.length, 2)
    t.match(lines[0], { 'http.response.status_code': 101, route: 'ANY /public/{proxy+}' })
    t.match(lines[1], {
      requestId: lines[0]?.['requestId'],
      msg: 'WebSocket closed',
      reason: 'client',
    })

    const left = await openWebSocket(t, `${gate.url}/public/x`)
    setup.service.program.signal('SIGKILL')
    t.strictSame(await left.closed, { code: 1011, reason: 'upstream closed the connection' })
    const refused = await dialWebSocket(t, `${gate.url}/public/x`)
    t.match(refused, {
      status: 504,
      body: '{"message": "Network error communicating with endpoint"}',
    })
    const last = await scrape(gate.adminUrl)
    t.strictSame(closedByReason(last), { client: 1, upstream: 1 })
    t.equal(sumOf(last, 'upstream_errors_total'), 1)
    t.equal(sumOf(last, 'websockets_active'), 0)
  },
)
