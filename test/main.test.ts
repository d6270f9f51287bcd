// The built program as its users start it: a process with words, an environment and signals.
import { spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const jwks = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'a', use: 'sig' }] }

const run = (args: readonly string[], env: Record<string, string> = {}) =>
  new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    // tap's loader and coverage come with execArgv and NODE_OPTIONS.
    const child = spawn(process.execPath, [...process.execArgv, main, ...args], {
      env: { ...process.env, UPSTREAM_URL: '', CONFIG_FILE: '', ...env },
    })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => {
      const wasListening = stdout.includes('"listener":"data"')
      stdout += chunk.toString()
      if (!wasListening && stdout.includes('"listener":"data"')) child.kill('SIGINT')
    })
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })

t.test('help, version and wrong words', async (t) => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  const help = await run(['--help'])
  t.equal(help.code, 0)
  t.match(help.stdout, /^Usage: cognito-gate/)
  t.strictSame(await run(['--version']), { code: 0, stdout: `${version}\n`, stderr: '' })
  t.strictSame(await run(['sevre']), {
    code: 64,
    stdout: '',
    stderr: 'cognito-gate: unknown command "sevre"; see cognito-gate --help\n',
  })
  t.equal((await run(['check', '--help'])).code, 0)
})

t.test('no words, or options alone, mean serve', async (t) => {
  const bare = await run([])
  t.equal(bare.code, 78)
  t.match(bare.stderr, 'UPSTREAM_URL')
  const missing = await run(['--config', '/nowhere/gate.yaml'])
  t.equal(missing.code, 78)
  t.match(missing.stderr, '/nowhere/gate.yaml')
})

t.test('a gate starts, says where it listens, and ends on a signal', async (t) => {
  const dir = t.testdir({
    'keys.json': JSON.stringify(jwks),
    'gate.yaml': `
authorizers:
  pool: { type: COGNITO_USER_POOLS, userPoolIds: [eu-west-1_AbCdEf123], jwksFile: KEYS }
`,
  })
  const file = `${dir}/gate.yaml`
  writeFileSync(file, readFileSync(file, 'utf8').replace('KEYS', `${dir}/keys.json`))
  const { code, stdout, stderr } = await run(['serve'], {
    UPSTREAM_URL: 'http://127.0.0.1:9',
    CONFIG_FILE: file,
    LISTEN_PORT: '0',
    ADMIN_PORT: '0',
  })
  t.equal(stderr, '')
  t.equal(code, 0)
  t.match(stdout, /"msg":"stopped; nothing was cut"/)
})
