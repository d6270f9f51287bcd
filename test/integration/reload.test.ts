// A gate whose configuration changes while it runs, as an operator changes it.
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createSampleUpstream } from '../../src/demo/upstream.ts'
import { mountFiles } from '../helpers/config-map.ts'
import { startReloading, usualHead } from '../helpers/reloading.ts'
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

t.test('what needs a restart is named, and nothing of that file comes into force', async (t) => {
  const gate = await startReloading(t, { text: closed })
  const { port } = new URL(gate.url)
  writeFileSync(
    gate.file,
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
})

t.test('a ConfigMap is swapped as the kubelet does it', async (t) => {
  const gate = await startReloading(t, { text: closed })
  rmSync(gate.file)
  const head = usualHead('http://127.0.0.1:9')(gate.pool)
  const map = mountFiles(gate.folder, { 'gate.yaml': `${head}\n${closed}` })
  t.match(await gate.hangup(), { msg: 'configuration read again; it is the one in force' })
  map.update({ 'gate.yaml': `${head}\n${open}` })
  await until(() => gate.outcomes().length === 2)
  t.match(gate.outcomes()[1], { msg: 'configuration reloaded', trigger: 'files' })
  t.equal(await gate.status('/a'), 504, 'forwarded to where nobody is')
})

const exported = (method: string): string =>
  JSON.stringify({
    openapi: '3.0.1',
    info: { title: 'orders', version: '1' },
    paths: {
      '/orders': {
        [method]: {
          responses: {},
          security: [{ exported: [] }],
          'x-amazon-apigateway-integration': {
            type: 'http_proxy',
            httpMethod: method.toUpperCase(),
            uri: 'http://service.example/orders',
          },
        },
      },
    },
    components: {
      securitySchemes: {
        exported: {
          type: 'apiKey',
          name: 'Authorization',
          in: 'header',
          'x-amazon-apigateway-authtype': 'cognito_user_pools',
          'x-amazon-apigateway-authorizer': {
            type: 'cognito_user_pools',
            providerARNs: [
              'arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_AbCdEf123',
            ],
          },
        },
      },
    },
  })

t.test('the export is watched too, and one that is missing is waited for', async (t) => {
  const gate = await startReloading(t, { text: closed })
  const head = usualHead('http://127.0.0.1:9')(gate.pool)
  const merged = head.replace(/pool: {.*/, `exported: { issuer: '${gate.pool.issuer}' }`)
  writeFileSync(gate.file, `${merged}\nopenapi: orders.json`)
  t.match(await gate.hangup(), { reason: /orders\.json" cannot be read: there is no such file/ })
  writeFileSync(join(gate.folder, 'orders.json'), exported('get'))
  await until(() => gate.outcomes().length === 2)
  t.match(gate.outcomes()[1], { level: 'info', changed: /routes added: GET \/orders/ })
  t.equal(await gate.status('/orders'), 401)
  writeFileSync(join(gate.folder, 'orders.json'), exported('put'))
  await until(() => gate.outcomes().length === 3)
  t.match(gate.outcomes()[2], { changed: /routes added: PUT .* removed: GET / })
  t.equal(await gate.status('/orders'), 403, 'no route')
})

t.test('the environment stands over the file again', async (t) => {
  const upstream = await createSampleUpstream()
  t.teardown(() => upstream.close())
  const gate = await startReloading(t, { text: open, env: { UPSTREAM_URL: upstream.url } })
  t.equal(await gate.status('/a'), 200)
  await gate.apply(`${open}\nbasePath: /prod`)
  t.equal(await gate.status('/prod/a'), 200)
})

t.test('files that are no files, or not what they seem, do not hold up the gate', async (t) => {
  const gate = await startReloading(t, { text: closed })
  const attacks: readonly (readonly [string, () => void, RegExp])[] = [
    ['a folder', () => mkdirSync(gate.file), /it is a folder/],
    ['a pipe', () => execFileSync('mkfifo', [gate.file]), /it is no regular file/],
    ['nothing', () => undefined, /there is no such file/],
    ['no UTF-8', () => writeFileSync(gate.file, Buffer.from([0xff, 0xfe, 0])), /not UTF-8/],
    [
      'aliases of aliases',
      () => {
        const levels = Array.from(
          { length: 12 },
          (_, n) => `l${n + 1}: &l${n + 1} [${`*l${n},`.repeat(10)}]`,
        )
        writeFileSync(gate.file, ['l0: &l0 [a]', ...levels].join('\n'))
      },
      /stands for more than/,
    ],
    ['brackets', () => writeFileSync(gate.file, '['.repeat(1e4)), /nested more than/],
  ]
  for (const [name, attack, want] of attacks) {
    rmSync(gate.file, { recursive: true, force: true })
    attack()
    // Of the processor, as what others do on the machine is not the gate's.
    const before = process.cpuUsage()
    t.match(await gate.hangup(), { level: 'error', reason: want }, name)
    const { user, system } = process.cpuUsage(before)
    t.ok(user + system < 3e6, `${name}: ${(user + system) / 1000} ms`)
    t.equal(await gate.status('/a'), 403, name)
  }
  rmSync(gate.file, { recursive: true, force: true })
  gate.write(open)
  t.match(await gate.hangup(), { level: 'info', changed: /^routes/ })
})

t.test(
  'a file that may not be read is a failed reload',
  { skip: process.getuid?.() === 0 },
  async (t) => {
    const gate = await startReloading(t, { text: closed })
    chmodSync(gate.file, 0)
    t.match(await gate.hangup(), { reason: /no permission/ })
  },
)

t.test('signals in a row end with what lies there last', async (t) => {
  const gate = await startReloading(t, { text: closed })
  for (let turn = 0; turn < 50; turn += 1) {
    writeFileSync(`${gate.file}.new`, '')
    gate.write(turn % 2 === 0 ? open : closed)
    void gate.hangup().catch(() => undefined)
  }
  gate.write(open)
  renameSync(gate.file, `${gate.file}.new`)
  renameSync(`${gate.file}.new`, gate.file)
  await gate.hangup()
  await until(() => gate.lines().at(-1)?.['msg'] !== 'reloading')
  t.equal(await gate.status('/a'), 504)
  t.ok(gate.outcomes().length < 50, `${gate.outcomes().length} readings`)
})

t.test('settings that a request meets later than its rules change as well', async (t) => {
  const upstream = await createSampleUpstream()
  t.teardown(() => upstream.close())
  const gate = await startReloading(t, { text: open, upstreamUrl: upstream.url })
  const denied = () => gate.lines().filter(({ msg }) => msg === 'request refused').length
  await gate.status('/elsewhere')
  await until(() => denied() === 1)
  await gate.apply(`${open}
log: { requests: none, level: debug }
limits: { maxBodyBytes: 3, maxConnections: 7 }
gatewayResponses: { MISSING_AUTHENTICATION_TOKEN: { statusCode: 404 } }`)
  t.equal(await gate.status('/elsewhere'), 404)
  t.equal(denied(), 1, 'nothing is logged of it')
  await gate.apply(`${open}\nenforcement: report`)
  t.equal(await gate.status('/elsewhere'), 200)
  t.match(await (await fetch(`${gate.adminUrl}/readyz`)).text(), /report mode/)
  t.match(await (await fetch(`${gate.adminUrl}/metrics`)).text(), 'report_mode_routes 1\n')
})
