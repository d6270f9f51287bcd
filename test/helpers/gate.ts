// The whole gate as an operator would run it, before an upstream that records raw bytes; and a client
// that sends raw bytes. For tests that ask what one side makes of what the other sent.
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import type { Test } from 'tap'
import { createApp } from '../../src/app.ts'
import { loadSettings } from '../../src/config/load.ts'
import { unwrap } from '../../src/core/result.ts'
import { createUserPool, type UserPool } from '../../src/demo/user-pool.ts'
import { systemClock } from '../../src/observe/clock.ts'
import { createLogger } from '../../src/observe/log.ts'
import { compileRoutes } from '../../src/routing/table.ts'
import { startRawUpstream, type Arrival, type RawUpstream } from './raw-upstream.ts'
import { untilReady } from './shell.ts'
import { readExport } from '../../src/openapi/read.ts'

export interface Gate {
  readonly pool: UserPool
  readonly upstream: RawUpstream
  readonly port: number
  readonly adminPort: number
  /** 0 when `extra` enables no decisions. */
  readonly decisionPort: number
  /** 0 when `extra` enables no status page. */
  readonly statusPort: number
  /** Stops it, with no delay unless one is given. */
  readonly stop: (drainDelayMs?: number) => Promise<{ readonly cut: number }>
  /** As on SIGHUP. */
  readonly reload: () => Promise<void>
  /** Log lines so far. */
  readonly logged: readonly string[]
  /** Sends bytes and gives back all that is answered until the connection ends. */
  readonly exchange: (text: string) => Promise<string>
  /** The same at the listener for decisions. */
  readonly ask: (text: string) => Promise<string>
  /** What the upstream got, all connections together. */
  readonly reached: () => string
}

/** The routes that most attacks are about: one protected, one public, one for admins, one denied. */
export const usualRoutes = `
routes:
  - { path: /protected, method: ANY, authorizer: pool }
  - { path: '/admin/{proxy+}', method: ANY, authorizer: pool, authorizationGroups: [admins] }
  - { path: '/public/{proxy+}', method: ANY, authorizationType: NONE }
  - { path: /denied, method: ANY, authorizationType: DENY }
`

/** Answers each request as soon as its head has come, and closes: one request per connection. */
const answerAndClose = ({ socket, text }: Arrival): void => {
  if (text.includes('\r\n\r\n')) {
    socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok')
  }
}

/**
 * Starts it with keys at hand; it ends with the test. `extra` is YAML beside the usual keys; a
 * `listen`, `shutdown` or `upstream` in it replaces the usual one, and UPSTREAM stands for the raw one's
 * host and port.
 * `upstreamPort` is that of another upstream in place of the raw one; `authorizer` is more of the
 * authorizer's keys, in YAML's flow style.
 */
export const startGate = async (
  t: Test,
  extra = usualRoutes,
  script: (arrival: Arrival) => void = answerAndClose,
  { upstreamPort, authorizer = '' }: { upstreamPort?: number; authorizer?: string } = {},
): Promise<Gate> => {
  const pool = await createUserPool({ poolId: 'eu-west-1_AbCdEf123', clientId: 'app' })
  t.teardown(() => pool.close())
  const upstream = await startRawUpstream(t, script)
  const logged: string[] = []
  const app = await createGate(
    `${t.testdir({})}/gate.yaml`,
    logged,
    configuration(`127.0.0.1:${upstreamPort ?? upstream.port}`, pool, { extra, authorizer }),
  )
  const { data, admin, decision, status } = await app.start()
  const decisionPort = decision?.port ?? 0
  let stopped: ReturnType<typeof app.stop> | undefined
  const stop = (drainDelayMs = 0) => (stopped ??= app.stop(drainDelayMs))
  t.teardown(() => stop())
  await untilReady(`http://127.0.0.1:${admin.port}`)
  return {
    pool,
    upstream,
    port: data.port,
    adminPort: admin.port,
    decisionPort,
    statusPort: status?.port ?? 0,
    stop,
    reload: app.reload,
    logged,
    exchange: (text) => exchange(data.port, text),
    ask: (text) => exchange(decisionPort, text),
    reached: () => upstream.received.join(''),
  }
}

const configuration = (
  upstream: string,
  pool: UserPool,
  { extra, authorizer }: { readonly extra: string; readonly authorizer: string },
): string => `
${/^listen:/m.test(extra) ? '' : 'listen: { host: 127.0.0.1, port: 0 }'}
admin: { host: 127.0.0.1, port: 0 }
${/^upstream:/m.test(extra) ? '' : `upstream: { url: 'http://${upstream}' }`}
${/^shutdown:/m.test(extra) ? '' : 'shutdown: { graceMs: 200 }'}
authorizers:
  pool: { type: COGNITO_USER_POOLS, userPoolIds: [${pool.poolId}], issuer: '${pool.issuer}', ${authorizer} }
${extra.replaceAll('UPSTREAM', upstream)}
`

const createGate = async (file: string, logged: string[], text: string) => {
  writeFileSync(file, text)
  const settings = unwrap(await loadSettings({ file, env: {}, checkRoutes: () => [], readExport }))
  const table = unwrap(compileRoutes(settings.routes))
  const log = createLogger({ level: 'info' }, { write: (line) => void logged.push(line) })
  return createApp({ settings, table, log, clock: systemClock, version: '0' })
}

const exchange = async (port: number, text: string): Promise<string> => {
  const socket = connect(port, '127.0.0.1')
  let answer = ''
  socket.on('data', (chunk) => (answer += chunk.toString('latin1')))
  socket.on('error', () => undefined)
  socket.write(text, 'latin1')
  await once(socket, 'close')
  return answer
}

/** A request's bytes, with `Host` and `Connection: close` in place. */
export const requestText = (line: string, headers: readonly string[] = [], body = ''): string =>
  [`${line} HTTP/1.1`, 'Host: gate', 'Connection: close', ...headers, '', body].join('\r\n')

/** Header lines of the first request that the upstream got, as they came. */
export const headerLines = (text: string): readonly string[] =>
  text.split('\r\n\r\n')[0]?.split('\r\n').slice(1) ?? []

/** The values that the upstream saw under a name, whatever its spelling. */
export const valuesOf = (text: string, name: string): readonly string[] => {
  const fold = (header: string) => header.toLowerCase().replace(/[^a-z0-9]/g, '_')
  return headerLines(text)
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()])
    .filter(([header]) => fold(header ?? '') === fold(name))
    .map(([, value]) => value ?? '')
}
