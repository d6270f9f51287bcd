import t from 'tap'
import type { Route } from '../../src/core/route.ts'
import { createDecidedHeaders, type DecidedPermit } from '../../src/identity/decided.ts'
import type { ViewWith } from '../../src/identity/apply.ts'
import type { RequestView } from '../../src/core/expression.ts'
import { compileRoutes } from '../../src/routing/table.ts'
import { unwrap } from '../../src/core/result.ts'
import { settingsOf, type Line } from '../routing/route-settings.ts'
import {
  alice,
  authorizer,
  identity,
  permit,
  publicPermit,
  settings,
  upstream,
} from './fixtures.ts'

const nothing = () => undefined
const view: ViewWith = (claim) =>
  ({
    header: (name) => `client's ${name}`,
    query: nothing,
    path: nothing,
    requestPath: nothing,
    context: nothing,
    claim,
  }) satisfies RequestView

const routesOf = (lines: readonly Line[]): readonly Route[] =>
  unwrap(compileRoutes(settingsOf(lines))).routes

const linesFor = (
  given: DecidedPermit,
  changes: Parameters<typeof settings>[0] = {},
  routes: readonly Route[] = [],
) => createDecidedHeaders(settings(changes), routes).lines(given, view)

t.test('every name is there, the absent ones empty and named for Envoy', async (t) => {
  t.strictSame(linesFor(permit), [
    ...alice,
    ...['X-User-Email', ''],
    ...['x-envoy-auth-headers-to-remove', 'X-User-Email,X-Gate-Would-Deny'],
  ])
  t.strictSame(linesFor(publicPermit), [
    ...['X-User-Sub', ''],
    ...['X-User-Email', ''],
    ...['x-envoy-auth-headers-to-remove', 'X-User-Sub,X-User-Email,X-Gate-Would-Deny'],
  ])
})

t.test('so are those of other authorizers and of the payload', async (t) => {
  const lines = linesFor(permit, {
    claimsHeader: 'X-Claims',
    authorizers: [
      authorizer('pool'),
      authorizer('other', undefined, { 'X-Other': ['sub'], 'x-user-sub': ['sub'] }),
    ],
  })
  t.strictSame(
    lines.filter((_, index) => index % 2 === 0),
    ['X-User-Sub', 'X-User-Email', 'X-Other', 'X-Claims', 'x-envoy-auth-headers-to-remove'],
  )
})

t.test('a name that two maps spell in two ways has one spelling', async (t) => {
  const given = { ...permit, identity: identity(['X_User_Sub', 'alice']) }
  const lines = linesFor(given, {
    authorizers: [authorizer('pool', undefined, { X_User_Sub: ['sub'] })],
  })
  t.strictSame(lines.slice(0, 4), ['X-User-Sub', 'alice', 'X-User-Email', ''])
})

t.test('fixed headers are not the edge proxy’s to learn', async (t) => {
  const lines = linesFor(permit, { upstream: { ...upstream, headers: ['X-Secret', 'hush'] } })
  t.notMatch(lines.join(), /secret|hush/i)
})

t.test('a report tells why, and of nobody', async (t) => {
  t.strictSame(linesFor({ ...publicPermit, denial: { code: 'token_expired' } }), [
    ...['X-User-Sub', ''],
    ...['X-User-Email', ''],
    ...['X-Gate-Would-Deny', 'token_expired'],
    ...['x-envoy-auth-headers-to-remove', 'X-User-Sub,X-User-Email'],
  ])
})

t.test('a report of a gate that has no names removes nothing', async (t) => {
  const given = { ...publicPermit, denial: { code: 'token_expired' } } as const
  t.strictSame(linesFor(given, { claimHeaders: {} }), ['X-Gate-Would-Deny', 'token_expired'])
})

t.test('a token that is to be withheld is named for Envoy', async (t) => {
  const removedOf = (given: DecidedPermit) => linesFor(given, { forwardToken: false }).at(-1)
  t.equal(removedOf(permit), 'X-User-Email,authorization,X-Gate-Would-Deny')
  t.equal(removedOf(publicPermit), 'X-User-Sub,X-User-Email,X-Gate-Would-Deny')
  const identitySource = { in: 'query', name: 'token' } as const
  t.equal(removedOf({ ...permit, identitySource }), 'X-User-Email,X-Gate-Would-Deny')
})

t.test('a mapped header that is the gate’s word goes along, on every route', async (t) => {
  const routes = routesOf([
    [
      'GET /a',
      'pool',
      {
        requestParameters: [
          {
            action: 'overwrite',
            name: 'X-Team',
            expression: [{ from: 'claim', name: 'sub' }],
          },
          { action: 'overwrite', name: 'X-Copy', expression: [{ from: 'header', name: 'a' }] },
        ],
      },
    ],
    ['GET /b', 'pool'],
  ])
  t.strictSame(linesFor(permit, {}, routes).slice(0, 6), [
    ...[...alice, 'X-Team', 'alice'],
    ...['X-User-Email', ''],
  ])
  t.strictSame(linesFor({ ...permit, route: { index: 1 } }, {}, routes).slice(0, 6), [
    ...[...alice, 'X-User-Email', ''],
    ...['X-Team', ''],
  ])
})

t.test('an alias is another spelling of what the gate says, not another case of it', async (t) => {
  const { isAlias } = createDecidedHeaders(settings(), [])
  const overrides = ['X_HTTP_Method_Override', 'x.original.url', 'X-Forwarded_Uri']
  for (const name of [
    'X_User_Sub',
    'x.user-sub',
    'X-User_Email',
    'X_Gate_Would_Deny',
    ...overrides,
  ]) {
    t.equal(isAlias(name), true, name)
  }
  const own = ['X-User-Sub', 'x-uSER-sub', 'X-Gate-Would-Deny', 'x-original-uri']
  for (const name of [...own, 'X_User', 'Accept', 'X_Forwarded_For']) {
    t.equal(isAlias(name), false, name)
  }
})

t.test('a name is the gate’s own in every spelling', async (t) => {
  const { isOwn } = createDecidedHeaders(settings(), [])
  for (const name of ['x-user-sub', 'X_User_Sub', 'x-gate-would-deny']) t.equal(isOwn(name), true)
  for (const name of ['x-user', 'close', 'upgrade']) t.equal(isOwn(name), false, name)
})

t.test('an override header that may pass, may in every spelling', async (t) => {
  const { isAlias } = createDecidedHeaders(settings({ passHeaders: ['X-Original-URL'] }), [])
  t.equal(isAlias('X_Original_URL'), false)
  t.equal(isAlias('X_Original_URI'), true)
})
