// What routes with parameter mappings do to the headers of their own requests and of all others.
import t from 'tap'
import type { RequestView } from '../../src/core/expression.ts'
import {
  createIdentityHeaders,
  type IdentityHeaderSettings,
  type IdentityPermit,
  type ViewWith,
} from '../../src/identity/apply.ts'
import { mappedRoutes } from '../helpers/mapped-routes.ts'
import {
  alice,
  authorizer,
  identity,
  permit,
  publicPermit,
  settings,
  upstream,
} from './fixtures.ts'

/** A request whose every part names itself, but for those called `none`. */
const view: ViewWith = (claim): RequestView => {
  const part = (kind: string) => (name: string) => (name === 'none' ? undefined : `${kind} ${name}`)
  return {
    header: part('header'),
    query: part('query'),
    path: part('path'),
    requestPath: () => '/a',
    context: (name) => (name === 'accountId' ? undefined : `context ${name}`),
    claim,
  }
}

interface Setup {
  readonly maps: readonly Readonly<Record<string, string>>[]
  readonly apiType?: 'REST' | 'HTTP'
  readonly settings?: Partial<IdentityHeaderSettings>
}

/** The headers that a request on the route at `index` goes out with. */
const applied = ({ maps, apiType = 'REST', settings: changes }: Setup) => {
  const routes = mappedRoutes(maps, { apiType, stageVariables: { env: 'prod' } })
  const { apply } = createIdentityHeaders(settings({ apiType, ...changes }), routes)
  return (index: number, lines: readonly string[], given: IdentityPermit = publicPermit) =>
    apply(lines, { ...given, route: { index } }, view)
}

t.test('a mapping sets what it refers to, and nothing when that is not there', async (t) => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ["'prod'", 'prod'],
    ['stageVariables.env', 'prod'],
    ['context.authorizer.claims.sub', 'alice'],
    ['context.authorizer.claims.email', undefined],
    ['context.httpMethod', 'context httpMethod'],
    ['context.accountId', undefined],
    ['method.request.header.A', 'header a'],
    ['method.request.header.None', undefined],
    ['method.request.querystring.a', 'query a'],
    ['method.request.querystring.none', undefined],
    ['method.request.path.id', 'path id'],
  ]
  for (const [text, want] of cases) {
    const headersOf = applied({ maps: [{ 'integration.request.header.X-M': text }] })
    const { headers } = headersOf(0, ['A', '1', 'x_m', 'theirs'], permit)
    const set = want === undefined ? [] : ['X-M', want]
    t.strictSame(headers, ['A', '1', ...alice, ...set], text)
  }
})

t.test('claims are rendered and encoded as in claim headers', async (t) => {
  const groups = { ...identity([]), claims: { g: ['a,b', 'c d'], n: 1e21, exp: 0, s: 'é%' } }
  const given = { ...permit, identity: groups }
  const maps = (claim: string) => [{ [`integration.request.header.X-M`]: claim }]
  const rest = (name: string, changes?: Partial<IdentityHeaderSettings>) =>
    applied({
      maps: maps(`context.authorizer.claims.${name}`),
      ...(changes === undefined ? {} : { settings: changes }),
    })(0, [], given).headers[1]
  t.strictSame(
    ['g', 'n', 'exp', 's'].map((name) => rest(name)),
    ['a%2Cb,c d', '1e+21', 'Thu Jan 01 00:00:00 UTC 1970', '%C3%A9%25'],
  )
  t.equal(rest('s', { claimEncoding: 'utf8' }), '\xc3\xa9%')
  const http = applied({
    apiType: 'HTTP',
    maps: [
      {
        'overwrite:header.X-M': 'g=$context.authorizer.claims.g;n=$context.authorizer.jwt.claims.n',
      },
    ],
  })
  t.strictSame(http(0, [], given).headers, ['X-M', 'g=[a%2Cb c%20d];n=1000000000000000000000'])
})

t.test('a name that speaks for the gate on one route is the gate’s on all', async (t) => {
  const speaking = {
    claim: 'context.authorizer.claims.sub',
    literal: "'x'",
    'stage variable': 'stageVariables.env',
    context: 'context.identity.sourceIp',
  }
  for (const [name, text] of Object.entries(speaking)) {
    const headersOf = applied({ maps: [{ 'integration.request.header.X-M': text }, {}] })
    for (const alias of ['X-M', 'x-m', 'X_M', 'x.m', 'X~M']) {
      const lines = [alias, 'theirs', 'A', '1']
      t.strictSame(headersOf(1, lines), { headers: ['A', '1'], stripped: 1 }, `${name} ${alias}`)
      t.equal(headersOf(0, lines).stripped, 1, `${name} ${alias}, on its own route`)
    }
  }
  const mixed = applied({
    apiType: 'HTTP',
    maps: [{ 'append:header.X-M': 'from $request.header.a' }, {}],
  })
  t.strictSame(mixed(1, ['x-m', 'theirs']), { headers: [], stripped: 1 })
  t.strictSame(mixed(0, ['x-m', 'theirs']), { headers: ['X-M', 'from header a'], stripped: 1 })
})

t.test('a name made of the request’s own parts is replaced on its route only', async (t) => {
  const headersOf = applied({
    maps: [{ 'integration.request.header.X-M': 'method.request.querystring.m' }, {}],
  })
  const lines = ['X-M', 'a', 'x_m', 'b', 'A', '1']
  t.strictSame(headersOf(0, lines), { headers: ['A', '1', 'X-M', 'query m'], stripped: 0 })
  t.strictSame(headersOf(1, lines), { headers: lines, stripped: 0 })
})

