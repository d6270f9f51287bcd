#!/usr/bin/env node
// The command line: picks a command and gives it the process it runs in. The only file that touches
// `process`.
import { readFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { describeCrash, describeLostOutput } from './commands/crash.ts'
import { nodeProblem } from './commands/node-floor.ts'
import { exitCodes, type Command, type Shell } from './commands/shell.ts'
import { describeUnknownCommand } from './commands/wrong-word.ts'

const usage = `Usage: cognito-gate [COMMAND] [OPTIONS]

  serve    run the gate (the default)
  check    load the configuration, print the route table and every problem
  explain  say what would become of one request, and why
  import   turn an API Gateway export into a configuration
  demo     a tour of the gate on an embedded user pool and a sample service

  --help      this text; after a command, its own
  --version   the version
`

// Each is read when it is asked for: `check` needs no server, and an older Node.js is told so before it
// meets what it cannot read.
const commands: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ['serve', async () => (await import('./commands/serve.ts')).serve],
  ['check', async () => (await import('./commands/check.ts')).check],
  ['explain', async () => (await import('./commands/explain.ts')).explain],
  ['import', async () => (await import('./commands/import.ts')).importExport],
  ['demo', async () => (await import('./commands/demo.ts')).demo],
])

const { version } = JSON.parse(
  readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
) as { version: string }

const shell: Shell = {
  env: process.env,
  version,
  // Only touched by a command that reads it: it would keep the process alive.
  get stdin() {
    return process.stdin
  },
  stdout: process.stdout,
  stderr: process.stderr,
  onSignal: (listener) => {
    process.on('SIGTERM', listener)
    process.on('SIGINT', listener)
  },
  onHangup: (listener) => {
    process.on('SIGHUP', listener)
  },
  onFault: (listener) => {
    process.on('uncaughtException', listener)
    process.on('unhandledRejection', listener)
  },
  exit: (code) => process.exit(code),
}

// Whoever reads the log may go away first. Without a listener the failed write is an uncaught error,
// which is logged, which fails: the gate would do nothing else from then on.
let lost: unknown
process.stdout.on('error', (error) => {
  lost ??= error
})
process.stderr.on('error', () => undefined)

const tell = (line: string): void => {
  shell.stderr.write(`cognito-gate: ${line}\n`)
}

const main = async (words: readonly string[]): Promise<number> => {
  const problem = nodeProblem(process.versions.node)
  if (problem !== undefined) {
    shell.stderr.write(`${problem}\n`)
    return exitCodes.failed
  }
  const [first = 'serve', ...rest] = words
  if (first === '--help' || first === '--version') {
    shell.stdout.write(first === '--help' ? usage : `${version}\n`)
    return exitCodes.ok
  }
  // Options without a command are serve's.
  const [name, options] = first.startsWith('-') ? ['serve', words] : [first, rest]
  const load = commands.get(name)
  if (load === undefined) {
    tell(`${describeUnknownCommand(name, [...commands.keys()])}; see cognito-gate --help`)
    return exitCodes.usage
  }
  if (options[0] === '--version') {
    shell.stdout.write(`${version}\n`)
    return exitCodes.ok
  }
  const command = await load()
  growHeapSlowly()
  const code = await command(options, shell)
  // The log of a gate may have found its disk full for a while; what others print is their result.
  return name === 'serve' ? code : afterOutput(code)
}

/**
 * V8 would let the old generation double before it collects tokens that the cache has let go.
 * Measured with 90,000 requests, each with another token, and the default cache: 254 MiB resident
 * become 158, for no processor time that could be told from noise. Set before the program is loaded,
 * it collects again and again what is there to stay: an eighth of the start on Node.js 24.
 */
const growHeapSlowly = (): void => setFlagsFromString('--heap-growing-percent=20')

/** A failed write is told a turn later. Half a configuration must not pass for a whole one. */
const afterOutput = async (code: number): Promise<number> => {
  await new Promise((resolve) => setImmediate(resolve))
  const problem = lost === undefined ? undefined : describeLostOutput(lost)
  if (problem === undefined) return code
  tell(problem)
  return exitCodes.failed
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  tell(describeCrash(error))
  return exitCodes.failed
})
