// Health checks that skip authentication by User-Agent, by header or by a well-known path
// (oauth2-proxy GHSA-5hvv-m4w4-gf6v). The gate's own probes are on another listener.
import t from 'tap'
import { strike, ways } from '../helpers/attack.ts'
import { startGate } from '../helpers/gate.ts'

const gate = await startGate(t)

const probes = [
  'User-Agent: GoogleHC/1.0',
  'User-Agent: kube-probe/1.30',
  'User-Agent: ELB-HealthChecker/2.0',
  'User-Agent: Amazon-Route53-Health-Check-Service (ref 1; report http://amzn.to/1vsZADi)',
  'X-Health-Check: 1',
  'X-Kubernetes-Probe: true',
]

t.test('no probe is let in', async (t) => {
  for (const { name, text } of ways) {
    for (const line of probes) {
      const outcome = await strike(gate, text('/protected', [line]))
      t.match(outcome, { status: 401, reached: '' }, `${name} ${line}`)
    }
  }
})

t.test("no path of a probe is answered or forwarded by the traffic's listener", async (t) => {
  const paths = [
    '/livez',
    '/readyz',
    '/metrics',
    '/ping',
    '/healthz',
    '/ready',
    '/status',
    '/oauth2/x',
  ]
  for (const { name, text } of ways) {
    for (const path of paths) {
      const outcome = await strike(gate, text(path, probes))
      t.match(outcome, { status: 403, reached: '' }, `${name} ${path}`)
      t.match(outcome.answer, /"Missing Authentication Token"/, `${name} ${path}`)
    }
  }
})
