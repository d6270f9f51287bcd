// 500 reloads of the built gate under load: one in five is broken, every tenth flips a rule that the next
// request must obey. No request fails, WebSockets stay, and nothing is left behind.
import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t, { type Test } from 'tap'
import { createSampleUpstream } from '../../src/demo/upstream.ts'
import { createUserPool } from '../../src/demo/user-pool.ts'
import { dialWebSocket, frame, opcode, startWebSocketUpstream } from '../helpers/raw-websocket.ts'
import { ephemeralListeners, startGate, untilReady, type Gate } from './helpers/gate.ts'
import { runLoad } from './helpers/load.ts'
import { scrape, sumOf } from './helpers/metrics.ts'
import { tempDir } from './helpers/temp-dir.ts'

const reloads = 500

const told = {
  good: 'configuration reloaded',
  bad: 'configuration not reloaded; the one of before stays in force',
}

const start = async (t: Test, upstreamUrl: string) => {
  const pool = await createUserPool({ poolId: 'eu-west-1_Reload001', clientId: 'app' })
  t.teardown(() => pool.close())
  const file = join(tempDir(t), 'gate.yaml')
  /** Rules of a turn: the canary, a route of its own, sometimes another pool of connections. */
  const write = (turn: number, isOpen: boolean): void =>
    writeFileSync(
      file,
      `${ephemeralListeners}
upstream: { url: '${upstreamUrl}', maxQueued: ${1000 + (turn % 3)} }
shutdown: { drainDelayMs: 0, graceMs: 1000 }
authorizers:
  pool: { type: COGNITO_USER_POOLS, userPoolIds: [${pool.poolId}], issuer: '${pool.issuer}' }
  turning: { type: JWT, jwtConfiguration: { issuer: '${pool.issuer}', audience: [app, x${turn}] }, jwksUri: '${pool.issuer}/.well-known/jwks.json' }
routes:
  - { path: /steady, method: GET, authorizer: pool }
  - { path: /turning, method: GET, authorizer: turning }
  - { path: /ws, method: GET, authorizationType: NONE }
  - { path: /canary, method: GET, authorizationType: ${isOpen ? 'NONE' : 'DENY'} }
  - { path: /turn/${turn}, method: GET, authorizationType: NONE }
`,
    )
  write(0, true)
  const gate = await startGate(t, { env: { CONFIG_FILE: file } })
  await untilReady(gate)
  return { pool, file, write, gate }
}

/** Sends a SIGHUP and waits for the line that says what came of it. */
const createHangup = ({ program, pid }: Gate) => {
  let from = program.stdout().length
  return async (message: string): Promise<void> => {
    process.kill(pid, 'SIGHUP')
    const deadline = performance.now() + 60_000
    let at = -1
    while (at < 0) {
      if (performance.now() > deadline) throw new Error(program.stdout().slice(from))
      await sleep(1)
      at = program.stdout().indexOf(`"msg":"${message}"`, from)
    }
    from = at + message.length
  }
}

const statusOf = async (url: string): Promise<number> => {
  const answer = await fetch(url)
  await answer.arrayBuffer()
  return answer.status
}

/** Heap and descriptors once garbage has had time to go: the least of some looks. */
const standing = async ({ adminUrl }: Gate): Promise<{ heap: number; descriptors: number }> => {
  let [heap, descriptors] = [Infinity, Infinity]
  for (let look = 0; look < 8; look += 1) {
    const samples = await scrape(adminUrl)
    const of = (name: string) => samples.find((sample) => sample.name === name)?.value ?? NaN
    heap = Math.min(heap, of('nodejs_heap_size_used_bytes'))
    descriptors = Math.min(descriptors, of('process_open_fds'))
    await sleep(50)
  }
  return { heap, descriptors }
}