t.test('append adds to what the client sent, remove takes it away', async (t) => {
  const headersOf = applied({
    apiType: 'HTTP',
    maps: [
      {
        'append:header.X-A': '$request.querystring.a',
        'append:header.X-None': '$request.querystring.none',
        'remove:header.X-R': '',
      },
      {},
    ],
  })
  const lines = ['x-a', '1', 'X-A', '2', 'X-None', '3', 'x_r', '4']
  t.strictSame(headersOf(0, lines), {
    headers: ['x-a', '1', 'X-A', '2', 'X-None', '3', 'X-A', 'query a'],
    stripped: 0,
  })
  t.strictSame(headersOf(1, lines), { headers: lines, stripped: 0 })
})

t.test('a token’s own header is replaced on the mapped route, and passes on others', async (t) => {
  const sources = [authorizer('pool', { in: 'header', name: 'x-token' })]
  const maps = [{ 'integration.request.header.X-Token': "'internal'" }, {}]
  const lines = ['X-Token', 'Bearer t', 'x_token', 'alias']
  for (const forwardToken of [true, false]) {
    const headersOf = applied({ maps, settings: { authorizers: sources, forwardToken } })
    const given = { ...permit, identitySource: { in: 'header', name: 'x-token' } } as const
    const kept = forwardToken ? ['X-Token', 'Bearer t'] : []
    t.strictSame(headersOf(1, lines, given).headers, [...kept, ...alice])
    t.strictSame(headersOf(0, lines, given), {
      headers: [...alice, 'X-Token', 'internal'],
      stripped: 0,
    })
  }
})

t.test('what describes a body or a wish stays the client’s on other routes', async (t) => {
  const maps = [
    {
      'integration.request.header.Content-Type': "'application/json'",
      'integration.request.header.Accept': "'text/html'",
      'integration.request.header.Accept-Language': "'en'",
      'integration.request.header.User-Agent': "'gate'",
    },
    {},
  ]
  const lines = [
    'Content-Type',
    'text/csv',
    'accept',
    '*/*',
    'Accept-Language',
    'de',
    'User-Agent',
    'curl',
  ]
  const headersOf = applied({ maps })
  t.strictSame(headersOf(1, lines), { headers: lines, stripped: 0 })
  t.strictSame(headersOf(0, lines), {
    headers: [
      'Content-Type',
      'application/json',
      'Accept',
      'text/html',
      'Accept-Language',
      'en',
      'User-Agent',
      'gate',
    ],
    stripped: 0,
  })
})

t.test('a mapping wins over every other header of its name, on its route', async (t) => {
  const headersOf = applied({
    maps: [
      {
        'integration.request.header.x_user_sub': 'context.authorizer.claims.sub',
        'integration.request.header.X-Fixed': 'method.request.header.None',
        'integration.request.header.X-All': "'mapped'",
      },
      {},
    ],
    settings: {
      claimsHeader: 'X-All',
      upstream: { ...upstream, headers: ['X-Fixed', 'fixed', 'X-Kept', 'X-Fixed'] },
    },
  })
  const bob = { ...permit, identity: identity(['X-User-Sub', 'bob', 'X-All', 'payload']) }
  const lines = ['x-fixed', 'theirs']
  t.strictSame(headersOf(0, lines, bob).headers, [
    'X-Kept',
    'X-Fixed',
    'x_user_sub',
    'alice',
    'X-All',
    'mapped',
  ])
  t.strictSame(headersOf(1, lines, bob).headers, [
    ...['X-Fixed', 'fixed', 'X-Kept', 'X-Fixed'],
    ...['X-User-Sub', 'bob', 'X-All', 'payload'],
  ])
})

t.test('a mapping cannot read a header that speaks for the gate', async (t) => {
  const headersOf = applied({
    maps: [
      { 'integration.request.header.X-M': "'gate'" },
      {
        'integration.request.header.X-M': 'method.request.header.X-M',
        'integration.request.header.X-Copy': 'method.request.header.X_User_Sub',
        'integration.request.header.X-Host': 'method.request.header.X-Original-Host',
      },
    ],
  })
  t.strictSame(headersOf(1, ['X-M', 'admin', 'X_User_Sub', 'admin']), {
    headers: ['X-Host', 'header x-original-host'],
    stripped: 2,
  })
})

t.test('Host is no line among the others', async (t) => {
  const routes = mappedRoutes([{ 'integration.request.header.Host': "'orders.internal'" }, {}])
  const { apply, hostOf } = createIdentityHeaders(settings(), routes)
  t.strictSame(apply(['A', '1'], publicPermit, view), { headers: ['A', '1'], stripped: 0 })
  t.equal(hostOf({ index: 0 }), 'orders.internal')
  t.equal(hostOf({ index: 1 }), undefined)
})

t.test('no mapping tells a claim of a request that is only let pass', async (t) => {
  const apply = applied({
    apiType: 'HTTP',
    maps: [
      {
        'overwrite:header.X-User': 'user-$context.authorizer.claims.sub',
        'overwrite:header.X-Env': '$stageVariables.env',
        'overwrite:header.X-Path': '$request.path',
      },
    ],
  })
  const reported = { ...permit, identity: undefined, denial: { code: 'token_missing' } } as const
  t.strictSame(apply(0, ['X-User', 'root', 'X-Env', 'test', 'X-Path', '/b'], reported).headers, [
    ...['X-Env', 'prod', 'X-Path', '/a'],
    ...['X-Gate-Would-Deny', 'token_missing'],
  ])
})
