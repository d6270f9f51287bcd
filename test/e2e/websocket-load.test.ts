// 200 WebSockets at once (npm ws) through the built gate, most of which end as they should not: none
// is left behind on either side, nothing goes wrong in the process, and the metrics add up.
import { randomBytes } from 'node:crypto'
import t, { type Test } from 'tap'
import { checkSecrets, secretsOf } from './helpers/cases.ts'
import { scrape, sumOf } from './helpers/metrics.ts'
import { openWebSocket, type Closed, type WebSocketClient } from './helpers/websocket-client.ts'
import {
  closedByReason,
  countSockets,
  startWebSocketGate,
  untilAllClosed,
} from './helpers/websocket-gate.ts'

/** Around every length at which the form of a frame changes, and up to 1 MiB. */
const sizes = [1, 2, 125, 126, 127, 1000, 4096, 65_535, 65_536, 65_537, 300_000, 1_048_576]
const material = randomBytes(2 * 1_048_576)

/** A message that no other one is equal to, but for the shortest. */
const messageOf = (size: number, index: number): Buffer =>
  material.subarray(index * 4099, index * 4099 + size)

/** How the clients of one kind end. Each kind has 40. */
interface Kind {
  readonly name: string
  /** Seconds that the token is good for. */
  readonly ttlSeconds: number
  /** Called with messages on their way. */
  readonly end: (client: WebSocketClient) => void
  readonly isExpected: (closed: Closed) => boolean
  readonly reason: 'client' | 'upstream' | 'expiry'
}

const hour = 3600
const expirySeconds = 20

const kinds: readonly Kind[] = [
  {
    name: 'close in order',
    ttlSeconds: hour,
    end: ({ socket }) => socket.close(1000),
    isExpected: ({ code }) => code === 1000,
    reason: 'client',
  },
  {
    name: 'are closed in order',
    ttlSeconds: hour,
    end: ({ socket }) => socket.send('close 1000 over'),
    isExpected: ({ code }) => code === 1000,
    reason: 'upstream',
  },
  {
    name: 'vanish',
    ttlSeconds: hour,
    end: ({ socket }) => socket.terminate(),
    isExpected: ({ code }) => code === 1006,
    reason: 'client',
  },
  {
    name: 'lose the service',
    ttlSeconds: hour,
    end: ({ socket }) => socket.send('vanish'),
    // In the middle of a frame no Close can be sent.
    isExpected: ({ code }) => code === 1011 || code === 1006,
    reason: 'upstream',
  },
  {
    name: 'expire',
    ttlSeconds: expirySeconds,
    end: () => undefined,
    isExpected: ({ code, reason }) => code === 1008 && reason === 'token expired',
    reason: 'expiry',
  },
]

const perKind = 40

/** Sends every size and compares what comes back; the last message is still on its way. */
const talk = async (t: Test, client: WebSocketClient, index: number): Promise<void> => {
  let wrong = 0
  for (const size of sizes) {
    const sent = messageOf(size, index)
    if (!sent.equals(await client.ask(sent))) wrong += 1
  }
  if (wrong > 0) t.fail(`client ${index}: ${wrong} messages came back changed`)
}

/** Sends until it is over. */
const talkOn = async (client: WebSocketClient, index: number): Promise<void> => {
  for (;;) await client.ask(messageOf(20_000, index))
}

t.test('200 at once', async (t) => {
  const setup = await startWebSocketGate(t, { websocket: 'closeAtExpiry: true' })
  const { gate, pool, service } = setup
  const url = `${gate.url}/ws`
  const socketsBefore = { gate: countSockets(gate.pid), service: countSockets(service.program.pid) }

  const exp = Math.floor(Date.now() / 1000)
  const tokens: string[] = []
  const clients = await Promise.all(
    kinds.flatMap((kind) =>
      Array.from({ length: perKind }, async () => {
        const token = pool.idToken({ exp: exp + kind.ttlSeconds })
        tokens.push(token)
        const headers = { authorization: `Bearer ${token}` }
        const client = await openWebSocket(t, url, { headers, perMessageDeflate: false })
        return { kind, client }
      }),
    ),
  )
  t.equal(sumOf(await scrape(gate.adminUrl), 'websockets_active'), 200)

  const begun = Date.now()
  await Promise.all(clients.map(({ client }, index) => talk(t, client, index)))
  const bytes = 200 * sizes.reduce((sum, size) => sum + size, 0)
  t.comment(`${Math.round(bytes / 1e6)} MB each way in ${Date.now() - begun} ms`)
  t.ok(Date.now() < (exp + expirySeconds) * 1000, 'this machine is fast enough for the test')
  t.equal(sumOf(await scrape(gate.adminUrl), 'websockets_active'), 200, 'all are still open')

  for (const [index, { kind, client }] of clients.entries()) {
    talkOn(client, index).catch(() => undefined)
    // A second message, so that an end comes in the middle of something.
    client.socket.send(messageOf(500_000, index))
    kind.end(client)
  }
  for (const kind of kinds) {
    const all = await Promise.all(
      clients.filter((each) => each.kind === kind).map(({ client }) => client.closed),
    )
    t.strictSame(
      all.filter((closed) => !kind.isExpected(closed)),
      [],
      `those that ${kind.name}`,
    )
  }
  t.ok((await untilAllClosed(setup)) < 3000)

  const samples = await scrape(gate.adminUrl)
  t.strictSame(closedByReason(samples), { client: 80, upstream: 80, expiry: 40 })
  t.equal(sumOf(samples, 'requests_total', { code: '101' }), 200)
  t.equal(sumOf(samples, 'requests_total'), 200)
  t.equal(sumOf(samples, 'authorizations_total', { outcome: 'allow' }), 200)
  t.equal(sumOf(samples, 'upstream_errors_total'), 0)
  const ended = Object.values((await service.state()).ended).reduce((sum, count) => sum + count, 0)
  t.equal(ended, 200)

  const lines = gate.log().filter((line) => 'requestId' in line)
  t.equal(lines.filter(({ msg }) => msg === 'WebSocket closed').length, 200)
  t.equal(lines.length, 400)
  t.strictSame(
    gate.log().filter(({ level }) => level !== 'info'),
    [],
  )
  t.equal(gate.program.stderr(), '')
  await checkSecrets(t, gate, tokens.flatMap(secretsOf))

  // The connections of these scrapes may be among them, kept for the next.
  const { url: serviceUrl, program } = service
  await fetch(`${serviceUrl}/`, { headers: { connection: 'close' } })
  t.ok(countSockets(gate.pid) <= socketsBefore.gate + 2, 'the gate has no more sockets than before')
  t.ok(countSockets(program.pid) <= socketsBefore.service + 2, 'nor has the service')

  const next = await openWebSocket(t, url, { headers: setup.bearer() })
  t.equal((await next.ask('next')).toString(), 'next')
})
