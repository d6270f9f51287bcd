import t from 'tap'
import type { IdentitySource } from '../../src/core/settings.ts'
import type { IdentityHeaderSettings, IdentityPermit } from '../../src/identity/apply.ts'
import {
  alice,
  authorizer,
  identity,
  permit,
  plainHeaders,
  publicPermit,
  upstream,
} from './fixtures.ts'

t.test('no spelling of an identity name gets past, on any route', async (t) => {
  const spellings = [
    'X-User-Sub',
    'x-user-sub',
    'X-USER-SUB',
    'x-UsEr-sUb',
    'X_User_Sub',
    'x-user_sub',
    'X.User.Sub',
    'X~User~Sub',
    'X!User-Sub',
    'x#user$sub',
    'x%user&sub',
    'x*user+sub',
    'x^user`sub',
    'x|user.sub',
    // No email in the token: its header is stripped all the same.
    'X-User-Email',
    'x_user.email',
  ]
  const { apply } = plainHeaders()
  for (const name of spellings) {
    const lines = ['Host', 'a', name, 'admin', 'Accept', '*/*']
    const rest = ['Host', 'a', 'Accept', '*/*']
    t.strictSame(apply(lines, permit), { headers: [...rest, ...alice], stripped: 1 }, name)
    t.strictSame(apply(lines, publicPermit), { headers: rest, stripped: 1 }, `${name}, public`)
  }
})

t.test('names that only resemble an identity name are the client’s own', async (t) => {
  const { apply } = plainHeaders()
  for (const name of ['X-User-Subject', 'XUserSub', 'X--User-Sub', 'User-Sub', 'X-User']) {
    t.strictSame(apply([name, 'v'], permit), { headers: [name, 'v', ...alice], stripped: 0 }, name)
  }
})

t.test('of many lines of an identity name none survives, and each is counted', async (t) => {
  const { apply } = plainHeaders()
  const lines = ['X-User-Sub', 'a', 'A', '1', 'x_user_sub', 'b', 'X-User-Sub', 'c', 'A', '2']
  t.strictSame(apply(lines, permit), { headers: ['A', '1', 'A', '2', ...alice], stripped: 3 })
})

t.test('names configured in an odd case come out once, as configured', async (t) => {
  const { apply } = plainHeaders({ claimHeaders: { 'x_uSeR-sub': ['sub'] } })
  const bob = { ...permit, identity: identity(['x_uSeR-sub', 'bob']) }
  t.strictSame(apply(['X-User-Sub', 'admin'], bob), {
    headers: ['x_uSeR-sub', 'bob'],
    stripped: 1,
  })
})

t.test('a line is removed by its name, whatever the settings that name it', async (t) => {
  const own = authorizer(
    'partner',
    { in: 'header', name: 'authorization' },
    { 'X-Partner': ['sub'] },
  )
  const cases: readonly {
    name: string
    settings: Partial<IdentityHeaderSettings>
    given: string
    want: 'kept' | 'stripped' | 'counted'
  }[] = [
    {
      name: "another authorizer's claim header",
      settings: { authorizers: [authorizer('pool'), own] },
      given: 'x_partner',
      want: 'counted',
    },
    {
      name: 'a global one that no authorizer uses',
      settings: { authorizers: [own] },
      given: 'x_user_sub',
      want: 'counted',
    },
    {
      name: 'the header with the whole payload',
      settings: { claimsHeader: 'X-Claims' },
      given: 'x.claims',
      want: 'counted',
    },
    { name: 'no such header', settings: {}, given: 'x.claims', want: 'kept' },
    {
      name: 'stripHeaders',
      settings: { stripHeaders: ['X-Debug'] },
      given: 'x_debug',
      want: 'stripped',
    },
    {
      name: 'a name of both kinds is counted',
      settings: { stripHeaders: ['X-User-Sub'] },
      given: 'X-User-Sub',
      want: 'counted',
    },
    { name: 'the gate’s own', settings: {}, given: 'X-Gate-Would-Deny', want: 'stripped' },
    { name: 'an alias of those', settings: {}, given: 'x_gate.anything', want: 'stripped' },
    { name: 'one that only resembles them', settings: {}, given: 'X-Gateway', want: 'kept' },
    { name: 'httpoxy', settings: {}, given: 'PROXY', want: 'stripped' },
    { name: 'another name that begins so', settings: {}, given: 'Proxy-Status', want: 'kept' },
    { name: 'an override', settings: {}, given: 'X-Original-URL', want: 'stripped' },
    {
      name: 'an override that is passed',
      settings: { passHeaders: ['x_original_url'] },
      given: 'X-Original-URL',
      want: 'kept',
    },
    {
      name: 'another override',
      settings: { passHeaders: ['x-original-url'] },
      given: 'X-Original-URI',
      want: 'stripped',
    },
    {
      name: 'passHeaders exempts no identity name',
      settings: { passHeaders: ['X-User-Sub'] },
      given: 'X-User-Sub',
      want: 'counted',
    },
    {
      name: 'passHeaders exempts nothing of stripHeaders',
      settings: { passHeaders: ['X-Rewrite-URL'], stripHeaders: ['X-Rewrite-URL'] },
      given: 'X-Rewrite-URL',
      want: 'stripped',
    },
    {
      name: 'passHeaders does not exempt Proxy',
      settings: { passHeaders: ['Proxy'] },
      given: 'Proxy',
      want: 'stripped',
    },
    {
      name: 'passHeaders does not exempt the gate’s own',
      settings: { passHeaders: ['X-Gate-Would-Deny'] },
      given: 'X-Gate-Would-Deny',
      want: 'stripped',
    },
  ]
  for (const { name, settings: changes, given, want } of cases) {
    const { apply } = plainHeaders(changes)
    t.strictSame(
      apply([given, 'v'], publicPermit),
      { headers: want === 'kept' ? [given, 'v'] : [], stripped: want === 'counted' ? 1 : 0 },
      name,
    )
  }
})

