// The built program as its users start it: a process with words, an environment and signals.
import { spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const jwks = { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'a', use: 'sig' }] }

interface Started {
  /** A module that is loaded before the program. */
  readonly preload?: string
  /** What it is given to read; nothing is closed, as at a terminal. */
  readonly stdin?: string
  /** Signals to send, each once the text before it was logged. */
  readonly signals?: readonly (readonly [logged: string, signal: NodeJS.Signals])[]
  /** Text upon which the reader of the log goes away. */
  readonly leave?: string
}

const run = (
  args: readonly string[],
  env: Record<string, string> = {},
  { preload = '', stdin = '', signals = [], leave }: Started = {},
) =>
  new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    // tap's loader and coverage come with execArgv and NODE_OPTIONS.
    const imports = ['--import', `data:text/javascript,${preload}`]
    const child = spawn(process.execPath, [...process.execArgv, ...imports, main, ...args], {
      env: { ...process.env, UPSTREAM_URL: '', CONFIG_FILE: '', ...env },
    })
    // A program that reads nothing may be gone before it is written.
    child.stdin.on('error', () => undefined).write(stdin)
    let stdout = ''
    let stderr = ''
    let sent = 0
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString()
      if (leave !== undefined && stdout.includes(leave)) child.stdout.destroy()
      const [logged, signal] = signals[sent] ?? []
      if (logged === undefined || !stdout.includes(logged)) return
      sent += 1
      child.kill(signal)
    })
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })

const listening = '"listener":"data"'

t.test('help, version and wrong words', async (t) => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  const help = await run(['--help'])
  t.equal(help.code, 0)
  t.match(help.stdout, /^Usage: cognito-gate/)
  t.strictSame(await run(['--version']), { code: 0, stdout: `${version}\n`, stderr: '' })
  t.strictSame(await run(['sevre']), {
    code: 64,
    stdout: '',
    stderr: 'cognito-gate: unknown command "sevre"; did you mean serve?; see cognito-gate --help\n',
  })
  t.equal((await run(['check', '--help'])).code, 0)
  t.equal((await run(['check', '--version'])).stdout, `${version}\n`)
})

t.test(
  'a result that could not be written is a failure, but for a reader who has enough',
  async (t) => {
    const failing = (code: string) =>
      `process.stdout._write = (chunk, encoding, done) => done(Object.assign(new Error("no"), { code: "${code}" }))`
    t.strictSame(await run(['check', '--help'], {}, { preload: failing('ENOSPC') }), {
      code: 1,
      stdout: '',
      stderr:
        'cognito-gate: standard output cannot be written: no space left on the device; what was written is not whole\n',
    })
    const left = await run(['check', '--help'], {}, { preload: failing('EPIPE') })
    t.strictSame(left, { code: 0, stdout: '', stderr: '' })
  },
)

t.test('a program that cannot go on says so', async (t) => {
  const preload =
    'const real = process.versions; const error = Object.assign(new Error("many"), { code: "EMFILE" });' +
    'const get = () => { if (new Error().stack.includes("src/main.ts")) throw error; return real };' +
    'Object.defineProperty(process, "versions", { get })'
  t.strictSame(await run(['--version'], {}, { preload }), {
    code: 1,
    stdout: '',
    stderr: 'cognito-gate: too many open files (EMFILE); raise the limit on them (ulimit -n)\n',
  })
})

t.test('no words, or options alone, mean serve', async (t) => {
  const bare = await run([])
  t.equal(bare.code, 78)
  t.match(bare.stderr, 'UPSTREAM_URL')
  const missing = await run(['--config', '/nowhere/gate.yaml'])
  t.equal(missing.code, 78)
  t.match(missing.stderr, '/nowhere/gate.yaml')
})

t.test('an old Node.js is turned away with one line', async (t) => {
  const preload =
    'Object.defineProperty(process,"versions",{value:{...process.versions,node:"18.20.8"}})'
  t.strictSame(await run(['--version'], {}, { preload }), {
    code: 1,
    stdout: '',
    stderr: 'cognito-gate needs Node.js 20.20.0 or newer; this is 18.20.8\n',
  })
})

const gateEnvironment = (t: Test): Record<string, string> => {
  const dir = t.testdir({
    'keys.json': JSON.stringify(jwks),
    'gate.yaml': `
authorizers:
  pool: { type: COGNITO_USER_POOLS, userPoolIds: [eu-west-1_AbCdEf123], jwksFile: keys.json }
`,
  })
  return {
    UPSTREAM_URL: 'http://127.0.0.1:9',
    CONFIG_FILE: `${dir}/gate.yaml`,
    LISTEN_PORT: '0',
    ADMIN_PORT: '0',
  }
}

t.test('a gate starts, says where it listens, and ends on a signal', async (t) => {
  const signals = [
    [listening, 'SIGHUP'],
    ['"msg":"reloading"', 'SIGINT'],
  ] as const
  const { code, stdout, stderr } = await run(['serve'], gateEnvironment(t), { signals })
  t.equal(stderr, '')
  t.equal(code, 0)
  t.match(stdout, /"msg":"stopped; nothing was cut"/)
})

t.test('a request is explained, and the process then ends by itself', async (t) => {
  const env = gateEnvironment(t)
  const words = ['explain', '--method', 'GET', '--path', '/orders/7']
  const missing = await run(words, env)
  t.equal(missing.stderr, '')
  t.equal(missing.code, 77)
  t.match(missing.stdout, /^Refused: token_missing /)
  const given = await run([...words, '--token', '-'], env, { stdin: 'a.b\n' })
  t.equal(given.code, 77)
  t.match(given.stdout, /^Refused: token_malformed /)
})

t.test('a second signal ends it at once', async (t) => {
  const signals = [
    [listening, 'SIGTERM'],
    ['"msg":"draining"', 'SIGINT'],
  ] as const
  const { code, stdout } = await run([], gateEnvironment(t), { signals })
  t.equal(code, 1)
  t.notMatch(stdout, /stopped/)
})

t.test('an error that nobody caught ends nothing', async (t) => {
  const preload = 'process.on("SIGUSR2",()=>{throw new Error("boom")})'
  const signals = [
    [listening, 'SIGUSR2'],
    ['a bug: nobody caught this error; the gate goes on', 'SIGINT'],
  ] as const
  const { code, stdout } = await run([], gateEnvironment(t), { preload, signals })
  t.equal(code, 0)
  t.match(stdout, /"level":"error".*boom/)
})

t.test(
  'a reader of the log that goes away neither ends the gate nor sets it spinning',
  async (t) => {
    const preload =
      'let faults=0;process.on("uncaughtExceptionMonitor",()=>faults++);' +
      'process.on("exit",()=>process.stderr.write("faults: "+faults))'
    const signals = [[listening, 'SIGTERM']] as const
    const started = { preload, signals, leave: listening }
    // What follows the signal is logged to nobody: that it drains, and that it has stopped.
    const { code, stderr } = await run([], gateEnvironment(t), started)
    t.equal(code, 0)
    t.equal(stderr, 'faults: 0')
  },
)
