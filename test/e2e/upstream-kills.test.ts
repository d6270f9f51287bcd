// The service is killed with SIGKILL each second under load: each client gets a whole answer of its own
// or an error that it sees, and the gate accounts for all and keeps nothing. UPSTREAM_KILL_SECONDS is
// how long; 30 unless given, and longer where a new process takes its time: half as many kills are made.
import { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { createSeededRandom } from '../helpers/seeded-random.ts'
import { ephemeralListeners, startGate } from './helpers/gate.ts'
import { askIdentified, startIdentified, type Outcome } from './helpers/identified.ts'
import { scrape, sumOf } from './helpers/metrics.ts'
import { countSockets } from './helpers/websocket-gate.ts'

const seconds = Number(process.env['UPSTREAM_KILL_SECONDS'] ?? 30)

t.test('no answer is lost in silence, mixed up or left behind', { timeout: 0 }, async (t) => {
  const service = await startIdentified(t)
  const gate = await startGate(t, {
    config: `${ephemeralListeners}
upstream: { url: '${service.url}', connectTimeoutMs: 2000 }
log: { requests: none }
routes: [{ path: '/{proxy+}', method: ANY, authorizationType: NONE }]
`,
  })
  // Whatever Node keeps for good is there once something went by.
  const first = new Agent({ keepAlive: true })
  const warm = { url: `${gate.url}/warm`, agent: first, method: 'GET', how: 'length' } as const
  await askIdentified({ ...warm, id: 'warm', size: 1 })
  first.destroy()
  const before = countSockets(gate.pid)

  const random = createSeededRandom()
  const agent = new Agent({ keepAlive: true, maxSockets: 32 })
  const outcomes: Record<Outcome, number> = { whole: 0, refused: 0, broken: 0 }
  const wrong: string[] = []
  const end = performance.now() + seconds * 1000
  let kills = 0
  const goesOn = (): boolean => performance.now() < end || kills < seconds / 2
  let sent = 0
  const work = async (): Promise<void> => {
    while (goesOn()) {
      const ask = {
        url: `${gate.url}/x`,
        agent,
        id: `${(sent += 1)}-${random.below(2 ** 31).toString(36)}`,
        method: random.pick(['GET', 'GET', 'POST', 'PUT'] as const),
        how: random.pick(['length', 'length', 'length', 'chunked', 'slow'] as const),
        size: random.pick([1, 100, 5000, 70_000]) + random.below(100),
      }
      try {
        const outcome = await askIdentified(ask)
        outcomes[outcome] += 1
        // Refusals are quick; without a breath the load would be made of them.
        if (outcome !== 'whole') await sleep(20)
      } catch (error) {
        wrong.push((error as Error).message)
      }
    }
  }
  const kill = async (): Promise<void> => {
    while (goesOn()) {
      await sleep(1000)
      await service.replace()
      kills += 1
    }
  }
  await Promise.all([kill(), ...Array.from({ length: 32 }, work)])
  agent.destroy()

  t.comment(`seed ${random.seed}: ${kills} kills, ${JSON.stringify(outcomes)}`)
  t.strictSame(wrong, [], 'no answer is wrong, and none is missing')
  for (const [outcome, count] of Object.entries(outcomes))
    t.ok(count >= kills, `some are ${outcome}`)
  const posted = service.posted()
  t.equal(new Set(posted).size, posted.length, 'no POST is sent twice')

  await service.end()
  await gate.program.until(() => (countSockets(gate.pid) <= before ? true : undefined))
  const metrics = await scrape(gate.adminUrl)
  t.equal(sumOf(metrics, 'requests_in_flight'), 0)
  t.equal(sumOf(metrics, 'requests_total'), sent + 1, 'each request is counted once')
  const codes = [502, 503, 504].map((code) => sumOf(metrics, 'requests_total', { code: `${code}` }))
  const refused = codes.reduce((sum, count) => sum + count, 0)
  t.ok(refused >= outcomes.refused, 'each refusal is counted')
  t.ok(refused <= outcomes.refused + outcomes.broken)
  t.ok(sumOf(metrics, 'upstream_errors_total') >= refused)
  t.equal(gate.program.stderr(), '')
})
