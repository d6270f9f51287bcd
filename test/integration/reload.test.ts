// A gate whose configuration changes while it runs, as an operator changes it.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createSampleUpstream } from '../../src/demo/upstream.ts'
import { startReloading } from '../helpers/reloading.ts'
import { until } from '../helpers/shell.ts'

const open = `routes: [{ path: /a, method: GET, authorizationType: NONE }]`
const closed = `routes: [{ path: /a, method: GET, authorizationType: DENY }]`

t.test('a rule is flipped, by SIGHUP and by itself', async (t) => {
  const upstream = await createSampleUpstream()
  t.teardown(() => upstream.close())
  const gate = await startReloading(t, { text: open, upstreamUrl: upstream.url })
  t.equal(await gate.status('/a'), 200)
  gate.write(closed)
  t.match(await gate.hangup(), {
    level: 'info',
    trigger: 'signal',
    changed: 'routes; routes changed: GET /a',
  })
  t.equal(await gate.status('/a'), 403)
  gate.write(open)
  await until(() => gate.outcomes().length === 2)
  t.match(gate.outcomes()[1], { level: 'info', trigger: 'files' })
  t.equal(await gate.status('/a'), 200)
  t.equal(await gate.metric('config_reloads_total{outcome="success"}'), 2)
  t.equal(await gate.metric('config_reloads_total{outcome="failed"}'), 0)
})

t.test('a broken file leaves the old rules in force and says why, once', async (t) => {
  const gate = await startReloading(t, { text: closed })
  writeFileSync(gate.file, 'routes: [\n')
  await until(() => gate.outcomes().length === 1)
  t.match(gate.outcomes()[0], { level: 'error', trigger: 'files', reason: /gate\.yaml: line 2/ })
  t.equal(await gate.status('/a'), 403)
  t.equal(await gate.metric('config_last_reload_successful'), 0)
  // Looked at again and again, and written again: the same fault is told once.
  writeFileSync(gate.file, 'routes: [\n')
  await new Promise((resolve) => setTimeout(resolve, 3500))
  t.equal(gate.outcomes().length, 1)
  t.match(await gate.hangup(), { level: 'error', trigger: 'signal' }, 'whoever asks is told')
  t.equal(await gate.metric('config_reloads_total{outcome="failed"}'), 2)
  gate.write(closed)
  await until(() => gate.outcomes().length === 3)
  t.match(gate.outcomes()[2], { msg: 'configuration read again; it is the one in force' })
  t.equal(await gate.metric('config_last_reload_successful'), 1)
})

t.test(
  'what needs a restart is named, and nothing else of that file comes into force',
  async (t) => {
    const gate = await startReloading(t, { text: closed })
    const { port } = new URL(gate.url)
    writeFileSync(
      join(gate.folder, 'gate.yaml'),
      `
apiType: HTTP
listen: { host: 127.0.0.1, port: ${port} }
admin: { host: 127.0.0.1, port: 0 }
upstream: { url: 'http://127.0.0.1:9' }
limits: { maxHeaderBytes: 4096 }
authorizers: { pool: { type: COGNITO_USER_POOLS, userPoolIds: [eu-west-1_AbCdEf123] } }
${open}`,
    )
    const { reason } = await gate.hangup()
    t.equal(
      reason,
      [
        'apiType needs a restart (from REST to HTTP)',
        `listen.port needs a restart (from 0 to ${port})`,
        'limits.maxHeaderBytes needs a restart (from 32768 to 4096)',
      ].join('; '),
    )
    t.equal(await gate.status('/a'), 403)
  },
)
