// Starts the built gate as its users do, and reads its addresses and its log from what it prints.
import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { startProgram, type Exit, type Program, type Scope } from './program.ts'
import { tempDir } from './temp-dir.ts'

export type LogLine = Readonly<Record<string, unknown>>

export interface Gate {
  /** `http://127.0.0.1:PORT` of the data listener. */
  readonly url: string
  /** The same of the admin listener. */
  readonly adminUrl: string
  readonly pid: number
  readonly program: Program
  readonly log: () => readonly LogLine[]
  /** Sends the signal and waits for the end. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<Exit>
}

export interface GateOptions {
  /** YAML text of the configuration file; without it the gate is started from its environment alone. */
  readonly config?: string
  readonly env?: Readonly<Record<string, string>>
  /** What runs `node`: a wrapper's words, as `unshare -m`. */
  readonly wrapper?: readonly string[]
  /** Words of `node`'s own; none unless given. */
  readonly flags?: readonly string[]
}

/** The built command line; npm and tap both run in the project's root. */
export const gateMain = resolve('dist/main.js')

/** What the image runs `node` with. */
export const imageFlags = (): readonly string[] => {
  const line = /^ENTRYPOINT (\[.*\])$/m.exec(readFileSync('Dockerfile', 'utf8'))
  const words = JSON.parse(String(line?.[1])) as readonly string[]
  return words.slice(1, -1)
}

/** Both listeners on ports of their own; the head of every configuration here. */
export const ephemeralListeners = `
listen: { host: 127.0.0.1, port: 0 }
admin: { host: 127.0.0.1, port: 0 }
`

/** Starts `cognito-gate serve` and waits until it listens. */
export const startGate = async (scope: Scope, options: GateOptions): Promise<Gate> => {
  const { wrapper = [], flags = [] } = options
  const config = configArguments(scope, options.config)
  const words = [...wrapper, process.execPath, ...flags, gateMain, 'serve', ...config]
  const program = startProgram(scope, String(words[0]), words.slice(1), { env: options.env ?? {} })
  const log = (): readonly LogLine[] => parseLog(program.stdout())
  const { data, admin } = await program.until(() => findAddresses(log()))
  return {
    url: data,
    adminUrl: admin,
    pid: program.pid,
    program,
    log,
    stop: (signal = 'SIGTERM') => {
      program.signal(signal)
      return program.exited
    },
  }
}

/** Waits until `/readyz` says that every authorizer has keys. */
export const untilReady = (gate: Gate): Promise<true> =>
  gate.program.until(async () => {
    const { status } = await fetch(`${gate.adminUrl}/readyz`)
    return status === 200 ? true : undefined
  })

const configArguments = (scope: Scope, config: string | undefined): readonly string[] => {
  if (config === undefined) return []
  const file = join(tempDir(scope), 'gate.yaml')
  writeFileSync(file, config)
  return ['--config', file]
}

/** Whole lines of the log; the last one may still be on its way. */
const parseLog = (text: string): readonly LogLine[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as LogLine)

const findAddresses = (
  log: readonly LogLine[],
): { readonly data: string; readonly admin: string } | undefined => {
  const data = addressOf(log, 'data')
  const admin = addressOf(log, 'admin')
  return data === undefined || admin === undefined ? undefined : { data, admin }
}

const addressOf = (log: readonly LogLine[], listener: string): string | undefined => {
  const line = log.find(({ msg, ...rest }) => msg === 'listening' && rest['listener'] === listener)
  // A wildcard host is reached through loopback.
  return line === undefined ? undefined : `http://127.0.0.1:${String(line['port'])}`
}
