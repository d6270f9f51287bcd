// The gate with its status page, a user pool and a service, and requests of every kind through it.
import { createSampleUpstream } from '../../../src/demo/upstream.ts'
import { createUserPool, type UserPool } from '../../../src/demo/user-pool.ts'
import { ephemeralListeners, startGate, untilReady, type Gate } from './gate.ts'
import type { Scope } from './program.ts'

export interface StatusGate {
  readonly gate: Gate
  readonly pool: UserPool
  /** `http://127.0.0.1:PORT` of the status page. */
  readonly statusUrl: string
  /** Sends a request with these headers, and reads its answer away. */
  readonly send: (path: string, headers?: Readonly<Record<string, string>>) => Promise<number>
}

/** Routes of a shop, two of them in report mode. `more` is YAML at their indentation. */
const routes = (more: string): string => `
routes:
  - { path: /health, method: GET, authorizationType: NONE }
  - { path: /orders, method: GET, authorizer: pool }
  - { path: '/orders/{orderId}', method: [GET, PUT], authorizer: pool, authorizationScopes: [orders/read, orders/admin] }
  - { path: '/admin/{proxy+}', method: ANY, authorizer: pool, authorizationGroups: [admins] }
  - { path: /partners, method: POST, authorizer: partner }
  - { path: '/reports/{proxy+}', method: GET, authorizer: pool, enforcement: report }
  - { path: /internal, method: ANY, authorizationType: DENY }
${more}`

/** Starts it all. The second authorizer's issuer is nowhere, so its keys cannot be fetched. */
export const startStatusGate = async (scope: Scope, more = ''): Promise<StatusGate> => {
  const [service, pool] = await Promise.all([
    createSampleUpstream(),
    createUserPool({ poolId: 'eu-west-1_Status001', clientId: 'webapp' }),
  ])
  scope.teardown(() => Promise.all([service.close(), pool.close()]))
  const gate = await startGate(scope, {
    config: `${ephemeralListeners}
statusPage: { enabled: true, port: 0 }
upstream: { url: '${service.url}' }
trustedProxies: [127.0.0.1/32]
jwks: { startupWaitSeconds: 1 }
authorizers:
  pool: { type: COGNITO_USER_POOLS, userPoolIds: [${pool.poolId}], issuer: '${pool.issuer}' }
  partner:
    type: JWT
    jwtConfiguration: { issuer: 'http://localhost:9/', audience: [orders] }
    jwksUri: 'http://localhost:9/keys'
${routes(more)}
`,
  })
  await untilReady(gate)
  const address = gate.log().find(({ listener }) => listener === 'status')
  return {
    gate,
    pool,
    statusUrl: `http://127.0.0.1:${String(address?.['port'])}`,
    send: async (path, headers = {}) => {
      const answer = await fetch(gate.url + path, { headers })
      await answer.arrayBuffer()
      return answer.status
    },
  }
}

/** A morning's requests: most are allowed, some refused for each reason that is common. */
export const sendMorning = async ({ pool, send }: StatusGate): Promise<void> => {
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
  const access = bearer(pool.accessToken({ scope: 'orders/read' }))
  const id = bearer(pool.idToken({ sub: 'jane' }))
  const requests: readonly (readonly [number, string, Readonly<Record<string, string>>?])[] = [
    [40, '/health'],
    [60, '/orders', id],
    [45, '/orders/7', access],
    [3, '/orders/7', id],
    [2, '/orders/8', bearer(pool.accessToken({ scope: 'profile' }))],
    [5, '/orders'],
    [4, '/orders', bearer(pool.idToken({ exp: 1_700_000_000 }))],
    [2, '/admin/users', id],
    [6, '/reports/july'],
    [2, '/internal'],
    [3, '/wp-login.php'],
    [2, '/orders/7%2Fitems'],
    [1, '/orders', bearer('not-a-token')],
  ]
  for (const [times, path, headers] of requests) {
    for (let sent = 0; sent < times; sent += 1) await send(path, headers)
  }
}
