// slowhttptest against the built gate: slow heads (slowloris), slow bodies, slow reading and odd ranges. The
// slow ones are let go, and others are served all the while.
import { truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { ephemeralListeners, startGate } from './helpers/gate.ts'
import { scrape, sumOf } from './helpers/metrics.ts'
import { startNginx } from './helpers/nginx.ts'
import { startProgram } from './helpers/program.ts'
import { tempDir } from './helpers/temp-dir.ts'
import { countSockets } from './helpers/websocket-gate.ts'

const nginx = await startNginx(t)
const large = join(nginx.filesDir, 'large')
writeFileSync(large, '')
truncateSync(large, 8 * 1024 * 1024)
const gate = await startGate(t, {
  config: `${ephemeralListeners}
upstream: { url: '${nginx.url}', idleTimeoutMs: 3000 }
limits: { headersTimeoutMs: 2000, bodyIdleTimeoutMs: 5000 }
log: { requests: none }
routes: [{ path: '/{proxy+}', method: ANY, authorizationType: NONE }]
`,
})

const connections = 60
/** Opens them within a second or two. */
const common = ['-c', `${connections}`, '-r', '40', '-p', '2']

/** It goes on for so many seconds, or until all its connections are gone. */
const [long, short] = [
  ['-l', '40'],
  ['-l', '15'],
]

const modes = [
  { name: 'slow heads', args: [...long, '-H', '-i', '10', '-t', 'GET', '-u', `${gate.url}/x`] },
  {
    name: 'slow bodies',
    args: [...long, '-B', '-i', '10', '-s', '8192', '-t', 'POST', '-u', `${gate.url}/x`],
  },
  // Takes less than a byte a second of an answer that does not fit into the buffers on the way.
  {
    name: 'slow reading',
    args: [
      ...short,
      '-X',
      '-n',
      '10',
      '-z',
      '1',
      '-w',
      '512',
      '-y',
      '1024',
      '-u',
      `${gate.url}/files/large`,
    ],
  },
  {
    name: 'ranges',
    args: [...long, '-R', '-a', '1', '-b', '1000', '-t', 'HEAD', '-u', `${gate.url}/files/large`],
  },
]

t.test('slow clients are let go, and nobody else is', async (t) => {
  const before = countSockets(gate.pid)
  const cwd = tempDir(t)
  const programs = modes.map(({ name, args }) => ({
    name,
    program: startProgram(t, 'slowhttptest', [...common, ...args], { cwd }),
  }))
  const running = new Set(programs)
  for (const each of programs) void each.program.exited.then(() => running.delete(each))
  const waits: number[] = []
  let [served, most, least] = [0, 0, Infinity]
  while (running.size > 0) {
    const begun = performance.now()
    const { status } = await fetch(`${gate.url}/x`)
    waits.push(performance.now() - begun)
    if (status === 200) served += 1
    const inFlight = sumOf(await scrape(gate.adminUrl), 'requests_in_flight')
    most = Math.max(most, inFlight)
    if (most >= connections / 2 && running.size > 0) least = Math.min(least, inFlight)
    await sleep(50)
  }
  for (const { name, program } of programs) {
    // What was written for one that does not read stays on the way for the system to deliver: the
    // client does not see that the gate has let it go.
    if (name !== 'slow reading') t.match(program.stdout(), /No open connections left/, name)
    t.notMatch(program.stdout(), /service available:\s+\S*NO/, name)
  }
  t.equal(served, waits.length, 'every honest request is answered')
  t.comment(
    `${served} honest ones, the slowest took ${Math.max(...waits).toFixed(0)} ms; ${most} at once`,
  )
  t.ok(most >= connections / 2, 'there were many slow ones at once')
  t.equal(least, 0, 'and none while they were still there')
  await gate.program.until(() => (countSockets(gate.pid) <= before + 2 ? true : undefined))
  const metrics = await scrape(gate.adminUrl)
  const late = sumOf(metrics, 'requests_refused_early_total', { reason: 'request_timeout' })
  t.comment(
    `${late} late heads; ${sumOf(metrics, 'requests_total', { code: '408' })} answers of 408`,
  )
  t.ok(late >= connections / 2)
  t.equal(sumOf(metrics, 'requests_in_flight'), 0)
  t.equal(gate.program.stderr(), '')
})