t.test('500 reloads under load', async (t) => {
  const upstream = await createSampleUpstream()
  t.teardown(() => upstream.close())
  const { pool, file, write, gate } = await start(t, upstream.url)
  const hangup = createHangup(gate)
  const authorization = `Bearer ${pool.idToken()}`
  let over = false
  let sent = 0
  const next = () => {
    if (over) return undefined
    sent += 1
    return { path: sent % 2 === 0 ? '/steady' : '/turning', headers: { authorization } }
  }
  const warm = async (): Promise<void> => {
    for (let turn = 0; turn < 100; turn += 1) await statusOf(`${gate.url}/canary`)
  }
  await warm()
  const before = await standing(gate)
  const startMs = performance.now()
  const load = runLoad({ url: gate.url, connections: 4, next })
  const wrong: string[] = []
  let isOpen = true
  for (let turn = 1; turn <= reloads; turn += 1) {
    if (turn % 10 === 0) isOpen = !isOpen
    if (turn % 5 === 1) {
      writeFileSync(file, `routes: [ ${turn}\n`)
      await hangup(told.bad)
    } else {
      write(turn, isOpen)
      await hangup(told.good)
    }
    if (turn % 10 > 1) continue
    const status = await statusOf(`${gate.url}/canary`)
    if (status !== (isOpen ? 200 : 403)) wrong.push(`turn ${turn}: ${status}`)
  }
  const seconds = (performance.now() - startMs) / 1000
  over = true
  const { statuses, errors } = await load
  t.strictSame(wrong, [], 'a rule is obeyed as soon as its reload is told')
  t.strictSame(errors, [])
  t.strictSame(Object.keys(statuses), ['200'])
  const samples = await scrape(gate.adminUrl)
  t.equal(sumOf(samples, 'config_reloads_total', { outcome: 'success' }), reloads * 0.8)
  t.equal(sumOf(samples, 'config_reloads_total', { outcome: 'failed' }), reloads * 0.2)
  t.ok(samples.filter(({ labels }) => labels['route']?.startsWith('GET /turn/')).length < 100)
  await warm()
  await gate.program.until(async () => {
    const after = await standing(gate)
    t.comment(
      `${seconds.toFixed(1)} s, ${sent} requests; heap ${mib(before.heap)} → ${mib(after.heap)}, descriptors ${before.descriptors} → ${after.descriptors}`,
    )
    const back = after.heap < before.heap + 16e6 && after.descriptors <= before.descriptors + 8
    return back ? true : undefined
  })
})

const mib = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MiB`

t.test('a WebSocket lives through a hundred of them', async (t) => {
  const upstream = await startWebSocketUpstream(t)
  const { write, gate } = await start(t, `http://127.0.0.1:${upstream.port}`)
  const hangup = createHangup(gate)
  const client = dialWebSocket(t, Number(new URL(gate.url).port))
  await client.answered()
  const side = await upstream.side()
  for (let turn = 1; turn <= 100; turn += 1) {
    write(turn, true)
    await hangup(told.good)
    client.send(frame(opcode.text, Buffer.from(String(turn)), { masked: true }))
  }
  const frames = await side.sees(100)
  t.equal(frames.at(-1)?.payload.toString(), '100')
  t.strictSame(await gate.stop(), { code: 0, signal: null })
})

t.test('a file that is too much for anybody holds up no request', async (t) => {
  const upstream = await createSampleUpstream()
  t.teardown(() => upstream.close())
  const { file, write, gate } = await start(t, upstream.url)
  const hangup = createHangup(gate)
  const attacks: readonly (readonly [string, () => void, RegExp])[] = [
    ['a terabyte', () => truncateSync(file, 2 ** 40), /longer than 33554432 bytes/],
    ['two megabytes', () => writeFileSync(file, 'a'.repeat(2e6)), /may have 1048576/],
    ['brackets', () => writeFileSync(file, '['.repeat(1e5)), /nested more than/],
    [
      'keys',
      () => writeFileSync(file, Array.from({ length: 20_000 }, (_, n) => `k${n}: 1`).join('\n')),
      /and \d+ more/,
    ],
  ]
  for (const [name, attack, want] of attacks) {
    attack()
    const state = { over: false }
    const outcome = hangup(told.bad).finally(() => (state.over = true))
    let longestMs = 0
    while (!state.over) {
      const startMs = performance.now()
      t.equal(await statusOf(`${gate.url}/canary`), 200)
      longestMs = Math.max(longestMs, performance.now() - startMs)
      await sleep(5)
    }
    await outcome
    t.match(String(gate.log().findLast(({ msg }) => msg === told.bad)?.['reason']), want, name)
    t.comment(`${name}: the slowest answer took ${Math.round(longestMs)} ms`)
    t.ok(longestMs < 2000, name)
  }
  write(1, false)
  await hangup(told.good)
  t.equal(await statusOf(`${gate.url}/canary`), 403)
})
