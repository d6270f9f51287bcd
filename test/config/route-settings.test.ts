import t from 'tap'
import { readRoutes } from '../../src/config/entries.ts'
import { createProblems } from '../../src/config/problem.ts'
import { catchAllRoute, routeSettings, type RouteContext } from '../../src/config/route-settings.ts'
import { cognitoAuthorizer, jwtAuthorizer } from '../helpers/authorizer-settings.ts'

const authorizers = {
  names: ['pool', 'partner', 'broken'],
  settings: [
    cognitoAuthorizer({ name: 'pool', groupsClaim: 'cognito:groups' }),
    jwtAuthorizer({ name: 'partner', groupsClaim: '' }),
  ],
}

const rest: RouteContext = {
  apiType: 'REST',
  stageVariables: { env: 'prod' },
  enforcement: 'enforce',
}

const read = (entry: Readonly<Record<string, unknown>>, known = authorizers, syntax = rest) => {
  const problems = createProblems()
  const [first] = readRoutes([{ path: '/a', method: 'GET', ...entry }], problems.report)
  const settings = routeSettings(first!, known, syntax, problems.report)
  return { settings, problems: problems.all().map(({ path, message }) => `${path}: ${message}`) }
}

const plain = {
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
}

t.test('a route becomes what is run', async (t) => {
  t.strictSame(read({ authorizer: 'pool' }), { settings: plain, problems: [] })
  t.strictSame(read({ authorizationType: 'NONE' }).settings, { ...plain, access: 'NONE' })
  t.strictSame(read({ authorizationType: 'DENY' }).settings, { ...plain, access: 'DENY' })
  t.strictSame(
    read({
      method: ['GET', 'PUT'],
      authorizer: 'pool',
      authorizationScopes: ['a/b', 'c'],
      authorizationGroups: ['admins'],
      requiredClaims: { 'custom:tenant': ['acme', 'other'], email_verified: 'true' },
      responseTimeoutMs: 100,
      allowEncodedSlash: true,
    }),
    {
      settings: {
        ...plain,
        methods: ['GET', 'PUT'],
        scopes: ['a/b', 'c'],
        groups: ['admins'],
        claims: [
          { name: 'custom:tenant', values: ['acme', 'other'] },
          { name: 'email_verified', values: ['true'] },
        ],
        responseTimeoutMs: 100,
        allowEncodedSlash: true,
      },
      problems: [],
    },
  )
})

t.test('a route that does not say who may pass is refused', async (t) => {
  for (const [entry, want] of [
    [{}, [': has no authorizer; give one, or authorizationType: NONE or DENY']],
    [
      { authorizer: 'pool', authorizationType: 'NONE' },
      [': has both authorizer and authorizationType; give one of the two'],
    ],
    [
      { authorizer: 'pol' },
      ['.authorizer: no authorizer is named "pol"; the configuration has: pool, partner, broken'],
    ],
    [{ authorizer: 'broken' }, []],
    [
      { authorizationType: 'NONE', authorizationScopes: ['a'] },
      [': has authorizationScopes, but no authorizer'],
    ],
    [
      { authorizationType: 'DENY', authorizationGroups: ['a'], requiredClaims: { a: 'b' } },
      [': has authorizationGroups, but no authorizer', ': has requiredClaims, but no authorizer'],
    ],
    [
      { authorizer: 'pool', authorizationScopes: [], authorizationGroups: [], requiredClaims: {} },
      [
        '.authorizationScopes: is empty; leave it out to ask for nothing',
        '.authorizationGroups: is empty; leave it out to ask for nothing',
        '.requiredClaims: is empty; leave it out to ask for nothing',
      ],
    ],
    [
      { authorizer: 'pool', authorizationScopes: ['a', 'b c'] },
      ['.authorizationScopes[1]: "b c" holds a blank; write several scopes as several entries'],
    ],
    [
      { authorizer: 'pool', authorizationScopes: ['a"b', 'a\\b', 'é', "https://a/b:c.d_e-f!~'*"] },
      ['"a\\"b"', '"a\\\\b"', '"é"'].map(
        (scope, index) =>
          `.authorizationScopes[${index}]: ${scope} is not a scope: printable ASCII without quotes and backslashes`,
      ),
    ],
    [
      { authorizer: 'partner', authorizationGroups: ['a'] },
      ['.authorizationGroups: the authorizer "partner" has no groupsClaim, so no token could pass'],
    ],
  ] as const) {
    t.strictSame(
      read(entry).problems,
      want.map((line) => `routes[0]${line}`),
    )
  }
  t.strictSame(read({ authorizer: 'pool' }, { names: [], settings: [] }).problems, [
    'routes[0].authorizer: no authorizer is named "pool"; there are none',
  ])
})

t.test('headers are mapped in the syntax of the API type', async (t) => {
  const { settings, problems } = read({
    authorizer: 'pool',
    requestParameters: { 'integration.request.header.X-Env': 'stageVariables.env' },
  })
  t.strictSame(problems, [])
  t.strictSame(settings.requestParameters, [
    { action: 'overwrite', name: 'X-Env', expression: [{ from: 'literal', text: 'prod' }] },
  ])
  const http = {
    authorizer: 'pool',
    requestParameters: { 'overwrite:path': '/a', 'remove:header.A': '' },
  }
  t.match(read(http, authorizers, { ...rest, apiType: 'HTTP' }), {
    settings: { requestParameters: [{ action: 'remove', name: 'A' }] },
    problems: [/^routes\[0\]\.requestParameters\.overwrite:path: only headers can be mapped/],
  })
})

t.test('a route may answer by itself', async (t) => {
  const mock = { statusCode: 200, headers: { 'X-A': 'b' } }
  const { settings, problems } = read({ authorizationType: 'NONE', mock })
  t.strictSame(problems, [])
  t.strictSame(settings.mock, { statusCode: 200, headers: ['X-A', 'b'] })
})

t.test('methods are those that Node knows, in capitals, or ANY', async (t) => {
  for (const method of ['ANY', 'PATCH', 'M-SEARCH', ['GET', 'HEAD', 'OPTIONS']]) {
    t.strictSame(read({ method, authorizer: 'pool' }).problems, [])
  }
  for (const [method, want] of [
    ['get', ['.method: "get" is not a method; write GET']],
    ['any', ['.method: "any" is not a method; write ANY']],
    ['*', ['.method: "*" is not a method; write one such as GET, or ANY']],
    ['CONNECT', ['.method: CONNECT asks for a tunnel, which no route can give']],
    ['TRACE', ['.method: TRACE would show clients the headers that the gate adds']],
    [['GET', 'Put'], ['.method[1]: "Put" is not a method; write PUT']],
    [['ANY', 'GET'], ['.method[0]: ANY stands alone; the other methods are part of it']],
  ] as const) {
    t.strictSame(
      read({ method, authorizer: 'pool' }).problems,
      want.map((line) => `routes[0]${line}`),
    )
  }
})

t.test('the route that stands for all asks for a token of the one authorizer', async (t) => {
  t.strictSame(catchAllRoute('pool', 'enforce'), {
    ...plain,
    path: '$default',
    methods: ['ANY'],
    origin: 'routes',
  })
})
