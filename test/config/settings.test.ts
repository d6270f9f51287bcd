import t from 'tap'
import { readAuthorizers, readRoutes } from '../../src/config/entries.ts'
import { createProblems } from '../../src/config/problem.ts'
import { topTable } from '../../src/config/schema.ts'
import { assembleSettings, defaultRoutes } from '../../src/config/settings.ts'
import { withDefaults } from '../../src/config/values.ts'
import { problemsOf } from '../helpers/problems-of.ts'

const read = (file: Readonly<Record<string, unknown>>) => {
  const problems = createProblems()
  const top = withDefaults(topTable, { upstream: { url: 'http://app' }, ...file }, {})
  const settings = assembleSettings(
    {
      top,
      authorizers: readAuthorizers(top.authorizers, problems.report),
      authorizerNames: Object.keys(top.authorizers),
      routes: readRoutes(top.routes, problems.report),
      exportNotes: [],
      env: {},
    },
    { report: problems.report, resolvePath: (path) => path },
  )
  return { settings, problems: problems.all().map(({ path, message }) => `${path}: ${message}`) }
}

const jwt = (issuer: string, more: Readonly<Record<string, unknown>> = {}) => ({
  type: 'JWT',
  jwtConfiguration: { issuer, audience: ['a'] },
  ...more,
})

t.test('every part of the file has its place in the settings', async (t) => {
  const { settings, problems } = read({
    basePath: '/prod/v1',
    authorizers: { a: jwt('https://a/') },
    routes: [{ path: '/x', method: 'ANY', authorizer: 'a' }],
    claimHeaders: { 'X-A': 'sub' },
    claimsHeader: 'X-Claims',
    gatewayResponses: { DEFAULT_5XX: { statusCode: 502 } },
    trustedProxies: ['10.0.0.0/8'],
  })
  t.strictSame(problems, [])
  t.strictSame(Object.keys(settings).sort(), [...Object.keys(topTable)].sort())
  t.match(settings, {
    basePath: '/prod/v1',
    upstream: { origin: 'http://app' },
    authorizers: [{ name: 'a' }],
    routes: [{ path: '/x', access: { authorizer: 'a' } }],
    claimHeaders: { 'X-A': ['sub'] },
    claimsHeader: 'X-Claims',
    gatewayResponses: { DEFAULT_5XX: { status: 502 } },
    listen: { host: '0.0.0.0', port: 8080 },
    trustedProxies: ['10.0.0.0/8'],
  })
})

t.test('what keys say of each other is checked', async (t) => {
  for (const [file, want] of [
    [
      { basePath: '/' },
      ['basePath: "/" is not \'\' or a plain path such as /prod, without a slash at its end'],
    ],
    [
      { basePath: '/a/../b' },
      ['basePath: "/a/../b" is not \'\' or a plain path such as /prod, without a slash at its end'],
    ],
    [
      { basePath: '/a%2Fb' },
      ['basePath: "/a%2Fb" is not \'\' or a plain path such as /prod, without a slash at its end'],
    ],
    [
      { basePath: 'prod' },
      ['basePath: "prod" is not \'\' or a plain path such as /prod, without a slash at its end'],
    ],
    [{ listen: { host: '' } }, ['listen.host: "" is not an address or host name']],
    [
      { admin: { host: '[::]' } },
      ['admin.host: "[::]" is not an address or host name; write an IPv6 address without brackets'],
    ],
    [
      { listen: { port: 9090 } },
      ['admin.port: 9090 is taken by listen; give the two different ports'],
    ],
    [{ listen: { port: 0 }, admin: { port: 0 } }, []],
    [
      { jwks: { maxStaleSeconds: 60 } },
      ['jwks.maxStaleSeconds: 60 is less than refreshSeconds (3600)'],
    ],
    [
      {
        authorizers: { a: jwt('https://a/', { identitySource: '$request.header.X-Key' }) },
        gatewayResponses: {
          UNAUTHORIZED: { responseTemplates: { 'text/plain': '$method.request.header.X-Key' } },
        },
      },
      [
        'gatewayResponses.UNAUTHORIZED.responseTemplates.text/plain: refers to what carries credentials; an answer never shows them',
      ],
    ],
    [{ trustedProxies: ['::/0'] }, ['trustedProxies[0]: ::/0 would believe every client']],
    [
      { decision: { enabled: true, trustedPeers: [] } },
      ['decision.trustedPeers: is empty, so no edge proxy could ask'],
    ],
    [
      { statusPage: { enabled: true, port: 8080 } },
      ['statusPage.port: 8080 is taken by listen; give the two different ports'],
    ],
    [
      { claimsHeader: 'Cookie' },
      ['claimsHeader: Cookie carries credentials; choose another name for a claim'],
    ],
    [
      { stripHeaders: ['X-A', 'Host'] },
      ['stripHeaders[1]: Host belongs to the connection and cannot be used here'],
    ],
    [{ passHeaders: ['a b'] }, ['passHeaders[0]: "a b" is not a header name']],
    [{ passHeaders: ['X-Original-URL'] }, []],
    [{ websocket: { tokenQuery: 'access_token', tokenProtocolPrefix: 'bearer.' } }, []],
    [
      { websocket: { tokenQuery: 'a=b' } },
      ['websocket.tokenQuery: "a=b" is no plain parameter name'],
    ],
    [
      { websocket: { tokenProtocolPrefix: 'a, b' } },
      [
        'websocket.tokenProtocolPrefix: "a, b" is not the beginning of a subprotocol: letters, digits and - _ . only',
      ],
    ],
  ] as const) {
    t.strictSame(read(file).problems, want)
  }
})

