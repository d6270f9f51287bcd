// Authorizers as the configuration loader would hand them over, for tests to vary.
import type {
  CognitoAuthorizer,
  IssuerSettings,
  JwksSettings,
  JwtAuthorizer,
  Proxies,
} from '../../src/core/settings.ts'

const common = {
  identitySource: { in: 'header', name: 'authorization' },
  issuers: [],
  algorithms: ['RS256'],
  cacheTtlSeconds: 300,
  graceSeconds: 0,
  claimHeaders: undefined,
  maxTokenAgeSeconds: 0,
  groupsClaim: '',
} as const

export const cognitoAuthorizer = (changes: Partial<CognitoAuthorizer> = {}): CognitoAuthorizer => ({
  ...common,
  name: 'pool',
  type: 'COGNITO_USER_POOLS',
  clientIds: [],
  tokenUse: 'auto',
  audienceExpression: '',
  ...changes,
})

export const jwtAuthorizer = (changes: Partial<JwtAuthorizer> = {}): JwtAuthorizer => ({
  ...common,
  name: 'partner',
  type: 'JWT',
  audience: ['orders'],
  ...changes,
})

export const issuerWithKeysAt = (issuer: string, uri: string): IssuerSettings => ({
  issuer,
  keys: { kind: 'uri', uri },
})

export const noProxies: Proxies = { http: undefined, https: undefined, except: [] }

export const jwksSettings: JwksSettings = {
  refreshSeconds: 3600,
  maxStaleSeconds: 86_400,
  timeoutMs: 1500,
  unknownKidCooldownSeconds: 10,
  startupWaitSeconds: 60,
  maxBytes: 150_000,
  ca: undefined,
  proxies: noProxies,
}
