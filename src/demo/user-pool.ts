// An embedded Cognito user pool for the demo and the tests: real RSA keys, real signatures, a real
// HTTP server for the key set. It signs what it is told to; it is no identity provider.
import {
  createSign,
  generateKeyPair,
  randomUUID,
  type JsonWebKey,
  type KeyObject,
} from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { promisify } from 'node:util'

/** Claims to add to a token, or to replace; a claim whose value is undefined is left out. */
export type ClaimOverrides = Readonly<Record<string, unknown>>

export interface UserPool {
  readonly poolId: string
  readonly clientId: string
  /** `http://127.0.0.1:PORT/POOLID`. */
  readonly issuer: string
  readonly jwksUri: string
  /** The document that `jwksUri` serves. */
  readonly jwks: () => { readonly keys: readonly JsonWebKey[] }
  /** A signed ID token of one hour, with the claims that Cognito puts there. */
  readonly idToken: (claims?: ClaimOverrides) => string
  /** A signed access token of one hour, with the claims that Cognito puts there. */
  readonly accessToken: (claims?: ClaimOverrides) => string
  readonly close: () => Promise<void>
}

export interface UserPoolOptions {
  readonly poolId: string
  readonly clientId: string
  /** The wall clock that `iat` and `exp` are counted from; milliseconds since the epoch. */
  readonly nowMs?: () => number
  /** Address to listen on; 127.0.0.1 unless given. */
  readonly host?: string
}

/**
 * Starts a user pool on a free port. Like Cognito, it signs ID and access tokens with different
 * keys, and its key set holds both
 * (https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html).
 */
export const createUserPool = async (options: UserPoolOptions): Promise<UserPool> => {
  const { poolId, clientId, nowMs = Date.now, host = '127.0.0.1' } = options
  const [idKey, accessKey] = await Promise.all([createSigningKey(), createSigningKey()])
  const jwks = () => ({ keys: [idKey.jwk, accessKey.jwk] })
  const documents = new Map<string, unknown>()
  const server = serveJson(documents)
  const issuer = `${await listen(server, host)}/${poolId}`
  const jwksUri = `${issuer}/.well-known/jwks.json`
  documents.set(`/${poolId}/.well-known/jwks.json`, jwks())
  documents.set(`/${poolId}/.well-known/openid-configuration`, discovery(issuer, jwksUri))
  const seconds = () => Math.floor(nowMs() / 1000)
  return {
    poolId,
    clientId,
    issuer,
    jwksUri,
    jwks,
    idToken: (claims = {}) =>
      sign(idKey, { ...commonClaims(issuer, seconds()), ...idClaims(clientId), ...claims }),
    accessToken: (claims = {}) =>
      sign(accessKey, { ...commonClaims(issuer, seconds()), ...accessClaims(clientId), ...claims }),
    close: () => close(server),
  }
}

interface SigningKey {
  readonly kid: string
  readonly privateKey: KeyObject
  readonly jwk: JsonWebKey
}

const createSigningKey = async (): Promise<SigningKey> => {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  const kid = randomUUID()
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' }
  return { kid, privateKey, jwk }
}

/** A compact JWS (RFC 7515 §3.1). The header has no `typ`, as Cognito's has none. */
const sign = (key: SigningKey, claims: ClaimOverrides): string => {
  const input = `${encode({ kid: key.kid, alg: 'RS256' })}.${encode(claims)}`
  return `${input}.${createSign('RSA-SHA256').update(input).sign(key.privateKey, 'base64url')}`
}

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')

const subject = '5f0c1c9e-70b1-70f5-1c2d-0a1b2c3d4e5f'

const commonClaims = (issuer: string, nowSeconds: number): ClaimOverrides => ({
  sub: subject,
  iss: issuer,
  origin_jti: randomUUID(),
  event_id: randomUUID(),
  jti: randomUUID(),
  auth_time: nowSeconds,
  iat: nowSeconds,
  exp: nowSeconds + 3600,
})

const idClaims = (clientId: string): ClaimOverrides => ({
  aud: clientId,
  token_use: 'id',
  'cognito:username': 'jane',
  email: 'jane@example.com',
  email_verified: true,
})

const accessClaims = (clientId: string): ClaimOverrides => ({
  client_id: clientId,
  token_use: 'access',
  scope: 'aws.cognito.signin.user.admin',
  username: 'jane',
  version: 2,
})

const discovery = (issuer: string, jwksUri: string): unknown => ({
  issuer,
  jwks_uri: jwksUri,
  id_token_signing_alg_values_supported: ['RS256'],
  response_types_supported: ['code', 'token'],
  subject_types_supported: ['public'],
})

const serveJson = (documents: ReadonlyMap<string, unknown>): Server =>
  createServer((request, response) => {
    const document = documents.get(String(request.url))
    response.writeHead(document === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(document ?? { message: 'Not Found' }))
  })

const listen = (server: Server, host: string): Promise<string> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, host, () => {
      const { port } = server.address() as AddressInfo
      resolve(`http://${host.includes(':') ? `[${host}]` : host}:${port}`)
    })
  })

const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
