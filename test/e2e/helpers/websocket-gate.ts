// The gate with a user pool before the WebSocket service, and its books: what it counts, logs and holds
// open.
import { readdirSync, readlinkSync } from 'node:fs'
import { createUserPool, type UserPool } from '../../../src/demo/user-pool.ts'
import { ephemeralListeners, startGate, untilReady, type Gate } from './gate.ts'
import { scrape, sumOf, type Sample } from './metrics.ts'
import type { Scope } from './program.ts'
import { startEchoService, type EchoService } from './websocket-echo.ts'

export interface WebSocketGate {
  readonly gate: Gate
  readonly pool: UserPool
  readonly service: EchoService
  /** `Authorization: Bearer TOKEN` of a token that expires in so many seconds; an hour unless given. */
  readonly bearer: (ttlSeconds?: number) => Readonly<Record<string, string>>
}

export interface WebSocketGateOptions {
  /** The `websocket` section, in YAML's flow style without its braces. */
  readonly websocket?: string
  /** More lines of YAML, at top level. */
  readonly more?: string
}

/** Starts all three, with `/ws` for tokens and `/public/…`, `/silent` and `/refuse` for anyone. */
export const startWebSocketGate = async (
  scope: Scope,
  { websocket = '', more = '' }: WebSocketGateOptions = {},
): Promise<WebSocketGate> => {
  const [service, pool] = await Promise.all([
    startEchoService(scope),
    createUserPool({ poolId: 'eu-west-1_Sockets01', clientId: 'webapp' }),
  ])
  scope.teardown(() => pool.close())
  const gate = await startGate(scope, {
    config: `${ephemeralListeners}
upstream: { url: '${service.url}' }
log: { requests: all, maxPerSecond: 100000 }
websocket: { ${websocket} }
authorizers:
  pool: { type: COGNITO_USER_POOLS, userPoolIds: [${pool.poolId}], issuer: '${pool.issuer}' }
routes:
  - { path: /ws, method: ANY, authorizer: pool }
  - { path: '/public/{proxy+}', method: ANY, authorizationType: NONE }
  - { path: /silent, method: GET, authorizationType: NONE }
  - { path: /refuse, method: GET, authorizationType: NONE }
${more}
`,
  })
  await untilReady(gate)
  return {
    gate,
    pool,
    service,
    bearer: (ttlSeconds = 3600) => {
      const exp = Math.floor(Date.now() / 1000) + ttlSeconds
      return { authorization: `Bearer ${pool.idToken({ exp })}` }
    },
  }
}

/** Waits until neither the gate nor the service has a WebSocket left; gives the milliseconds it took. */
export const untilAllClosed = async ({ gate, service }: WebSocketGate): Promise<number> => {
  const begun = Date.now()
  await gate.program.until(async () => {
    if (sumOf(await scrape(gate.adminUrl), 'websockets_active') > 0) return undefined
    return (await service.state()).connections === 0 ? true : undefined
  })
  return Date.now() - begun
}

/** The WebSockets closed so far, by reason; without the reasons that there were none for. */
export const closedByReason = (samples: readonly Sample[]): Readonly<Record<string, number>> =>
  Object.fromEntries(
    samples
      .filter(({ name, value }) => name === 'cognito_gate_websockets_closed_total' && value > 0)
      .map(({ labels, value }) => [labels['reason'] ?? '', value]),
  )

/** How many sockets a process holds, by /proc. */
export const countSockets = (pid: number): number =>
  readdirSync(`/proc/${pid}/fd`).filter((fd) => isSocket(`/proc/${pid}/fd/${fd}`)).length

const isSocket = (path: string): boolean => {
  try {
    return readlinkSync(path).startsWith('socket:')
  } catch {
    // Closed since it was listed.
    return false
  }
}
