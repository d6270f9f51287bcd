import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { explain } from '../../src/commands/explain.ts'
import { createUserPool } from '../../src/demo/user-pool.ts'
import type { Report } from '../../src/explain/report.ts'
import { createShell } from '../helpers/shell.ts'

const setUp = async (t: Test) => {
  const pool = await createUserPool({ poolId: 'eu-west-1_AbCdEf123', clientId: 'app' })
  t.teardown(() => pool.close())
  const dir = t.testdir({
    'broken.yaml': 'upstream: 3',
    'gate.yaml': `
upstream: { url: 'http://127.0.0.1:9' }
authorizers:
  pool: { type: COGNITO_USER_POOLS, userPoolIds: [${pool.poolId}], issuer: '${pool.issuer}' }
routes:
  - { path: /profile, method: GET, authorizer: pool }
  - { path: /health, method: GET, authorizationType: NONE }
`,
  })
  return { pool, config: `${dir}/gate.yaml`, broken: `${dir}/broken.yaml` }
}

const run = async (words: readonly string[], stdin = '', env = {}) => {
  const { shell, state } = createShell(env, stdin === '' ? [] : [Buffer.from(stdin)])
  const exit = await explain(words, shell)
  return { exit, stdout: state.stdout, stderr: state.stderr }
}

t.test('the exit code is the verdict, and text and JSON tell the same', async (t) => {
  const { pool, config } = await setUp(t)
  const cases: readonly { words: readonly string[]; stdin?: string; exit: number; says: string }[] =
    [
      { words: ['--path', '/health'], exit: 0, says: 'Allowed: the upstream gets this request.' },
      {
        words: ['--path', '/profile', '--token', pool.idToken()],
        exit: 0,
        says: 'Allowed: the upstream gets this request.',
      },
      {
        words: ['--path', '/profile', '--token', '-'],
        stdin: `  ${pool.idToken()} \r\nmore`,
        exit: 0,
        says: 'Allowed: the upstream gets this request.',
      },
      {
        words: ['--path', '/profile'],
        exit: 77,
        says: 'Refused: token_missing (wanted one in header authorization)',
      },
      {
        words: [
          ...['--path', '/profile', '--token', pool.idToken()],
          ...['--header', `authorization: ${pool.idToken()}`],
        ],
        exit: 77,
        says: 'Refused: token_duplicated (wanted not two, and not in two places)',
      },
      {
        words: [
          '--path',
          '/health',
          '--header',
          'X-A: 1',
          '--header',
          'Host: a',
          '--header',
          'Host: b',
        ],
        exit: 77,
        says: 'Refused: request_malformed (Host repeated)',
      },
    ]
  for (const { words, stdin, exit, says } of cases) {
    const all = ['--config', config, '--method', 'GET', ...words]
    const text = await run(all, stdin)
    t.strictSame([text.exit, text.stderr, text.stdout.split('\n')[0]], [exit, '', says])
    const json = await run([...all, '--json'], stdin)
    t.strictSame([json.exit, json.stderr], [exit, ''])
    const { verdict } = JSON.parse(json.stdout) as Report
    t.equal(verdict, exit === 0 ? 'allowed' : 'refused')
  }
})

t.test('the configuration is found as serve finds it', async (t) => {
  const { config } = await setUp(t)
  const words = ['--method', 'GET', '--path', '/health']
  t.equal((await run(words, '', { CONFIG_FILE: config })).exit, 0)
})

t.test('a bad configuration is told as check tells it', async (t) => {
  const { broken } = await setUp(t)
  const words = ['--config', broken, '--method', 'GET', '--path', '/']
  const text = await run(words)
  t.strictSame([text.exit, text.stdout], [78, ''])
  t.match(text.stderr, /^cognito-gate: the configuration has .*problem/)
  const json = await run([...words, '--json'])
  t.strictSame([json.exit, json.stderr], [78, ''])
  t.match(JSON.parse(json.stdout), { problems: [{ path: 'upstream' }] })
})

t.test('wrong words are one line each', async (t) => {
  const request = ['--method', 'GET', '--path', '/']
  const cases: readonly { words: readonly string[]; stdin?: string; want: string }[] = [
    { words: ['--mthod', 'GET'], want: 'unknown option --mthod; did you mean --method?' },
    { words: ['--path', '/'], want: '--method is missing' },
    { words: ['--method', 'GET'], want: '--path is missing' },
    { words: ['--method', 'GET /', '--path', '/'], want: '--method is not a word' },
    { words: ['--method', 'GET', '--path', ''], want: '--path is empty' },
    {
      words: ['--method', 'GET', '--path', '/\r\nX: y'],
      want: '--path has a line break',
    },
    { words: [...request, '--header', 'X-A'], want: "--header: write it as 'Name: value'" },
    { words: [...request, '--token', ' '], want: '--token is empty' },
    { words: [...request, '--token', '-'], want: '--token is empty' },
    { words: [...request, '--token', 'a\u0007'], want: '--token holds what is no visible ASCII' },
    {
      words: [...request, '--token', '-'],
      stdin: 'a'.repeat(65_537),
      want: '--token -: the line is longer than 65536 bytes',
    },
  ]
  for (const { words, stdin, want } of cases) {
    t.strictSame(
      await run(words, stdin),
      {
        exit: 64,
        stdout: '',
        stderr: `cognito-gate explain: ${want}; see cognito-gate explain --help\n`,
      },
      want,
    )
  }
  const help = await run(['--help'])
  t.equal(help.exit, 0)
  t.match(help.stdout, /^Usage: cognito-gate explain/)
})

t.test('what report mode lets pass is no refusal', async (t) => {
  const { config } = await setUp(t)
  const { readFileSync, writeFileSync } = await import('node:fs')
  writeFileSync(config, `${readFileSync(config, 'utf8')}enforcement: report\n`)
  const { exit, stdout } = await run(['--config', config, '--method', 'GET', '--path', '/profile'])
  t.equal(exit, 0)
  t.match(stdout, /^Allowed: .* Would be denied: token_missing \(wanted one in header/)
  t.match(stdout, '\n  X-Gate-Would-Deny: token_missing\n')
})

t.test('an issuer that does not answer is waited for, and that is said', async (t) => {
  const { config, pool } = await setUp(t)
  const silent = createServer(() => undefined).listen(0, '127.0.0.1')
  await once(silent, 'listening')
  t.teardown(() => silent.close())
  const { port } = silent.address() as AddressInfo
  const { readFileSync, writeFileSync } = await import('node:fs')
  const text = readFileSync(config, 'utf8').replace(
    "issuer: '",
    `jwksUri: 'http://127.0.0.1:${port}/keys', $&`,
  )
  writeFileSync(config, `${text}jwks: { timeoutMs: 1300 }\n`)
  const words = ['--config', config, '--method', 'GET', '--path', '/profile']
  const { exit, stderr, stdout } = await run([...words, '--token', pool.idToken()])
  t.equal(exit, 77)
  t.equal(stderr, 'asking for the signing keys, for up to 1300 ms …\n')
  t.match(stdout, /^Refused: keys_unavailable/)
})