t.test('two headers of one name are refused, whatever sets them', async (t) => {
  const authorizers = {
    a: jwt('https://a/', { claimHeaders: { X_Via: 'sub', 'X-Own': 'sub' } }),
    b: jwt('https://b/', { claimHeaders: { 'X-Own': 'sub' } }),
  }
  t.strictSame(
    read({
      upstream: { url: 'http://app', headers: { 'X-Via': 'gate' } },
      claimsHeader: 'X-Claim-Sub',
      authorizers,
    }).problems,
    [
      'claimHeaders.X-Claim-Sub: an upstream may read X-Claim-Sub as the same name as claimsHeader',
      'authorizers.a.claimHeaders.X_Via: an upstream may read X_Via as the same name as upstream.headers.X-Via',
    ],
  )
})

t.test('a token is not read from a header that the gate sets', async (t) => {
  t.strictSame(
    read({
      authorizers: {
        a: jwt('https://a/', { identitySource: '$request.header.X_Claim_Sub' }),
        b: jwt('https://b/', { identitySource: '$request.querystring.x_claim_sub' }),
      },
    }).problems,
    [
      'authorizers.a.identitySource: names the header that claimHeaders.X-Claim-Sub sets for the upstream; use another',
    ],
  )
})

t.test('an issuer has one key source, in all authorizers', async (t) => {
  const keys = t.testdir({ 'keys.json': '{"keys":[]}' })
  t.strictSame(
    read({
      authorizers: {
        a: jwt('https://idp/'),
        same: jwt('https://idp/'),
        other: jwt('https://idp'),
        b: jwt('https://idp/', { jwksUri: 'https://idp/keys' }),
        c: jwt('https://idp/', { jwksFile: `${keys}/keys.json` }),
      },
    }).problems,
    [
      'authorizers.b: reads the keys of https://idp/ from https://idp/keys, but authorizers.a from https://idp/.well-known/openid-configuration; an issuer has one key source',
      `authorizers.c: reads the keys of https://idp/ from ${keys}/keys.json, but authorizers.a from https://idp/.well-known/openid-configuration; an issuer has one key source`,
    ],
  )
})

t.test('without routes there must be exactly one authorizer', async (t) => {
  t.match(
    defaultRoutes(['pool'], 'report', () => undefined),
    [
      {
        path: '$default',
        methods: ['ANY'],
        access: { authorizer: 'pool' },
        enforcement: 'report',
      },
    ],
  )
  t.strictSame(
    problemsOf((report) => defaultRoutes([], 'enforce', report)),
    [
      'authorizers: are missing, and so are routes; set COGNITO_USER_POOL_IDS, or authorizers and routes in a file',
    ],
  )
  t.strictSame(
    problemsOf((report) => defaultRoutes(['a', 'b'], 'enforce', report)),
    ['routes: are missing; with several authorizers (a, b) each route has to name one'],
  )
})
