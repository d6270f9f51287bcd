import t from 'tap'
import { findWarnings } from '../../src/config/warnings.ts'
import type {
  AuthorizerSettings,
  DeniedToken,
  RouteSettings,
  Settings,
} from '../../src/core/settings.ts'
import { expiredCertificate, issuerCertificate } from '../fixtures/issuer-certificates.ts'

const common = {
  name: 'pool',
  identitySource: { in: 'header', name: 'authorization' },
  issuers: [{ issuer: 'https://i', keys: { kind: 'uri', uri: 'https://i/jwks.json' } }],
  algorithms: ['RS256'],
  cacheTtlSeconds: 300,
  graceSeconds: 0,
  claimHeaders: undefined,
  maxTokenAgeSeconds: 0,
  groupsClaim: '',
} as const

const cognito = (overrides: Partial<AuthorizerSettings> = {}): AuthorizerSettings =>
  ({
    ...common,
    type: 'COGNITO_USER_POOLS',
    clientIds: ['app'],
    tokenUse: 'auto',
    audienceExpression: '',
    ...overrides,
  }) as AuthorizerSettings

const jwt: AuthorizerSettings = { ...common, type: 'JWT', audience: ['orders'] }

const route = (overrides: Partial<RouteSettings> = {}): RouteSettings => ({
  path: '/a',
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
  origin: 'routes[0]',
  ...overrides,
})

/** Of settings that hold no more than what warnings are made of. */
const findIn = (settings: object) =>
  findWarnings(
    {
      listen: { tls: undefined },
      upstream: { tls: {} },
      jwks: {},
      decision: { enabled: false },
      enforcement: 'enforce',
      claimHeaders: {},
      passHeaders: [],
      ...settings,
    } as unknown as Settings,
    Date.now(),
  )

const openapi: Settings['openapi'] = { file: '', notes: [] }

const denyList = { path: undefined, tokens: [] as readonly DeniedToken[] }

const warningsOf = (authorizers: readonly AuthorizerSettings[], routes = [route()]) =>
  findIn({
    openapi,
    authorizers,
    routes,
    denyList,
    gatewayResponses: {},
  }).map(({ path }) => path)

const keysAt = (uri: string) => ({
  issuers: [{ issuer: 'https://i', keys: { kind: 'uri', uri } as const }],
})

t.test('a careful configuration has no warnings', async (t) => {
  t.strictSame(warningsOf([cognito()]), [])
  t.strictSame(warningsOf([jwt]), [])
  t.strictSame(warningsOf([cognito({ clientIds: [], audienceExpression: 'app' })]), [])
  t.strictSame(warningsOf([cognito()], [route(), route({ path: '/b', access: 'NONE' })]), [])
  t.strictSame(warningsOf([cognito()], [route(), route({ path: '/{p+}', access: 'DENY' })]), [])
})

t.test('what is legal but risky is named at its place', async (t) => {
  const cases = [
    {
      name: 'any app client',
      got: warningsOf([cognito({ clientIds: [] })]),
      want: ['authorizers.pool.clientIds'],
    },
    {
      name: 'an unused authorizer',
      got: warningsOf([cognito({ name: 'other' })]),
      want: ['authorizers.other'],
    },
    {
      name: 'keys over plain http',
      got: warningsOf([cognito(keysAt('http://keys.internal/jwks.json'))]),
      want: ['authorizers.pool.insecureHttpJwks'],
    },
    {
      name: 'a public greedy path',
      got: warningsOf(
        [cognito()],
        [route(), route({ path: '/x/{p+}', access: 'NONE', origin: 'routes[1]' })],
      ),
      want: ['routes[1]'],
    },
    {
      name: 'everything public',
      got: warningsOf([], [route({ path: '$default', access: 'NONE' })]),
      want: ['routes[0]'],
    },
  ]
  for (const { name, got, want } of cases) t.strictSame(got, want, name)
})

t.test('mappings are looked at too', async (t) => {
  const requestParameters = [
    { action: 'overwrite', name: 'X-A', expression: [{ from: 'claim', name: 'sub' }] },
  ] as const
  const settings = {
    openapi,
    authorizers: [],
    routes: [route({ access: 'NONE', requestParameters })],
    claimHeaders: {},
    claimsHeader: '',
    denyList,
    gatewayResponses: {},
  }
  t.match(findIn(settings), [{ path: 'routes[0].requestParameters', message: /claim/ }])
})

