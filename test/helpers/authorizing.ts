// The pipeline over a route table that has one of each condition, with the outcome of the verification
// given: what is decided then is authorize.ts's own doing.
import { createAuthorize, type Decision } from '../../src/authorize.ts'
import type { Denial, DenialCode } from '../../src/core/denial.ts'
import type { Identity } from '../../src/core/identity.ts'
import type { RequestFacts } from '../../src/core/request.ts'
import type { Enforcement, Route } from '../../src/core/route.ts'
import type { AuthorizerSettings, IdentitySource, RouteSettings } from '../../src/core/settings.ts'
import { compileRoutes } from '../../src/routing/table.ts'

export const nowSeconds = 1_800_000_000

export const identity = (overrides: Partial<Identity> = {}): Identity => ({
  authorizer: 'pool',
  issuer: 'https://issuer.example',
  keyId: 'k',
  claims: { sub: 's', tier: 3, paid: true, roles: ['a', 7], nested: { a: 1 }, none: null },
  expiresAt: nowSeconds + 60,
  notBefore: undefined,
  issuedAt: nowSeconds,
  tokenUse: 'id',
  audiences: ['app'],
  clientId: undefined,
  scopes: [],
  groups: [],
  headers: [],
  ...overrides,
})

export const route = (path: string, overrides: Partial<RouteSettings> = {}): RouteSettings => ({
  path,
  methods: ['GET'],
  access: { authorizer: 'pool' },
  scopes: [],
  groups: [],
  claims: [],
  enforcement: 'enforce',
  responseTimeoutMs: undefined,
  allowEncodedSlash: false,
  requestParameters: [],
  mock: undefined,
  origin: `routes[${path}]`,
  ...overrides,
})

const routes: readonly RouteSettings[] = [
  route('/public', { access: 'NONE' }),
  route('/denied', { access: 'DENY' }),
  route('/any'),
  route('/scoped', { scopes: ['orders/read', 'orders/admin'] }),
  route('/grouped', { groups: ['admins', 'staff'] }),
  route('/tier', { claims: [{ name: 'tier', values: ['2', '3'] }] }),
  route('/paid', { claims: [{ name: 'paid', values: ['true'] }] }),
  route('/role', { claims: [{ name: 'roles', values: ['7'] }] }),
  route('/nested', { claims: [{ name: 'nested', values: ['[object Object]', '{"a":1}'] }] }),
  route('/none', { claims: [{ name: 'none', values: ['null', ''] }] }),
  route('/proto', { claims: [{ name: 'constructor', values: ['x'] }] }),
  route('/strict', {
    scopes: ['orders/read'],
    groups: ['admins'],
    claims: [{ name: 'tier', values: ['9'] }],
  }),
  route('/broken', {
    requestParameters: [{ action: 'overwrite', name: 'content_length', expression: [] }],
  }),
  route('/both', {
    claims: [
      { name: 'tier', values: ['3'] },
      { name: 'paid', values: ['false'] },
    ],
  }),
]

const authorizer = (
  identitySource: IdentitySource,
  maxTokenAgeSeconds: number,
): AuthorizerSettings => ({
  type: 'COGNITO_USER_POOLS',
  name: 'pool',
  identitySource,
  issuers: [],
  algorithms: ['RS256'],
  cacheTtlSeconds: 300,
  graceSeconds: 0,
  claimHeaders: undefined,
  maxTokenAgeSeconds,
  groupsClaim: 'cognito:groups',
  clientIds: [],
  tokenUse: 'any',
  audienceExpression: '',
})

export const header: IdentitySource = { in: 'header', name: 'authorization' }

export const facts = (target: string, rawHeaders: readonly string[] = []): RequestFacts => ({
  method: 'GET',
  target,
  rawHeaders,
  connectionOptions: undefined,
  host: 'gate',
  remoteAddress: '127.0.0.1',
  secure: false,
  httpVersion: '1.1',
  hasBody: false,
  contentLength: undefined,
})

export const withToken = (target: string) => facts(target, ['Authorization', 'Bearer YQ.YQ.YQ'])

export const setUp = (
  outcome: Identity | Denial | Promise<Identity | Denial>,
  {
    identitySource = header,
    maxTokenAgeSeconds = 0,
    isRevoked = () => false,
    enforcement = 'enforce',
    written = routes,
  }: {
    readonly identitySource?: IdentitySource
    readonly maxTokenAgeSeconds?: number
    readonly isRevoked?: (identity: Identity) => boolean
    readonly enforcement?: Enforcement
    /** In place of the usual routes. */
    readonly written?: readonly RouteSettings[]
  } = {},
) => {
  const counted: string[] = []
  const verified: string[] = []
  const table = compileRoutes(written)
  if (!table.ok) throw new Error(JSON.stringify(table.error))
  const authorize = createAuthorize({
    basePath: '/prod',
    table: table.value,
    authorizers: new Map([
      [
        'pool',
        {
          settings: authorizer(identitySource, maxTokenAgeSeconds),
          verifier: {
            verify: (token) => {
              verified.push(token)
              return outcome
            },
          },
        },
      ],
    ]),
    maxTokenBytes: 100,
    handshakeSources: { tokenQuery: 'access_token', tokenProtocolPrefix: 'bearer.' },
    isRevoked,
    clock: { wallMs: () => nowSeconds * 1000, monotonicMs: () => 0 },
    enforcement,
    recorder: {
      allowed: ({ label }: Route) => counted.push(`allow ${label}`),
      denied: (denied: Route | undefined, reason: DenialCode) =>
        counted.push(`${reason} ${denied?.label ?? 'none'}`),
      wouldDeny: (passed: Route | undefined, reason: DenialCode) =>
        counted.push(`would deny ${reason} ${passed?.label ?? 'none'}`),
    },
  })
  return { authorize, counted, verified }
}

export const codeOf = (decision: Decision): string =>
  decision.kind === 'refused' ? decision.denial.code : decision.kind