t.test('every override header is removed, under its aliases too', async (t) => {
  const { apply } = plainHeaders()
  const names = [
    'X-HTTP-Method-Override',
    'X-HTTP-Method',
    'X-Method-Override',
    'X-Original-URL',
    'X-Original-URI',
    'X-Original-Method',
    'X-Rewrite-URL',
    'X-Forwarded-Uri',
    'X-Forwarded-Method',
    'X-Forwarded-Prefix',
    'Proxy',
  ]
  for (const name of names) {
    for (const alias of [name, name.toLowerCase(), name.replaceAll('-', '_')]) {
      t.strictSame(apply([alias, 'v'], publicPermit), { headers: [], stripped: 0 }, alias)
    }
  }
})

t.test('fixed headers replace the client’s, and stand before the identity', async (t) => {
  const headers = ['X-Api-Key', 'k1', 'X-Env', 'prod']
  const { apply } = plainHeaders({ upstream: { ...upstream, headers } })
  const lines = ['x_api_key', 'stolen', 'A', '1', 'K1', 'a value is no name']
  const kept = ['A', '1', 'K1', 'a value is no name']
  t.strictSame(apply(lines, permit), { headers: [...kept, ...headers, ...alice], stripped: 0 })
  t.strictSame(apply(lines, publicPermit), { headers: [...kept, ...headers], stripped: 0 })
})

t.test('the token is forwarded, but under its own name alone', async (t) => {
  const source: IdentitySource = { in: 'header', name: 'x-auth-token' }
  const sources = [
    authorizer('pool', source),
    authorizer('other', { in: 'query', name: 'x.query' }),
    authorizer('third'),
  ]
  const { apply } = plainHeaders({ authorizers: sources })
  const lines = ['X-Auth-Token', 't', 'x_auth_token', 'u', 'X.Auth.Token', 'v', 'x-query', 'w']
  const want = { headers: ['X-Auth-Token', 't', 'x-query', 'w'], stripped: 0 }
  t.strictSame(apply(lines, publicPermit), want)
})

t.test('two sources whose names fold alike are both forwarded', async (t) => {
  const sources = [
    authorizer('pool', { in: 'header', name: 'x-token' }),
    authorizer('other', { in: 'header', name: 'x_token' }),
  ]
  const { apply } = plainHeaders({ authorizers: sources })
  t.strictSame(apply(['X-Token', 'a', 'X_Token', 'b', 'x.token', 'c'], publicPermit).headers, [
    'X-Token',
    'a',
    'X_Token',
    'b',
  ])
})

t.test('a token that is not to be forwarded is removed where it was read from', async (t) => {
  const sources = [authorizer('pool'), authorizer('other', { in: 'header', name: 'x-token' })]
  const { apply } = plainHeaders({ authorizers: sources, forwardToken: false })
  const lines = ['AUTHORIZATION', 'Bearer t', 'X-Token', 'u', 'A', '1']
  const cases: readonly { name: string; given: IdentityPermit; want: readonly string[] }[] = [
    { name: 'the header', given: permit, want: ['X-Token', 'u', 'A', '1', ...alice] },
    {
      name: 'the other one',
      given: { ...permit, identitySource: { in: 'header', name: 'x-token' } },
      want: ['AUTHORIZATION', 'Bearer t', 'A', '1', ...alice],
    },
    {
      name: 'a query parameter of that name is no header',
      given: { ...permit, identitySource: { in: 'query', name: 'x-token' } },
      want: [...lines, ...alice],
    },
    { name: 'on a public route nothing was read', given: publicPermit, want: lines },
  ]
  for (const { name, given, want } of cases) {
    t.strictSame(apply(lines, given), { headers: [...want], stripped: 0 }, name)
  }
})

t.test('an identity with no header to its name sets nothing', async (t) => {
  const { apply } = plainHeaders()
  t.strictSame(apply(['X-User-Sub', 'admin'], { ...permit, identity: identity([]) }), {
    headers: [],
    stripped: 1,
  })
})

t.test('the result is the caller’s own, and so are its lines', async (t) => {
  const { apply } = plainHeaders()
  const lines = Object.freeze(['A', '1'])
  const first = apply(lines, permit)
  first.headers.push('B', '2')
  t.strictSame(apply(lines, permit), { headers: ['A', '1', ...alice], stripped: 0 })
})

t.test('a request that is let pass unpermitted says so, and nothing of who asks', async (t) => {
  const reported = { ...permit, identity: undefined, denial: { code: 'token_expired' } } as const
  const told = ['X-Gate-Would-Deny', 'token_expired']
  const token = ['Authorization', 'Bearer a.b.c']
  const spoofed = ['X-User-Sub', 'root', 'x_user.email', 'a', 'X-Gate-Would-Deny', '']
  const lines = ['Host', 'a', ...token, ...spoofed, 'x_gate_would.deny', 'no']
  t.strictSame(plainHeaders().apply(lines, reported), {
    headers: ['Host', 'a', ...token, ...told],
    stripped: 2,
  })
  t.strictSame(plainHeaders({ forwardToken: false }).apply(lines, reported), {
    headers: ['Host', 'a', ...told],
    stripped: 2,
  })
  t.notMatch(plainHeaders().apply(lines, permit).headers, /gate/i)
})
