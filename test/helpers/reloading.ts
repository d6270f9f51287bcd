// The gate as `serve` runs it, beside a configuration file that a test changes: by SIGHUP at once, or left
// to be noticed.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { serve } from '../../src/commands/serve.ts'
import { createUserPool, type UserPool } from '../../src/demo/user-pool.ts'
import { createShell, until, untilReady } from './shell.ts'

export interface Reloading {
  readonly pool: UserPool
  readonly folder: string
  readonly file: string
  readonly url: string
  readonly adminUrl: string
  /** Empty without a listener for decisions. */
  readonly decisionUrl: string
  /** Writes the file, with what every one needs in front of `text`. */
  readonly write: (text: string) => void
  /** Sends a SIGHUP and waits for what comes of it, which is given back as the line of the log. */
  readonly hangup: () => Promise<Record<string, unknown>>
  /** Writes the file and sends a SIGHUP; fails if it was not taken. */
  readonly apply: (text: string) => Promise<void>
  /** Lines about reloads so far. */
  readonly outcomes: () => readonly Record<string, unknown>[]
  readonly lines: () => readonly Record<string, unknown>[]
  readonly status: (path: string, headers?: Record<string, string>) => Promise<number>
  readonly metric: (name: string) => Promise<number | undefined>
  readonly signal: (name: 'SIGTERM' | 'SIGINT') => void
}

export interface ReloadingOptions {
  /** Before `routes` and the like; the usual listeners, pool and upstream are there already. */
  readonly text: string
  readonly upstreamUrl?: string
  readonly env?: Record<string, string>
  /** What every file begins with, instead of the usual. */
  readonly head?: (pool: UserPool) => string
}

const messages = [
  'configuration reloaded',
  'configuration read again; it is the one in force',
  'configuration not reloaded; the one of before stays in force',
]

/** Starts it and waits until it is ready; it ends with the test. */
export const startReloading = async (t: Test, options: ReloadingOptions): Promise<Reloading> => {
  const pool = await createUserPool({ poolId: 'eu-west-1_AbCdEf123', clientId: 'app' })
  t.teardown(() => pool.close())
  const folder = t.testdir({})
  const file = join(folder, 'gate.yaml')
  const head = options.head ?? usualHead(options.upstreamUrl ?? 'http://127.0.0.1:9')
  const write = (text: string): void => writeFileSync(file, `${head(pool)}\n${text}\n`)
  write(options.text)
  const { shell, lines, signal, hangup, state } = createShell(options.env)
  const exit = serve(['--config', file], shell)
  t.teardown(async () => {
    signal('SIGINT')
    await exit
  })
  await until(() => state.stderr !== '' || lines().some((line) => line['listener'] === 'data'))
  if (state.stderr !== '') throw new Error(state.stderr)
  const urlOf = (listener: string): string => {
    const line = lines().find((entry) => entry['listener'] === listener)
    return line === undefined ? '' : `http://127.0.0.1:${String(line['port'])}`
  }
  const [url, adminUrl] = [urlOf('data'), urlOf('admin')]
  await untilReady(adminUrl)
  await new Promise(setImmediate)
  const outcomes = () => lines().filter(({ msg }) => messages.includes(String(msg)))
  const hangUp = async (): Promise<Record<string, unknown>> => {
    const before = outcomes().length
    hangup()
    await until(() => outcomes().length > before)
    return outcomes()[before] as Record<string, unknown>
  }
  return {
    pool,
    folder,
    file,
    url,
    adminUrl,
    decisionUrl: urlOf('decision'),
    write,
    hangup: hangUp,
    apply: async (text) => {
      write(text)
      const outcome = await hangUp()
      if (outcome['msg'] !== messages[0]) throw new Error(JSON.stringify(outcome))
    },
    outcomes,
    lines,
    status: async (path, headers = {}) => {
      const answer = await fetch(url + path, { headers })
      await answer.arrayBuffer()
      return answer.status
    },
    metric: async (name) => {
      const text = await (await fetch(`${adminUrl}/metrics`)).text()
      const line = text.split('\n').find((each) => each.startsWith(`cognito_gate_${name} `))
      return line === undefined ? undefined : Number(line.split(' ').at(-1))
    },
    signal,
  }
}

export const usualHead =
  (upstreamUrl: string) =>
  (pool: UserPool): string => `
listen: { host: 127.0.0.1, port: 0 }
admin: { host: 127.0.0.1, port: 0 }
upstream: { url: '${upstreamUrl}' }
shutdown: { drainDelayMs: 0, graceMs: 500 }
authorizers:
  pool: { type: COGNITO_USER_POOLS, userPoolIds: [${pool.poolId}], issuer: '${pool.issuer}' }`