t.test('a gateway response that changes nothing is named', async (t) => {
  const response = { status: 400, headers: [], templates: [] }
  const warningsFor = (type: string) =>
    findIn({
      openapi,
      authorizers: [],
      routes: [],
      denyList,
      gatewayResponses: { [type]: response },
    })
  t.strictSame(warningsFor('UNAUTHORIZED'), [])
  t.strictSame(warningsFor('REQUEST_TOO_LARGE'), [
    {
      path: 'gatewayResponses.REQUEST_TOO_LARGE',
      message: 'has no effect, as in API Gateway: the answer to a body that is too large is fixed',
    },
  ])
})

t.test('plain http on loopback is how an emulator is reached, and fine', async (t) => {
  for (const host of ['localhost:9229', '127.0.0.1', '127.8.8.8:1', '[::1]:9229']) {
    t.strictSame(warningsOf([cognito(keysAt(`http://${host}/jwks.json`))]), [], host)
  }
  const file = { issuers: [{ issuer: 'http://i', keys: { kind: 'file', path: 'k' } as const }] }
  t.strictSame(warningsOf([cognito(file)]), [])
})

t.test('entries of the deny list that can revoke nothing are pointed out', async (t) => {
  const warn = (...issuers: readonly (string | undefined)[]) =>
    findIn({
      openapi,
      authorizers: [cognito()],
      routes: [route()],
      gatewayResponses: {},
      denyList: {
        path: '/f',
        tokens: issuers.map((issuer) => ({ claim: 'sub', value: 'a', issuer })),
      },
    })
  t.strictSame(warn(undefined, 'https://i'), [])
  t.strictSame(warn('https://i/', 'https://i', 'https://j', undefined), [
    {
      path: 'denyList.file',
      message:
        'entries for issuers that no authorizer has revoke nothing: 2, such as for https://i/',
    },
  ])
})

t.test('what of an export is refused or left out is named by its pointer', async (t) => {
  const notes = (['denied', 'dropped', 'note'] as const).map((effect) => ({
    pointer: `/paths/~1${effect}`,
    message: 'is odd',
    effect,
  }))
  const settings = { authorizers: [], routes: [], denyList, gatewayResponses: {} }
  const openapi = { file: 'api.json', notes }
  t.strictSame(findIn({ ...settings, openapi }), [
    { path: 'api.json#/paths/~1denied', message: 'refused: is odd' },
    { path: 'api.json#/paths/~1dropped', message: 'is odd' },
  ])
})

t.test('a certificate of the listener that clients will refuse', async (t) => {
  const tls = (cert: string) => ({ listen: { tls: { cert } } })
  const rest = { openapi, authorizers: [], routes: [], denyList, gatewayResponses: {} }
  t.strictSame(findIn({ ...rest, ...tls(issuerCertificate) }), [])
  t.strictSame(findIn({ ...rest, ...tls(expiredCertificate) }), [
    {
      path: 'listen.tls.certFile',
      message: 'the certificate expired at Jan  1 00:00:00 2021 GMT; clients will refuse it',
    },
  ])
})

t.test('report mode, where it is and where it is of no effect', async (t) => {
  const reported = route({ enforcement: 'report' })
  const rest = { openapi, authorizers: [cognito()], denyList, gatewayResponses: {} }
  const found = (enforcement: 'enforce' | 'report', routes: readonly RouteSettings[]) =>
    findIn({ ...rest, enforcement, routes })
  t.strictSame(found('enforce', [reported]), [
    {
      path: 'enforcement',
      message:
        'report mode on 1 of 1 routes that ask for a token: what would be refused passes; remove enforcement: report to refuse it',
    },
  ])
  const idle = [
    route({ access: 'NONE', enforcement: 'report' }),
    route({ access: 'DENY', enforcement: 'report', origin: 'routes[1]' }),
  ]
  t.strictSame(found('enforce', [route(), ...idle]), [
    { path: 'routes[0].enforcement', message: 'has no effect: nothing is asked for here' },
    { path: 'routes[1].enforcement', message: 'has no effect: DENY is refused in either' },
  ])
})

t.test(
  'headers that services take orders from, and claim headers that nothing fills',
  async (t) => {
    const rest = { openapi, authorizers: [cognito()], routes: [route()], denyList }
    const found = findIn({
      ...rest,
      gatewayResponses: {},
      passHeaders: ['X-Original-URL'],
      claimHeaders: { 'X-Client': ['client_id'] },
    })
    t.match(found, [
      { path: 'claimHeaders.X-Client', message: /^is never set: / },
      { path: 'passHeaders[0]', message: /^X-Original-URL is let through: / },
    ])
  },
)
