// The three gates that the golden table is about, as configuration files.
import { ephemeralListeners } from '../e2e/helpers/gate.ts'
import type { KeyServer } from '../helpers/key-server.ts'
import type { GateName } from './row.ts'
import { maxTokenBytes, offlineIssuer } from './tokens.ts'
import { heldPath } from './upstream.ts'

/** Where the gate finds the rest of the world. */
export interface Places {
  readonly upstreamPort: number
  readonly issuer: Pick<KeyServer, 'issuer' | 'jwksUri'>
  /** A file that revokes the tokens of `revokedSubject`. */
  readonly denyListFile: string
}

/** The limit that 413 answers name. */
export const maxBodyBytes = 1000
export const maxHeaderBytes = 8192

/** The configuration of a gate. */
export const configurationOf = (gate: GateName, places: Places): string =>
  ephemeralListeners + common(places) + authorizers(places) + routes + apis[gate]

const common = ({ upstreamPort, denyListFile }: Places): string => `
upstream:
  url: 'http://127.0.0.1:${upstreamPort}'
  responseTimeoutMs: 20000
  maxConnections: 1
  maxQueued: 1
  queueTimeoutMs: 200
limits:
  maxHeaderBytes: ${maxHeaderBytes}
  maxTokenBytes: ${maxTokenBytes}
  maxBodyBytes: ${maxBodyBytes}
  headersTimeoutMs: 300
denyList: { file: '${denyListFile}' }
log: { maxPerSecond: 1000 }
shutdown: { drainDelayMs: 0, graceMs: 0 }
`

const pool = (name: string, { issuer, jwksUri }: Places['issuer'], more = ''): string => `
  ${name}:
    type: COGNITO_USER_POOLS
    userPoolIds: [eu-west-1_AbCdEf]
    issuer: '${issuer}'
    jwksUri: '${jwksUri}'
    ${more}`

const authorizers = ({ issuer }: Places): string => `
authorizers:
  ${pool('pool', issuer)}
  ${pool('clients', issuer, 'clientIds: [app]')}
  ${pool('audience', issuer, 'identityValidationExpression: app')}
  ${pool('aged', issuer, 'maxTokenAgeSeconds: 60')}
  ${pool('offline', { issuer: offlineIssuer, jwksUri: `${offlineIssuer}/jwks.json` })}
  partner:
    type: JWT
    jwtConfiguration: { issuer: '${issuer.issuer}', audience: [orders] }
    jwksUri: '${issuer.jwksUri}'
`

const routes = `
routes:
  - { path: /orders, method: GET, authorizer: pool }
  - { path: /orders/scoped, method: GET, authorizer: pool, authorizationScopes: [orders/read, orders/admin] }
  - { path: /orders/groups, method: GET, authorizer: pool, authorizationGroups: [admins] }
  - { path: /orders/claims, method: GET, authorizer: pool, requiredClaims: { 'custom:tenant': acme } }
  - { path: /clients, method: GET, authorizer: clients }
  - { path: /audience, method: GET, authorizer: audience }
  - { path: /aged, method: GET, authorizer: aged }
  - { path: /offline, method: GET, authorizer: offline }
  - { path: /partner, method: GET, authorizer: partner }
  - { path: /partner/scoped, method: GET, authorizer: partner, authorizationScopes: [orders/read, orders/admin] }
  - { path: /denied, method: GET, authorizationType: DENY }
  - { path: /public, method: [GET, POST], authorizationType: NONE }
  - { path: /impatient, method: GET, authorizationType: NONE, responseTimeoutMs: 150 }
  - { path: ${heldPath}, method: GET, authorizationType: NONE }
`

const gatewayResponses = `
stage: live
stageVariables: { origin: 'https://app.example' }
gatewayResponses:
  DEFAULT_4XX:
    statusCode: '422'
    responseParameters:
      gatewayresponse.header.Access-Control-Allow-Origin: stageVariables.origin
      gatewayresponse.header.X-Stage: context.stage
      gatewayresponse.header.X-Echo: method.request.querystring.echo
    responseTemplates:
      application/xml: '<error type="$context.error.responseType">$method.request.querystring.echo</error>'
      application/json: |
        {"type":"$context.error.responseType","message":$context.error.messageString,
        "text":"$context.error.message","path":"$context.path",
        "quoted":"$method.request.querystring.echo","bare":$method.request.querystring.echo}
      text/html; charset=utf-8: '<p title="$method.request.querystring.echo">$context.requestId</p>'
      text/plain: 'no: $method.request.querystring.echo'
  UNAUTHORIZED:
    responseParameters: { gatewayresponse.header.WWW-Authenticate: "'Bearer'" }
  MISSING_AUTHENTICATION_TOKEN: { statusCode: 404 }
  ACCESS_DENIED:
    statusCode: 302
    responseParameters:
      gatewayresponse.header.Location: "'https://app.example/login'"
      gatewayresponse.header.X-Nothing: method.request.header.X-Nothing
      gatewayresponse.header.content-type: "'text/plain'"
    responseTemplates: { application/json: '' }
  AUTHORIZER_FAILURE:
    responseParameters: { gatewayresponse.header.X-Own: "'1'" }
  DEFAULT_5XX:
    statusCode: 599
    responseTemplates:
      application/json: '{"id":"$context.requestId","extended":"$context.extendedRequestId"}'
  INTEGRATION_TIMEOUT:
    responseTemplates: { text/plain: 'too late' }
  REQUEST_TOO_LARGE:
    statusCode: 400
    responseTemplates: { text/plain: 'never seen' }
`

const apis = {
  REST: 'apiType: REST\n',
  HTTP: 'apiType: HTTP\n',
  custom: gatewayResponses,
} satisfies Record<GateName, string>
