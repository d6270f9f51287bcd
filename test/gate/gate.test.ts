import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { createGate, createGateServer } from '../../src/gate/gate.ts'
import type { RequestLine } from '../../src/observe/request-log.ts'
import { createKeyStore } from '../../src/token/keys.ts'
import { configurationOf, lastingParts, silent } from './building.ts'

t.test('a gate behind its listener answers by its own table', async (t) => {
  const configuration = configurationOf(
    `
upstream: { url: 'http://127.0.0.1:9' }
authorizers: { pool: { type: COGNITO_USER_POOLS, userPoolIds: [eu-west-1_AbCdEf123] } }`,
    `
  - { path: /mock, method: GET, authorizationType: NONE, mock: { statusCode: 204 } }
  - { path: /token, method: GET, authorizer: pool }
  - { path: /upstream, method: GET, authorizationType: NONE }`,
  )
  const { settings } = configuration
  const { metrics, cache, clock, isRevoked } = lastingParts()
  const issuers = settings.authorizers.flatMap((authorizer) => authorizer.issuers)
  const load = () => Promise.reject(new Error('unused'))
  const shared = { settings, clock, recorder: metrics, log: silent }
  const keys = createKeyStore({ ...shared, issuers, jwks: settings.jwks, load })
  const gate = createGate({ ...shared, ...configuration, keys, cache, isRevoked })
  const lines: RequestLine[] = []
  const server = createGateServer(gate, {
    ...shared,
    requestLog: { wants: () => true, write: (line) => void lines.push(line) },
    draining: () => false,
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(async () => {
    server.close()
    server.closeAllConnections()
    await gate.forwarder.close()
  })
  const { port } = server.address() as AddressInfo
  const status = async (path: string) => (await fetch(`http://127.0.0.1:${port}${path}`)).status
  t.equal(await status('/mock'), 204)
  t.equal(await status('/token'), 401)
  t.equal(await status('/upstream'), 504)
  t.equal(await status('/elsewhere'), 403)
})
