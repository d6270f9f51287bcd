// An edge proxy that asks the built gate for decisions and forwards by itself, with the file of deploy/ as
// its users have it: only the addresses in it are replaced. Bytes go in and come out raw.
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Test } from 'tap'
import { createUserPool, type UserPool } from '../../../src/demo/user-pool.ts'
import { startRawUpstream, type Arrival } from '../../helpers/raw-upstream.ts'
import { agreement } from '../../helpers/raw-websocket.ts'
import { freePort } from './free-port.ts'
import { startGate, untilReady, type Gate } from './gate.ts'
import type { Program } from './program.ts'

export interface Edge {
  readonly pool: UserPool
  /** One that the gate could never get keys of: the authorizer of `/lost/{proxy+}`. */
  readonly lost: UserPool
  readonly gate: Gate
  /** Sends bytes to the edge proxy, and waits for the end of the connection or an answer that is enough. */
  readonly strike: (text: string, enough?: RegExp) => Promise<Outcome>
  /** Of the edge proxy. */
  readonly port: number
  /** What the service gets while something is done; '' is nothing. */
  readonly reachedBy: (act: () => Promise<unknown>) => Promise<string>
  /** What the gate's own listener answers to these bytes. */
  readonly askGate: (text: string) => Promise<string>
}

export interface Outcome {
  /** 0 when there was no answer. */
  readonly status: number
  readonly answer: string
  /** What the service got because of it; '' is nothing. */
  readonly reached: string
}

/** Starts the edge proxy with a file of deploy/ that `withAddresses` was applied to. */
export type StartProxy = (
  t: Test,
  withAddresses: (text: string) => string,
) => Program | Promise<Program>

export interface EdgeOptions {
  readonly apiType?: 'REST' | 'HTTP'
}

const configuration = (pool: UserPool, lost: UserPool, { apiType = 'REST' }: EdgeOptions) => `
apiType: ${apiType}
listen: { host: 127.0.0.1, port: 0 }
admin: { host: 127.0.0.1, port: 0 }
upstream: { url: 'http://127.0.0.1:9' }
decision: { enabled: true, port: 0 }
authorizers:
  pool: { type: COGNITO_USER_POOLS, userPoolIds: [${pool.poolId}], issuer: '${pool.issuer}' }
  lost: { type: COGNITO_USER_POOLS, userPoolIds: [${lost.poolId}], issuer: '${lost.issuer}' }
jwks: { startupWaitSeconds: 1 }
routes:
  - { path: /protected, method: ANY, authorizer: pool }
  - { path: '/orders/{id}', method: GET, authorizer: pool, authorizationScopes: [orders/read] }
  - { path: '/admin/{proxy+}', method: ANY, authorizer: pool, authorizationGroups: [admins] }
  - { path: '/lost/{proxy+}', method: ANY, authorizer: lost }
  - { path: '/denied', method: ANY, authorizationType: DENY }
  - { path: '/public/{proxy+}', method: ANY, authorizationType: NONE }
`

/** One request a connection; a handshake is agreed to. */
const serve = ({ socket, text }: Arrival): void => {
  const [head, body] = text.split('\r\n\r\n')
  const length = Number(/^content-length: *(\d+)/im.exec(head ?? '')?.[1] ?? 0)
  if (body === undefined || body.length < length) return
  if (/^transfer-encoding:/im.test(head ?? '') && !/\n0\r\n(?:.+\r\n)*\r\n$/.test(text)) return
  const upgrades = /^upgrade: websocket$/im.test(head ?? '')
  socket.end(
    upgrades ? agreement() : 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok',
  )
}

export const startEdge = async (
  t: Test,
  startProxy: StartProxy,
  options: EdgeOptions = {},
): Promise<Edge> => {
  const pool = await createUserPool({ poolId: 'eu-west-1_AbCdEf123', clientId: 'app' })
  t.teardown(() => pool.close())
  const lost = await createUserPool({ poolId: 'eu-west-1_Lost12345', clientId: 'app' })
  await lost.close()
  const service = await startRawUpstream(t, serve)
  const gate = await startGate(t, { config: configuration(pool, lost, options) })
  await untilReady(gate)
  const asked = gate.log().find(({ listener }) => listener === 'decision')
  const port = await freePort()
  const addresses: readonly (readonly [string, number])[] = [
    [':8000', port],
    [':9191', Number(asked?.['port'])],
    [':3000', service.port],
  ]
  const program = await startProxy(t, (text) =>
    addresses.reduce((all, [from, to]) => all.replaceAll(from, `:${to}`), text),
  )
  await program.until(() => accepts(port))
  const reachedBy: Edge['reachedBy'] = async (act) => {
    const before = service.received.length
    await act()
    return service.received.slice(before).join('')
  }
  const strike = async (text: string, enough?: RegExp): Promise<Outcome> => {
    let answer = ''
    const reached = await reachedBy(async () => (answer = await exchange(port, text, enough)))
    return { status: Number(/^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1] ?? 0), answer, reached }
  }
  const askGate = (text: string) => exchange(Number(new URL(gate.url).port), text)
  return { pool, lost, gate, strike, port, reachedBy, askGate }
}

const accepts = async (port: number): Promise<true | undefined> => {
  const socket = connect(port, '127.0.0.1')
  const accepted = await once(socket, 'connect').then(
    () => true as const,
    () => undefined,
  )
  socket.destroy()
  return accepted
}

const exchange = async (port: number, text: string, enough = /^\b$/): Promise<string> => {
  const socket = connect(port, '127.0.0.1')
  let answer = ''
  socket.on('data', (chunk) => {
    answer += chunk.toString('latin1')
    if (enough.test(answer)) socket.destroy()
  })
  socket.on('error', () => undefined)
  socket.setTimeout(20_000, () => socket.destroy())
  socket.write(text, 'latin1')
  await once(socket, 'close')
  return answer
}
