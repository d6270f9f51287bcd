// Settings and permits for the tests of identity/apply.
import type { Identity } from '../../src/core/identity.ts'
import type {
  AuthorizerSettings,
  ClaimHeaderMap,
  IdentitySource,
  UpstreamSettings,
} from '../../src/core/settings.ts'
import {
  createIdentityHeaders,
  type IdentityHeaderSettings,
  type IdentityPermit,
} from '../../src/identity/apply.ts'

const authorization: IdentitySource = { in: 'header', name: 'authorization' }

export const authorizer = (
  name: string,
  identitySource: IdentitySource = authorization,
  claimHeaders?: ClaimHeaderMap,
): AuthorizerSettings => ({
  type: 'COGNITO_USER_POOLS',
  name,
  identitySource,
  issuers: [],
  algorithms: ['RS256'],
  cacheTtlSeconds: 300,
  graceSeconds: 0,
  claimHeaders,
  maxTokenAgeSeconds: 0,
  groupsClaim: 'cognito:groups',
  clientIds: [],
  tokenUse: 'auto',
  audienceExpression: '',
})

export const upstream: UpstreamSettings = {
  origin: 'http://127.0.0.1:3000',
  pathPrefix: '',
  socketPath: undefined,
  connectTimeoutMs: 5000,
  responseTimeoutMs: 29_000,
  idleTimeoutMs: 300_000,
  maxConnections: 1024,
  maxQueued: 1024,
  queueTimeoutMs: 1000,
  preserveHost: true,
  headers: [],
  tls: { ca: undefined, cert: undefined, key: undefined, serverName: '127.0.0.1' },
}

export const settings = (
  changes: Partial<IdentityHeaderSettings> = {},
): IdentityHeaderSettings => ({
  apiType: 'REST',
  claimEncoding: 'percent',
  claimHeaders: { 'X-User-Sub': ['sub'], 'X-User-Email': ['email'] },
  claimsHeader: '',
  authorizers: [authorizer('pool')],
  stripHeaders: [],
  passHeaders: [],
  forwardToken: true,
  upstream,
  ...changes,
})

export const identity = (headers: readonly string[]): Identity => ({
  authorizer: 'pool',
  issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a',
  keyId: 'key1',
  claims: { sub: 'alice' },
  expiresAt: 2_000_000_000,
  notBefore: undefined,
  issuedAt: undefined,
  tokenUse: 'id',
  audiences: ['client1'],
  clientId: undefined,
  scopes: [],
  groups: [],
  headers,
})

export const alice = ['X-User-Sub', 'alice']
export const permit: IdentityPermit = {
  identity: identity(alice),
  identitySource: authorization,
  route: { index: 0 },
}
export const publicPermit: IdentityPermit = {
  identity: undefined,
  identitySource: undefined,
  route: { index: 0 },
}

/** `apply` of settings without mappings: it never looks at the request. */
export const plainHeaders = (changes: Partial<IdentityHeaderSettings> = {}) => {
  const { apply } = createIdentityHeaders(settings(changes), [])
  return {
    apply: (lines: readonly string[], given: IdentityPermit) =>
      apply(lines, given, () => {
        throw new Error('looked at')
      }),
  }
}
