// Two pods of the example, one after the other behind a Service, as a cluster rolls them.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Test } from 'tap'
import { createUserPool } from '../../../src/demo/user-pool.ts'
import { bearer } from './cases.ts'
import type { Engine } from './container.ts'
import { curl } from './curl.ts'
import { playPod } from './pod.ts'
import { startLoad, startService } from './rolling-load.ts'

const ready = async (adminUrl: string): Promise<void> => {
  for (;;) {
    const answer = await fetch(`${adminUrl}/readyz`).catch(() => undefined)
    if (answer?.status === 200) return
    await sleep(50)
  }
}

/** Refuses, lets through, answers its probes; then gives way to another without a lost request. */
export const checkRolling = async (t: Test, engine: Engine): Promise<void> => {
  const pool = await createUserPool({ poolId: 'eu-west-1_AbCdEf', clientId: 'client' })
  t.teardown(pool.close)
  const example = readFileSync('deploy/kubernetes/example/gate.yaml', 'utf8')
  // The example's own configuration, but for keys from a file and a shorter wait.
  const files = (upstream: string) => ({
    'jwks.json': JSON.stringify(pool.jwks()),
    'gate.yaml': example
      .replace('http://127.0.0.1:3000', upstream)
      .replace(
        /( +)userPoolIds: .*\n/,
        `$&$1issuer: '${pool.issuer}'\n$1jwksFile: /etc/cognito-gate/jwks.json\n`,
      )
      .replace('drainDelayMs: 8000', 'drainDelayMs: 1500'),
  })
  const first = await playPod(t, engine, files)
  await ready(first.adminUrl)
  t.equal((await fetch(`${first.adminUrl}/livez`)).status, 200, 'it answers its probes')
  const token = pool.idToken({ 'cognito:username': 'jane' })
  t.match(await curl(`${first.url}/desk`), { status: 401 })
  t.match(await curl(...bearer(token), '-H', 'X-Claim-Username: root', `${first.url}/desk`), {
    status: 200,
    body: 'user=jane path=/desk',
  })

  const service = await startService(t, first.url)
  const load = startLoad(service.url, { authorization: `Bearer ${token}` }, 8)
  const second = await playPod(t, engine, files)
  await ready(second.adminUrl)
  const before = load.answered()
  // As a cluster does it: the endpoint goes, the hooks run; the application is still there.
  await first.exec(first.preStop)
  service.pointAt(second.url)
  t.equal(await first.exited(), 0, 'the old gate has drained')
  t.match(await first.log(), 'nothing was cut')
  await sleep(300)
  await load.stop()
  t.ok(load.answered() > before + 20, `${load.answered()} requests`)
  t.strictSame(load.lost, [], 'none was lost')
}
