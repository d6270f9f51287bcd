// The command line as an operator or a container runtime meets it: words, exit codes, what is on
// stdout and what on stderr.
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { once } from 'node:events'
import { join } from 'node:path'
import t from 'tap'
import { gateMain } from './helpers/gate.ts'
import { startProgram, type Scope } from './helpers/program.ts'
import { tempDir } from './helpers/temp-dir.ts'

interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const run = async (
  scope: Scope,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> => {
  const program = startProgram(scope, process.execPath, [gateMain, ...args], { env })
  const { code } = await program.exited
  return { code, stdout: program.stdout(), stderr: program.stderr() }
}

const fileOf = (scope: Scope, text: string): string => {
  const file = join(tempDir(scope), 'gate.yaml')
  writeFileSync(file, text)
  return file
}

const good = `
listen: { host: 127.0.0.1, port: 0 }
admin: { host: 127.0.0.1, port: 0 }
upstream: { url: 'http://127.0.0.1:3000' }
authorizers:
  pool: { type: COGNITO_USER_POOLS, userPoolIds: [eu-west-1_AbCdEf], clientIds: [webapp] }
routes:
  - { path: '/{proxy+}', method: ANY, authorizer: pool }
  - { path: '/orders/{orderId}', method: GET, authorizer: pool, authorizationScopes: [orders/read] }
  - { path: /health, method: GET, authorizationType: NONE }
`

const risky = good.replace(', clientIds: [webapp]', '')

const bad = `
listen: { port: 80abc }
upstream: { url: 'ftp://127.0.0.1' }
authorizers:
  pool: { type: COGNITO_USER_POOLS, userPoolIds: [eu-west-1_AbCdEf], clientId: [webapp] }
routes:
  - { path: /orders, method: GET, authorizer: pol }
`

t.test('words that end at once', async (t) => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  t.strictSame(await run(t, ['--version']), { code: 0, stdout: `${version}\n`, stderr: '' })
  for (const words of [[], ['serve'], ['check'], ['demo']]) {
    const outcome = await run(t, [...words, '--help'])
    t.equal(outcome.code, 0)
    t.equal(outcome.stderr, '')
    t.match(outcome.stdout, /^Usage: cognito-gate /)
    t.match(outcome.stdout, words[0] ?? 'serve')
  }
})

t.test('a wrong word is one line and 64', async (t) => {
  const wrong = [
    ['srve'],
    ['--conifg', 'x'],
    ['serve', '--config'],
    ['check', '--fast'],
    ['serve', 'x'],
  ]
  for (const words of wrong) {
    const { code, stdout, stderr } = await run(t, words)
    t.equal(code, 64, words.join(' '))
    t.equal(stdout, '')
    t.match(stderr, /^cognito-gate[^\n]+\n$/)
  }
})

t.test('a bad configuration is 78, every problem in a line of its own', async (t) => {
  const file = fileOf(t, bad)
  for (const command of ['serve', 'check']) {
    const { code, stdout, stderr } = await run(t, [command, '--config', file])
    t.equal(code, 78)
    t.equal(stdout, '')
    for (const path of ['listen.port', 'upstream.url', 'authorizers.pool.clientId']) {
      t.match(stderr, path)
    }
    t.notMatch(stderr, /\n\s+at /, 'no stack trace')
  }
})

t.test('no configuration at all is 78 and says what to give', async (t) => {
  const { code, stderr } = await run(t, [])
  t.equal(code, 78)
  t.match(stderr, 'UPSTREAM_URL')
  const missing = await run(t, ['--config', '/no/such/file.yaml'])
  t.equal(missing.code, 78)
  t.match(missing.stderr, '/no/such/file.yaml')
})

t.test('problems of the environment are named by their variable', async (t) => {
  const { code, stderr } = await run(t, ['serve'], {
    UPSTREAM_URL: 'http://127.0.0.1:3000',
    COGNITO_USER_POOL_IDS: 'eu-west-1_AbCdEf',
    LISTEN_PORT: '80abc',
  })
  t.equal(code, 78)
  t.match(stderr, 'LISTEN_PORT')
})

t.test('a port that is taken is 1', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1')
  await once(taken, 'listening')
  t.teardown(() => taken.close())
  const { port } = taken.address() as AddressInfo
  const file = fileOf(t, good.replace('port: 0', `port: ${port}`))
  const { code, stdout } = await run(t, ['serve', '--config', file])
  t.equal(code, 1)
  t.match(stdout, 'could not start')
  t.match(stdout, 'EADDRINUSE')
})

t.test('check prints the routes in matching order', async (t) => {
  const { code, stdout, stderr } = await run(t, ['check'], { CONFIG_FILE: fileOf(t, good) })
  t.equal(code, 0)
  t.equal(stderr, '')
  const order = ['/health', '/orders/{orderId}', '/{proxy+}'].map((path) => stdout.indexOf(path))
  t.ok(
    order.every((place, index) => place > (order[index - 1] ?? 0)),
    stdout,
  )
})

t.test('check gives one JSON document, and is strict with warnings when asked', async (t) => {
  const file = fileOf(t, risky)
  const report = await run(t, ['check', '--json', '--config', file])
  t.equal(report.code, 0)
  t.match(JSON.parse(report.stdout), {
    problems: [],
    warnings: [{ path: 'authorizers.pool.clientIds' }],
  })
  t.equal((await run(t, ['check', '--strict', '--config', file])).code, 78)
  t.equal((await run(t, ['check', '--strict', '--config', fileOf(t, good)])).code, 0)
})

t.test('the demo’s tour ends with 0', async (t) => {
  const { code, stderr } = await run(t, ['demo', '--exit'])
  t.equal(code, 0, stderr)
})
