// The gate as it is delivered: the built program with the flags of the image, every default as it is, a
// local key set.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ephemeralListeners, imageFlags, startGate, untilReady } from '../../e2e/helpers/gate.ts'
import { tempDir } from '../../e2e/helpers/temp-dir.ts'
import { measuredProcessor } from '../processors.ts'
import { scope as tokenScope, userPoolId } from '../tokens.ts'
import type { StartSystem, Surroundings } from './system.ts'

/** Starts a gate with five routes. */
export const startGateSystem: StartSystem = (surroundings) => startWith(surroundings, [])

/** Starts a gate with a thousand routes, those of the other cases last. */
export const startLargeGate: StartSystem = (surroundings) => startWith(surroundings, manyRoutes)

/** Starts a gate with one more route, for WebSockets with a token. */
export const startMessageGate: StartSystem = (surroundings) =>
  startWith(surroundings, [
    `{ path: ${messagesPath}, method: GET, authorizer: pool, authorizationScopes: [${tokenScope}] }`,
  ])

/** Path of the route that WebSockets are asked for. */
export const messagesPath = '/messages'

/** The configuration of every gate that is measured. */
export const gateConfiguration = (
  { scope, upstreamPort, issuer }: Surroundings,
  moreRoutes: readonly string[] = [],
): string => {
  const jwksFile = join(tempDir(scope), 'jwks.json')
  writeFileSync(jwksFile, JSON.stringify({ keys: [issuer.jwk] }))
  return `${ephemeralListeners}
upstream: { url: 'http://127.0.0.1:${upstreamPort}' }
authorizers:
  pool: { type: COGNITO_USER_POOLS, userPoolIds: [${userPoolId}], jwksFile: '${jwksFile}' }
routes:
${[...moreRoutes, ...fiveRoutes].map((route) => `  - ${route}`).join('\n')}
`
}

const fiveRoutes: readonly string[] = [
  '{ path: /public, method: GET, authorizationType: NONE }',
  "{ path: '/bodies/{size}', method: GET, authorizationType: NONE }",
  '{ path: /upload, method: POST, authorizationType: NONE }',
  `{ path: '/orders/{orderId}', method: [GET], authorizer: pool, authorizationScopes: [${tokenScope}] }`,
  "{ path: '/admin/{proxy+}', method: ANY, authorizer: pool, authorizationGroups: [admins] }",
]

const manyRoutes = Array.from(
  { length: 995 },
  (_, index) =>
    `{ path: '/service-${index % 50}/items-${index}/{id}', method: GET, authorizer: pool, authorizationScopes: [service/${index % 7}] }`,
)

const startWith = async (surroundings: Surroundings, moreRoutes: readonly string[]) => {
  const gate = await startGate(surroundings.scope, {
    flags: imageFlags(),
    config: gateConfiguration(surroundings, moreRoutes),
    wrapper: ['taskset', '-c', String(measuredProcessor)],
  })
  await untilReady(gate)
  return { url: gate.url, adminUrl: gate.adminUrl, group: gate.pid }
}
