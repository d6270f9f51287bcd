import { createServer } from 'node:net'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { serve } from '../../src/commands/serve.ts'
import { createSampleUpstream } from '../../src/demo/upstream.ts'
import { createUserPool } from '../../src/demo/user-pool.ts'
import { createShell, until, untilReady } from '../helpers/shell.ts'

const configuration = (upstream: string, issuer: string, extra = '') => `
listen: { host: 127.0.0.1, port: 0 }
admin: { host: 127.0.0.1, port: 0 }
upstream: { url: '${upstream}' }
shutdown: { drainDelayMs: 300, graceMs: 500 }
authorizers:
  pool: { type: COGNITO_USER_POOLS, userPoolIds: [eu-west-1_AbCdEf123], issuer: '${issuer}' }
${extra}`

const setUp = async (t: Test) => {
  const upstream = await createSampleUpstream()
  const pool = await createUserPool({ poolId: 'eu-west-1_AbCdEf123', clientId: 'app' })
  t.teardown(() => Promise.all([upstream.close(), pool.close()]))
  const dir = t.testdir({ 'gate.yaml': configuration(upstream.url, pool.issuer) })
  return { upstream, pool, file: `${dir}/gate.yaml` }
}

const listening = (lines: Record<string, unknown>[], listener: string): string => {
  const line = lines.find((entry) => entry['listener'] === listener)
  return `http://127.0.0.1:${String(line?.['port'])}`
}

t.test('it serves until a signal, then drains and exits 0', async (t) => {
  const { pool, file } = await setUp(t)
  const { shell, lines, signal, hangup } = createShell()
  const exit = serve(['--config', file], shell)
  await until(() => lines().length >= 2)
  const data = listening(lines(), 'data')
  const admin = listening(lines(), 'admin')
  await untilReady(admin)
  const answer = await fetch(`${data}/x`, { headers: { authorization: pool.idToken() } })
  t.equal(answer.status, 200)
  t.equal((await fetch(`${admin}/readyz`)).status, 200)
  hangup()
  t.ok(lines().some(({ msg }) => msg === 'reloading'))
  signal('SIGTERM')
  await until(() => lines().some(({ msg }) => msg === 'draining'))
  t.equal((await fetch(`${admin}/readyz`)).status, 503, 'not ready at once')
  t.equal((await fetch(`${data}/x`)).status, 401, 'still answering during the delay')
  t.equal(await exit, 0)
  t.ok(lines().some(({ msg }) => msg === 'stopped; nothing was cut'))
  await t.rejects(fetch(`${data}/x`))
})

t.test('a second signal ends it at once', async (t) => {
  const { file } = await setUp(t)
  const { shell, state, lines, signal } = createShell()
  const exit = serve(['--config', file], shell)
  await until(() => lines().length >= 2)
  signal('SIGINT')
  signal('SIGINT')
  t.strictSame(state.exits, [1])
  t.equal(await exit, 0)
})

t.test('what has to be cut after the grace period is counted', async (t) => {
  const hanging = createServer((socket) => void socket.on('error', () => undefined))
  hanging.listen(0, '127.0.0.1')
  await once(hanging, 'listening')
  t.teardown(() => hanging.close())
  const pool = await createUserPool({ poolId: 'eu-west-1_AbCdEf123', clientId: 'app' })
  t.teardown(() => pool.close())
  const url = `http://127.0.0.1:${(hanging.address() as AddressInfo).port}`
  const routes = 'routes: [{ path: /x, method: GET, authorizationType: NONE }]'
  const dir = t.testdir({ 'gate.yaml': configuration(url, pool.issuer, routes) })
  const { shell, lines, signal } = createShell()
  const exit = serve(['--config', `${dir}/gate.yaml`], shell)
  await until(() => lines().length >= 2)
  const reached = once(hanging, 'connection')
  const lost = t.rejects(fetch(`${listening(lines(), 'data')}/x`))
  await reached
  signal('SIGINT')
  t.equal(await exit, 0)
  await lost
  t.match(
    lines().find(({ level }) => level === 'warn'),
    { cut: 1 },
  )
})

