import { generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import { check } from '../../src/commands/check.ts'
import { createShell } from '../helpers/shell.ts'

const good = `
upstream: { url: 'http://127.0.0.1:3000' }
authorizers:
  pool:
    type: COGNITO_USER_POOLS
    userPoolIds: [eu-west-1_AbCdEf123, eu-west-1_Second456]
    clientIds: [app]
  keys:
    type: JWT
    jwtConfiguration: { issuer: 'https://idp.example', audience: [orders] }
    jwksFile: KEYS
    groupsClaim: groups
routes:
  - { path: '/{proxy+}', method: ANY, authorizer: pool }
  - { path: '/orders/{id}', method: [GET, HEAD], authorizer: pool, authorizationScopes: [a, b] }
  - { path: /health, method: GET, authorizationType: NONE }
  - { path: /old, method: ANY, authorizationType: DENY }
  - { path: /k, method: GET, authorizer: keys, authorizationGroups: [g], requiredClaims: { 'custom:t': [x, y] } }
`
const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const jwks = JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'a' }] })

const run = async (text: string, args: readonly string[] = []) => {
  const dir = t.testdir({ 'gate.yaml': '', 'keys.json': jwks })
  const { writeFileSync } = await import('node:fs')
  writeFileSync(`${dir}/gate.yaml`, text.replace('KEYS', `${dir}/keys.json`))
  const { shell, state } = createShell()
  const exit = await check(['--config', `${dir}/gate.yaml`, ...args], shell)
  return { exit, dir, ...state }
}

t.test('a good configuration is printed in matching order', async (t) => {
  const { exit, stdout, stderr, dir } = await run(good)
  t.equal(exit, 0)
  t.equal(stderr, '')
  const pool = (id: string) => `https://cognito-idp.eu-west-1.amazonaws.com/${id}`
  t.match(
    stdout,
    `${pool('eu-west-1_Second456')}  keys from ${pool('eu-west-1_Second456')}/.well-known/jwks.json`,
  )
  t.match(stdout, `keys from ${dir}/keys.json`)
  const lines = stdout.split('\n')
  const place = (text: string) => lines.findIndex((line) => line.includes(text))
  t.ok(place('/orders/{id}') > 0 && place('/orders/{id}') < place('/{proxy+}'))
  t.match(lines[place('/orders/{id}')], /GET\s+\/orders\/\{id\}\s+pool\s+scopes: a or b$/)
  t.match(lines[place('/k ')], /keys\s+groups: g; custom:t: x or y$/)
  t.match(lines[place('/health')], /public$/)
  t.match(lines[place('/old')], /denied$/)
  t.match(stdout, /\nok: 2 authorizers, 6 routes, 0 warnings\n$/)
})

t.test('warnings are printed, and only strictness makes them an error', async (t) => {
  const risky = good.replace(
    'method: ANY, authorizer: pool }',
    'method: ANY, authorizationType: NONE }',
  )
  const { exit, stdout } = await run(risky)
  t.equal(exit, 0)
  t.match(stdout, /warnings\n {2}routes\[0\] {2}every path/)
  t.equal((await run(risky, ['--strict'])).exit, 78)
  t.equal((await run(good, ['--strict'])).exit, 0)
})

t.test('every problem of a broken file comes at once, on stderr', async (t) => {
  const broken = good
    .replace('authorizer: keys', 'authorizer: key')
    .replace('path: /old', 'path: old')
    .concat('lisen: { port: 80 }\nlog: { level: loud }\n')
  const { exit, stdout, stderr } = await run(broken)
  t.equal(exit, 78)
  t.equal(stdout, '')
  t.match(stderr, /4 problems/)
  for (const path of ['lisen', 'log.level', 'routes[3].path', 'routes[4].authorizer']) {
    t.match(stderr, `\n  ${path}: `)
  }
})

