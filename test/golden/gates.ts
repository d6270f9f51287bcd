// The gates that the golden table is about, as configuration files.
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
  ephemeralListeners + common(places) + authorizers(places) + routes + own[gate]

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

/** Mocks, which exist for REST APIs alone, and mappings as these write them; they end `routes`. */
const restRoutes = `
  - { path: /mock, method: OPTIONS, authorizationType: NONE, mock: { statusCode: 200, headers: { Access-Control-Allow-Origin: 'https://app.example', Access-Control-Allow-Methods: 'GET,OPTIONS' } } }
  - { path: /mock, method: GET, authorizer: pool, mock: { statusCode: 204, headers: { Content-Type: text/plain } } }
  - path: '/mapped/{id}'
    method: GET
    authorizationType: NONE
    requestParameters:
      integration.request.header.X-Mapped-Literal: "'live'"
      integration.request.header.X-Mapped-Path: method.request.path.id
      integration.request.header.X-Mapped-Query: method.request.querystring.q
      integration.request.header.X-Mapped-Nothing: method.request.header.X-Nothing
  - path: /mapped-claims
    method: GET
    authorizer: pool
    requestParameters:
      integration.request.header.X-Mapped-Sub: context.authorizer.claims.sub
      integration.request.header.X-Mapped-Tenant: context.authorizer.claims.custom:tenant
  - path: /unusable
    method: GET
    authorizationType: NONE
    requestParameters: { integration.request.header.Content-Length: "'1'" }
`

const httpRoutes = `
  - path: '/mapped/{id}'
    method: GET
    authorizationType: NONE
    requestParameters:
      overwrite:header.X-Mapped-Joined: 'id-\${request.path.id}/\${request.querystring.q}'
      append:header.X-Mapped-Added: $request.path.id
      remove:header.X-Mapped-Removed: ''
      overwrite:header.X-Mapped-Nothing: $request.header.X-Nothing
  - path: /mapped-claims
    method: GET
    authorizer: partner
    requestParameters:
      overwrite:header.X-Mapped-Sub: $context.authorizer.claims.sub
      overwrite:header.X-Mapped-Tenant: $context.authorizer.claims.tenant
`

const cors = `
cors:
  allowOrigins: ['https://app.example']
  allowMethods: [GET, POST]
  allowHeaders: [authorization]
  exposeHeaders: [x-total]
  allowCredentials: true
  maxAge: 300
`

const own = {
  REST: `${restRoutes}apiType: REST\n`,
  HTTP: `${httpRoutes}apiType: HTTP\n`,
  custom: `${restRoutes}${gatewayResponses}`,
  cors: `apiType: HTTP\n${cors}`,
} satisfies Record<GateName, string>