t.test('a fault that nobody caught is logged and ends nothing', async (t) => {
  const { file } = await setUp(t)
  const { shell, lines, signal, fault } = createShell()
  const exit = serve(['--config', file], shell)
  await until(() => lines().length >= 2)
  fault(new Error('boom'))
  t.match(
    lines().find(({ level }) => level === 'error'),
    { msg: 'a bug: nobody caught this error; the gate goes on, please report it' },
  )
  t.equal((await fetch(`${listening(lines(), 'admin')}/livez`)).status, 200)
  signal('SIGINT')
  t.equal(await exit, 0)
})

t.test('an address in use is a failure to start', async (t) => {
  const { file } = await setUp(t)
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  t.teardown(() => other.close())
  const port = String((other.address() as AddressInfo).port)
  const { shell, lines } = createShell({ LISTEN_PORT: port })
  t.equal(await serve(['--config', file], shell), 1)
  t.match(
    lines().find(({ level }) => level === 'error'),
    { msg: 'could not start', todo: /^something listens there already; .*port/ },
  )
})

t.test('problems and wrong words have their exit codes', async (t) => {
  const bad = createShell()
  t.equal(await serve([], bad.shell), 78)
  t.match(bad.state.stderr, /upstream\.url/)
  t.notMatch(bad.state.stderr, / at .*\.ts:/)
  const wrong = createShell()
  t.equal(await serve(['--port', '80'], wrong.shell), 64)
  t.match(wrong.state.stderr, /^cognito-gate serve: .*--port.*\n$/)
  const help = createShell()
  t.equal(await serve(['--help'], help.shell), 0)
  t.match(help.state.stdout, /^Usage: cognito-gate \[serve\]/)
})

t.test('operations of an export that are refused are no secret', async (t) => {
  const { shell, lines, signal } = createShell()
  const api = {
    openapi: '3.0.1',
    info: { title: 'orders', version: '1' },
    paths: { '/orders': { get: { responses: {}, security: [{ lambda: [] }] } } },
    components: { schemas: { Order: { type: 'object' } } },
  }
  const dir = t.testdir({
    'api.json': JSON.stringify(api),
    'gate.yaml': `
listen: { host: 127.0.0.1, port: 0 }
admin: { host: 127.0.0.1, port: 0 }
upstream: { url: 'http://127.0.0.1:9' }
openapi: api.json
shutdown: { graceMs: 0 }`,
  })
  const exit = serve(['--config', `${dir}/gate.yaml`], shell)
  await until(() => lines().some(({ listener }) => listener === 'data'))
  t.match(lines()[0], {
    level: 'warn',
    file: 'api.json',
    denied: 2,
    dropped: 1,
    msg: 'not all of the export could be carried over; cognito-gate check lists it',
  })
  t.equal((await fetch(`${listening(lines(), 'data')}/orders`)).status, 403)
  signal('SIGINT')
  t.equal(await exit, 0)
})

t.test('report mode is told at the start, loudly', async (t) => {
  const { upstream, pool } = await setUp(t)
  const text = configuration(upstream.url, pool.issuer, 'enforcement: report')
  const dir = t.testdir({ 'report.yaml': text })
  const { shell, lines, signal } = createShell()
  const exit = serve(['--config', `${dir}/report.yaml`], shell)
  await until(() => lines().length >= 3)
  t.match(lines()[0], {
    level: 'warn',
    msg: 'report mode on 1 of 1 routes that ask for a token: what would be refused passes; remove enforcement: report to refuse it',
    reporting: 1,
    routes: 1,
    unmatched: false,
  })
  const answer = await fetch(`${listening(lines(), 'data')}/x`)
  t.match(await answer.json(), { headers: /x-gate-would-deny/i }, 'and it passes')
  signal('SIGINT')
  t.equal(await exit, 0)
})

t.test('what came through a pipe is not read again, and whoever asks is told', async (t) => {
  const { shell, lines, signal, hangup } = createShell({
    UPSTREAM_URL: 'http://127.0.0.1:9',
    COGNITO_USER_POOL_IDS: 'eu-west-1_AbCdEf123',
    LISTEN_PORT: '0',
    ADMIN_PORT: '0',
    HTTPS_PROXY: 'http://127.0.0.1:9',
  })
  const exit = serve(['--config', '/dev/null'], shell)
  await until(() => lines().length >= 2)
  hangup()
  await until(() => lines().some(({ msg }) => msg === 'reloading'))
  t.ok(lines().some(({ msg }) => /came through a pipe and cannot be read again/.test(String(msg))))
  signal('SIGINT')
  t.equal(await exit, 0)
})