t.test('the same as JSON', async (t) => {
  const fine = JSON.parse((await run(good, ['--json'])).stdout) as Record<string, unknown[]>
  t.strictSame(
    [fine['authorizers']?.length, fine['routes']?.length, fine['problems'], fine['warnings']],
    [2, 6, [], []],
  )
  const { exit, stdout } = await run('upstream: 3', ['--json'])
  t.equal(exit, 78)
  const report = JSON.parse(stdout) as { problems: { path: string }[]; routes: unknown[] }
  t.ok(report.problems.some(({ path }) => path === 'upstream'))
  t.strictSame(report.routes, [])
})

t.test('what a route does besides forwarding is shown', async (t) => {
  const text =
    good.concat(`  - { path: /pre, method: OPTIONS, authorizationType: NONE, mock: { statusCode: 204 } }
  - path: /me
    method: GET
    authorizer: pool
    authorizationGroups: [g]
    requestParameters: { integration.request.header.X-User: context.authorizer.claims.sub }
`)
  const { stdout } = await run(text)
  t.match(stdout, /\n {2}OPTIONS +\/pre +public +mock 204\n/)
  t.match(stdout, /\n {2}GET +\/me +pool +groups: g +sets X-User\n/)
  const { routes } = JSON.parse((await run(text, ['--json'])).stdout) as { routes: object[] }
  t.match(
    routes.filter((route) => 'mock' in route || 'requestParameters' in route),
    [
      {
        label: 'GET /me',
        requestParameters: [{ action: 'overwrite', name: 'X-User', from: ['claim sub'] }],
      },
      { label: 'OPTIONS /pre', mock: { statusCode: 204, headers: {} } },
    ],
  )
})

t.test('wrong words and help', async (t) => {
  const wrong = createShell()
  t.equal(await check(['--strct'], wrong.shell), 64)
  t.match(wrong.state.stderr, /^cognito-gate check: .*--strct.*\n$/)
  const help = createShell()
  t.equal(await check(['--help'], help.shell), 0)
  t.match(help.state.stdout, /^Usage: cognito-gate check/)
})

t.test('the status page is shown, where there is one', async (t) => {
  const shown = `${good}statusPage: { enabled: true, port: 9292 }\n`
  const { stdout } = await run(shown)
  t.match(stdout, '\nstatus page\n  127.0.0.1 port 9292  read from this machine alone\n')
  const json = JSON.parse((await run(shown, ['--json'])).stdout) as { statusPage?: unknown }
  t.strictSame(json.statusPage, { host: '127.0.0.1', port: 9292 })
  t.notMatch((await run(good)).stdout, 'status page')
  t.notMatch((await run(good, ['--json'])).stdout, '"statusPage"')
})

t.test('who may ask for decisions is shown, where anybody may', async (t) => {
  const asked = `${good}decision: { enabled: true, host: 0.0.0.0, trustedPeers: [10.0.3.0/24] }\n`
  const { stdout } = await run(asked)
  t.match(stdout, '\ndecisions for edge proxies\n  0.0.0.0 port 9191  asked by 10.0.3.0/24\n')
  const json = JSON.parse((await run(asked, ['--json'])).stdout) as { decision?: unknown }
  t.strictSame(json.decision, { host: '0.0.0.0', port: 9191, trustedPeers: ['10.0.3.0/24'] })
  t.notMatch((await run(good)).stdout, 'edge proxies')
  t.notMatch((await run(good, ['--json'])).stdout, '"decision"')
})

t.test('what only reports is told, by route and as a warning', async (t) => {
  const text = good.replace('authorizationScopes: [a, b]', '$&, enforcement: report')
  const { exit, stdout } = await run(text)
  t.equal(exit, 0)
  t.match(stdout, /GET\s+\/orders\/\{id\}\s+pool\s+report only; scopes: a or b\n/)
  t.match(stdout, /\n {2}enforcement {2}report mode on 2 of 4 routes that ask for a token/)
  t.equal((await run(text, ['--strict'])).exit, 78)
  const json = JSON.parse((await run(text, ['--json'])).stdout) as {
    routes: { label: string; enforcement?: string }[]
  }
  t.strictSame(
    json.routes.map(({ enforcement }) => enforcement),
    [undefined, 'enforce', undefined, 'report', 'report', 'enforce'],
  )
})
