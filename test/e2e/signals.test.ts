// How the gate ends: drained without a lost request, at once when asked twice, and never later than
// the grace period allows.
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { curl } from './helpers/curl.ts'
import { ephemeralListeners, startGate, type Gate } from './helpers/gate.ts'
import { runLoad } from './helpers/load.ts'
import { startNginx } from './helpers/nginx.ts'
import type { Scope } from './helpers/program.ts'

const startWith = async (scope: Scope, shutdown: string): Promise<Gate> => {
  const nginx = await startNginx(scope)
  return startGate(scope, {
    config: `${ephemeralListeners}
upstream: { url: '${nginx.url}' }
shutdown: ${shutdown}
log: { requests: all, maxPerSecond: 100000 }
routes: [{ path: '/{proxy+}', method: ANY, authorizationType: NONE }]
`,
  })
}

const untilLogged = (gate: Gate, message: string): Promise<unknown> =>
  gate.program.until(() => gate.log().find(({ msg }) => msg === message))

/** Begins a request that nginx will not answer before the test is over, and waits until it is under way. */
const hang = async (gate: Gate): Promise<{ readonly failure: Promise<Error | undefined> }> => {
  const failure = curl(`${gate.url}/slow/600`).then(
    () => undefined,
    (error: unknown) => error as Error,
  )
  await gate.program.until(async () => {
    const metrics = await (await fetch(`${gate.adminUrl}/metrics`)).text()
    return metrics.includes('\ncognito_gate_requests_in_flight 1\n') ? true : undefined
  })
  return { failure }
}

t.test('SIGTERM under load loses no request', async (t) => {
  const gate = await startWith(t, '{ drainDelayMs: 2500, graceMs: 10000 }')
  let stopped = false
  let sent = 0
  const next = (path: string) => () => {
    if (stopped) return undefined
    sent += 1
    return { path: `${path}?n=${sent}` }
  }
  const quick = runLoad({ url: gate.url, connections: 16, next: next('/quick') })
  await sleep(500)
  const exit = gate.stop('SIGTERM')
  await untilLogged(gate, 'draining')
  const ready = await fetch(`${gate.adminUrl}/readyz`)
  t.equal(ready.status, 503, 'not ready while it drains')
  await sleep(300)
  // These take 3 s: they are under way when the gate stops to listen.
  const late = runLoad({ url: gate.url, connections: 8, next: next('/slow/30') })
  // A load balancer that has seen the 503 sends nothing more, before the delay is over.
  await sleep(100)
  stopped = true
  for (const { statuses, errors } of await Promise.all([quick, late])) {
    t.strictSame(errors, [])
    t.strictSame(Object.keys(statuses), ['200'])
  }
  t.strictSame(await exit, { code: 0, signal: null })
  t.ok(gate.log().some(({ msg }) => String(msg).includes('nothing was cut')))
  t.equal(gate.log().filter((line) => 'requestId' in line).length, sent, 'each has its log line')
  t.comment(`${sent} requests`)
})

t.test('SIGINT does not wait for a load balancer', async (t) => {
  const gate = await startWith(t, '{ drainDelayMs: 60000, graceMs: 10000 }')
  t.equal((await curl(`${gate.url}/x`)).status, 200)
  const begun = Date.now()
  t.strictSame(await gate.stop('SIGINT'), { code: 0, signal: null })
  t.ok(Date.now() - begun < 5000)
})

t.test('what outlasts the grace period is cut and counted', async (t) => {
  const gate = await startWith(t, '{ drainDelayMs: 0, graceMs: 300 }')
  const { failure } = await hang(gate)
  t.strictSame(await gate.stop('SIGTERM'), { code: 0, signal: null })
  t.match(await failure, { message: /curl failed/ }, 'the client sees that it has been cut off')
  t.match(
    gate.log().find(({ level }) => level === 'warn'),
    { cut: 1 },
  )
})

t.test('a second signal ends it at once', async (t) => {
  const gate = await startWith(t, '{ drainDelayMs: 60000, graceMs: 60000 }')
  await hang(gate)
  gate.program.signal('SIGTERM')
  await untilLogged(gate, 'draining')
  const begun = Date.now()
  t.strictSame(await gate.stop('SIGTERM'), { code: 1, signal: null })
  t.ok(Date.now() - begun < 2000)
})
