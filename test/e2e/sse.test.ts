// Server-sent events of a Python service through the gate to curl: nothing is held back, streams last,
// many of them leave room for others, and a client that leaves leaves nothing behind.
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { curl } from './helpers/curl.ts'
import { ephemeralListeners, startGate, type Gate } from './helpers/gate.ts'
import { scrape, sumOf } from './helpers/metrics.ts'
import { startProgram, type Program, type Scope } from './helpers/program.ts'
import { startPython } from './helpers/python.ts'

interface Setup {
  readonly gate: Gate
  /** Streams that the service has open, asked of itself. */
  readonly openStreams: () => Promise<number>
  /** Makes one event, past the gate. */
  readonly publish: () => Promise<unknown>
}

const start = async (scope: Scope, upstream: string): Promise<Setup> => {
  const { url } = await startPython(scope, 'events.py')
  const gate = await startGate(scope, {
    config: `${ephemeralListeners}
upstream: { url: '${url}', ${upstream} }
routes: [{ path: '/{proxy+}', method: ANY, authorizationType: NONE }]
`,
  })
  return {
    gate,
    openStreams: async () => Number((await curl(`${url}/streams`)).body),
    publish: () => curl('--request', 'POST', `${url}/publish`),
  }
}

/** curl with as many streams at once as the URL has numbers, its output as it comes. */
const listen = (scope: Scope, url: string): Program =>
  startProgram(scope, 'curl', [
    ...['--silent', '--no-buffer', '--noproxy', '*'],
    ...['--parallel', '--parallel-immediate', '--parallel-max', '300'],
    url,
  ])

const count = (program: Program, event: string): number =>
  program.stdout().split(`data: ${event}\n\n`).length - 1

const untilCount = (program: Program, event: string, want: number): Promise<true> =>
  program.until(() => (count(program, event) >= want ? true : undefined))

/** Milliseconds until the service has `want` open streams. */
const timeUntilOpen = async ({ gate, openStreams }: Setup, want: number): Promise<number> => {
  const begun = Date.now()
  await gate.program.until(async () => ((await openStreams()) === want ? true : undefined))
  return Date.now() - begun
}

t.test('an event arrives before there is another', async (t) => {
  const setup = await start(t, 'maxConnections: 10')
  const client = listen(t, `${setup.gate.url}/events`)
  await untilCount(client, 'welcome', 1)
  for (let sent = 1; sent <= 3; sent += 1) {
    t.equal(count(client, 'published'), sent - 1)
    const begun = Date.now()
    await setup.publish()
    await untilCount(client, 'published', sent)
    t.ok(Date.now() - begun < 1000)
  }
})

t.test('a stream outlasts the time that an answer may take to begin', async (t) => {
  const setup = await start(t, 'responseTimeoutMs: 300, connectTimeoutMs: 300')
  const client = listen(t, `${setup.gate.url}/events`)
  await untilCount(client, 'welcome', 1)
  await sleep(1500)
  await setup.publish()
  await untilCount(client, 'published', 1)
  t.equal(await setup.openStreams(), 1)
})

t.test('a client that leaves frees the upstream', async (t) => {
  const setup = await start(t, 'maxConnections: 2, queueTimeoutMs: 100')
  const { gate } = setup
  const leaving = listen(t, `${gate.url}/events`)
  const staying = listen(t, `${gate.url}/events`)
  await Promise.all([untilCount(leaving, 'welcome', 1), untilCount(staying, 'welcome', 1)])

  const refused = await curl(`${gate.url}/ordinary`)
  t.equal(refused.status, 503, 'two streams take the two connections that there may be')
  t.equal(refused.body, '{"message":"Service Unavailable"}')

  leaving.signal('SIGKILL')
  t.ok((await timeUntilOpen(setup, 1)) < 1000, 'the service notices within a second')
  const passed = await curl(`${gate.url}/ordinary`)
  t.equal(passed.status, 200, 'and its place is free')
  t.equal(passed.body, 'ordinary')
  await setup.publish()
  await untilCount(staying, 'published', 1)
})

t.test('300 streams at once leave room for others', async (t) => {
  const setup = await start(t, 'maxConnections: 310')
  const { gate } = setup
  const client = listen(t, `${gate.url}/events?n=[1-300]`)
  await untilCount(client, 'welcome', 300)
  t.equal(await setup.openStreams(), 300)
  t.equal(sumOf(await scrape(gate.adminUrl), 'requests_in_flight'), 300)

  const begun = Date.now()
  for (let sent = 0; sent < 20; sent += 1) {
    t.equal((await curl(`${gate.url}/ordinary`)).body, 'ordinary')
  }
  t.comment(`${(Date.now() - begun) / 20} ms each for ordinary requests`)

  await setup.publish()
  await untilCount(client, 'published', 300)
  t.equal(count(client, 'published'), 300, 'each stream gets each event once')
  client.signal('SIGKILL')
  t.ok((await timeUntilOpen(setup, 0)) < 2000, 'all of them are gone when their client is')
  const samples = await scrape(gate.adminUrl)
  t.equal(sumOf(samples, 'requests_in_flight'), 0)
  t.equal(sumOf(samples, 'upstream_errors_total'), 0, 'a client that leaves is no upstream error')
})
