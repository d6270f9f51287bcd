// The stack of deploy/compose without containers: each service as a program of this machine, with the
// settings of its files, but for addresses. Then the dashboard's queries, asked of its Prometheus.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { parse } from 'yaml'
import { startScript } from './helpers/cognito-local.ts'
import { curl } from './helpers/curl.ts'
import { freePort } from './helpers/free-port.ts'
import { ephemeralListeners, startGate, untilReady } from './helpers/gate.ts'
import { dashboardQueries } from './helpers/grafana.ts'
import { startProgram, type Scope } from './helpers/program.ts'
import { queryPrometheus } from './helpers/prometheus.ts'
import { tempDir } from './helpers/temp-dir.ts'
import { untilAnswers } from './helpers/until-answers.ts'

t.setTimeout(120_000)

const folder = 'deploy/compose'
const read = (name: string): string => readFileSync(join(folder, name), 'utf8')

interface Service {
  readonly environment?: Readonly<Record<string, string>>
  readonly volumes?: readonly string[]
  readonly ports?: readonly string[]
}

const { services } = parse(read('compose.yaml')) as {
  readonly services: Readonly<Record<string, Service>>
}

/** The text with an address replaced that must be in it. */
const replaced = (text: string, from: string, to: string): string => {
  if (!text.includes(from)) throw new Error(`no ${from} in:\n${text}`)
  return text.replaceAll(from, to)
}

/** The service that cannot be changed: nginx with its file. */
const startLegacy = async (scope: Scope): Promise<string> => {
  const [dir, port] = [tempDir(scope), await freePort()]
  const server = replaced(read('legacy.conf'), 'listen 80;', `listen 127.0.0.1:${port};`)
  const main = `daemon off; master_process off; pid ${dir}/pid; error_log stderr warn; events {}
http { access_log off; client_body_temp_path ${dir}/b; proxy_temp_path ${dir}/p;
fastcgi_temp_path ${dir}/f; uwsgi_temp_path ${dir}/u; scgi_temp_path ${dir}/s;
${server} }`
  writeFileSync(join(dir, 'nginx.conf'), main)
  const args = ['-e', 'stderr', '-p', dir, '-c', join(dir, 'nginx.conf')]
  await untilAnswers(startProgram(scope, 'nginx', args), `http://127.0.0.1:${port}/`)
  return `127.0.0.1:${port}`
}

/** The emulator with the pool, app client and user of the image, which it may write to. */
const startEmulator = async (scope: Scope): Promise<string> => {
  const [dir, port] = [tempDir(scope), await freePort()]
  mkdirSync(join(dir, '.cognito'))
  cpSync(join(folder, 'cognito-local/db'), join(dir, '.cognito/db'), { recursive: true })
  cpSync(join(folder, 'cognito-local/config.json'), join(dir, '.cognito/config.json'))
  const env = { HOST: '127.0.0.1', PORT: String(port), CODE: '123456' }
  const program = startProgram(scope, process.execPath, [startScript], { cwd: dir, env })
  await program.until(() => (program.stdout().includes('running on') ? true : undefined))
  return `127.0.0.1:${port}`
}

/** The configuration of deploy/prometheus, with its rules, in a hurry. */
const startWatcher = async (scope: Scope, target: string): Promise<string> => {
  const [dir, port] = [tempDir(scope), await freePort()]
  const rules = resolve('deploy/prometheus')
  let config = readFileSync(join(rules, 'prometheus.yml'), 'utf8')
  config = replaced(config, 'gate:9090', target)
  config = replaced(config, ': 15s', ': 1s')
  config = replaced(config, '- rules.yml', `- ${rules}/rules.yml`)
  config = replaced(config, '- alerts.yml', `- ${rules}/alerts.yml`)
  writeFileSync(join(dir, 'prometheus.yml'), config)
  const program = startProgram(scope, 'prometheus', [
    `--config.file=${join(dir, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(dir, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--log.level=warn',
  ])
  await untilAnswers(program, `http://127.0.0.1:${port}/-/ready`)
  return `http://127.0.0.1:${port}`
}

/** As the README has it. */
const signIn = async (emulator: string): Promise<string> => {
  const { body } = await curl(
    ...['-H', 'Content-Type: application/x-amz-json-1.1'],
    ...['-H', 'X-Amz-Target: AWSCognitoIdentityProviderService.InitiateAuth'],
    ...[
      '-d',
      '{"AuthFlow":"USER_PASSWORD_AUTH","ClientId":"webapp","AuthParameters":{"USERNAME":"jane@example.com","PASSWORD":"correct-horse"}}',
    ],
    `http://${emulator}/`,
  )
  const [, token] = /"IdToken":"([^"]+)"/.exec(body) ?? []
  if (token === undefined) throw new Error(body)
  return token
}

t.test('the stack is what it says it is', async (t) => {
  t.strictSame(Object.keys(services).toSorted(), [
    'cognito-local',
    'gate',
    'grafana',
    'legacy',
    'prometheus',
  ])
  const open = Object.values(services).flatMap(({ ports = [] }) => ports)
  t.ok(
    open.every((port) => port.startsWith('127.0.0.1:')),
    'no port is open to others',
  )
  t.equal(services['legacy']?.ports, undefined, 'the service has none')
  t.match(services['gate']?.volumes, ['./gate.yaml:/etc/cognito-gate/gate.yaml:ro'])
})

t.test('it refuses, lets through, and is watched', async (t) => {
  const [legacy, emulator] = await Promise.all([startLegacy(t), startEmulator(t)])
  let config = replaced(read('gate.yaml'), 'legacy:80', legacy)
  config = replaced(config, 'cognito-local:9229', emulator)
  const gate = await startGate(t, { config: ephemeralListeners + config })
  await untilReady(gate)
  const token = await signIn(emulator)
  const authorization = ['-H', `Authorization: ${token}`]

  const desk = `${gate.url}/staff/desk`
  t.match(await curl(desk), { status: 401, body: '{"message":"Unauthorized"}' })
  t.match(await curl(`${gate.url}/health`), { status: 200, body: 'user= email= groups=\n' })
  const spoof = ['-H', 'X-Claim-Username: root', '-H', 'X_Claim_Groups: admins']
  const through = await curl(...authorization, ...spoof, desk)
  t.equal(through.status, 200)
  t.match(through.body, /^user=\S+ email=jane@example\.com groups=\[?staff\]?\n$/)
  t.notMatch(through.body, /root|admins/)

  const prometheus = await startWatcher(t, new URL(gate.adminUrl).host)
  // Traffic goes on while the queries are asked, refused and let through, or rates would be of nothing.
  const ended = new AbortController()
  const traffic = (async () => {
    while (!ended.signal.aborted) {
      await Promise.all([curl(desk), curl(...authorization, desk), curl(`${gate.url}/%00`)])
      await sleep(100)
    }
  })()
  t.teardown(() => {
    ended.abort()
  })

  await t.test('every query of the dashboard has data', async (t) => {
    const file = 'deploy/grafana/dashboards/cognito-gate.json'
    const queries = dashboardQueries(file, '10s')
    t.ok(queries.length > 30, `${queries.length} queries`)
    for (const { panel, expression } of queries) {
      t.ok(await hasData(prometheus, expression), `${panel}: ${expression}`)
    }
  })

  await t.test('every recording rule too, and no rule fails', async (t) => {
    const rules = readFileSync('deploy/prometheus/rules.yml', 'utf8')
    const names = [...rules.matchAll(/record: (\S+)/g)].map(([, name = '']) => name)
    t.ok(names.length >= 10)
    for (const name of names) t.ok(await hasData(prometheus, name), name)
    const { body } = await curl(`${prometheus}/api/v1/rules`)
    const health = [...body.matchAll(/"health":"(\w+)"/g)].map(([, word]) => word)
    t.ok(health.length >= 20)
    t.strictSame(
      health.filter((word) => word !== 'ok'),
      [],
    )
  })
  ended.abort()
  await traffic
})

/** Within 15 s: rates need two scrapes, and rules an evaluation. */
const hasData = async (url: string, expression: string): Promise<boolean> => {
  const deadline = Date.now() + 15_000
  while (Date.now() < deadline) {
    const samples = Object.values(await queryPrometheus(url, expression))
    if (samples.length > 0) return true
    await sleep(250)
  }
  return false
}
