import t from 'tap'
import { createAuthorize } from '../src/authorize.ts'
import { deny, type Denial } from '../src/core/denial.ts'
import type { Identity } from '../src/core/identity.ts'
import type { RequestFacts } from '../src/core/request.ts'
import { compileRoutes } from '../src/routing/table.ts'
import {
  codeOf,
  facts,
  identity,
  nowSeconds,
  route,
  setUp,
  withToken,
} from './helpers/authorizing.ts'

t.test('each step refuses with its own word', async (t) => {
  const good = identity()
  const cases: readonly { request: RequestFacts; outcome: Identity | Denial; want: string }[] = [
    { request: facts('/prod/public'), outcome: good, want: 'authorized' },
    { request: facts('/public'), outcome: good, want: 'no_route' },
    { request: facts('/prod//public'), outcome: good, want: 'target_ambiguous' },
    { request: facts('/prod/nowhere'), outcome: good, want: 'no_route' },
    { request: withToken('/prod/denied'), outcome: good, want: 'route_denied' },
    { request: facts('/prod/any'), outcome: good, want: 'token_missing' },
    {
      request: withToken('/prod/any'),
      outcome: deny('signature_invalid'),
      want: 'signature_invalid',
    },
    { request: withToken('/prod/any'), outcome: good, want: 'authorized' },
    {
      request: withToken('/prod/any'),
      outcome: identity({ expiresAt: nowSeconds }),
      want: 'token_expired',
    },
    { request: withToken('/prod/scoped'), outcome: good, want: 'scope_insufficient' },
    {
      request: withToken('/prod/scoped'),
      outcome: identity({ scopes: ['x', 'orders/admin'] }),
      want: 'authorized',
    },
    {
      request: withToken('/prod/scoped'),
      outcome: identity({ scopes: ['orders/rea'] }),
      want: 'scope_insufficient',
    },
    { request: withToken('/prod/grouped'), outcome: good, want: 'group_insufficient' },
    {
      request: withToken('/prod/grouped'),
      outcome: identity({ groups: ['staff'] }),
      want: 'authorized',
    },
    { request: withToken('/prod/tier'), outcome: good, want: 'authorized' },
    { request: withToken('/prod/paid'), outcome: good, want: 'authorized' },
    { request: withToken('/prod/role'), outcome: good, want: 'authorized' },
    { request: withToken('/prod/nested'), outcome: good, want: 'claim_mismatch' },
    { request: withToken('/prod/none'), outcome: good, want: 'claim_mismatch' },
    { request: withToken('/prod/proto'), outcome: good, want: 'claim_mismatch' },
    { request: withToken('/prod/broken'), outcome: deny('key_unknown'), want: 'key_unknown' },
    { request: withToken('/prod/broken'), outcome: good, want: 'internal' },
    { request: withToken('/prod/both'), outcome: good, want: 'claim_mismatch' },
  ]
  for (const { request, outcome, want } of cases) {
    const decision = await setUp(outcome).authorize(request)
    t.equal(codeOf(decision), want, `${request.target} ${want}`)
  }
})

t.test('what API Gateway checks comes first, then what only the gate knows', async (t) => {
  const issuedAt = nowSeconds - 101
  const scopes = ['orders/read']
  const steps = [
    { given: { issuer: 'revoked', issuedAt }, want: 'scope_insufficient' },
    { given: { issuer: 'revoked', issuedAt, scopes }, want: 'token_revoked' },
    { given: { issuedAt, scopes }, want: 'token_too_old' },
    { given: { scopes }, want: 'group_insufficient' },
    { given: { scopes, groups: ['admins'] }, want: 'claim_mismatch' },
  ]
  for (const { given, want } of steps) {
    const { authorize } = setUp(identity(given), {
      maxTokenAgeSeconds: 100,
      isRevoked: ({ issuer }) => issuer === 'revoked',
    })
    t.equal(codeOf(await authorize(withToken('/prod/strict'))), want)
  }
})

t.test('a permit carries what was matched and who asked', async (t) => {
  const who = identity()
  const decision = await setUp(who).authorize(withToken('/prod/any?x=1'))
  if (decision.kind !== 'authorized') {
    t.fail('refused')
    return
  }
  t.equal(decision.route.label, 'GET /any')
  t.equal(decision.target.path, '/any')
  t.equal(decision.query, '?x=1')
  t.equal(decision.identity, who)
  t.equal(decision.acceptedUntil, nowSeconds + 60)
  const aging = await setUp(who, { maxTokenAgeSeconds: 50 }).authorize(withToken('/prod/any'))
  t.match(aging, { acceptedUntil: nowSeconds + 50 }, 'its age is first')
  t.strictSame(decision.identitySource, { in: 'header', name: 'authorization' })
})

t.test('a public route takes no notice of a token, not even of a bad one', async (t) => {
  const { authorize, verified } = setUp(deny('signature_invalid'))
  const decision = await authorize(withToken('/prod/public'))
  if (decision.kind !== 'authorized') {
    t.fail('refused')
    return
  }
  t.equal(decision.identity, undefined)
  t.equal(decision.acceptedUntil, undefined)
  t.equal(decision.identitySource, undefined)
  t.strictSame(verified, [])
})

t.test('a token from the query does not reach the upstream', async (t) => {
  const { authorize, verified } = setUp(identity(), {
    identitySource: { in: 'query', name: 'access_token' },
  })
  const decision = await authorize(facts('/prod/any?a=1&access_token=YQ.YQ.YQ&b=2'))
  if (decision.kind !== 'authorized') {
    t.fail('refused')
    return
  }
  t.equal(decision.query, '?a=1&b=2')
  t.strictSame(verified, ['YQ.YQ.YQ'])
})

t.test('it answers at once unless a key has to be fetched', async (t) => {
  t.notOk(setUp(identity()).authorize(withToken('/prod/any')) instanceof Promise)
  const pending = setUp(Promise.resolve(identity())).authorize(withToken('/prod/any'))
  t.ok(pending instanceof Promise)
  t.equal(codeOf(await pending), 'authorized')
  const refused = setUp(Promise.resolve(deny('key_unknown'))).authorize(withToken('/prod/any'))
  t.equal(codeOf(await refused), 'key_unknown')
})

t.test('verdicts are counted once; ambiguous targets are left to the server', async (t) => {
  const { authorize, counted } = setUp(identity())
  for (const target of ['/prod/public', '/prod/any', '/prod/scoped', '/prod/x', '/prod/../x']) {
    await authorize(withToken(target))
  }
  t.strictSame(counted, [
    'allow GET /public',
    'allow GET /any',
    'scope_insufficient GET /scoped',
    'no_route none',
  ])
})

t.test('a route whose authorizer is not there is a bug, found at the start', async (t) => {
  const table = compileRoutes([route('/any')])
  if (!table.ok) {
    t.fail('did not compile')
    return
  }
  const options = {
    basePath: '',
    table: table.value,
    authorizers: new Map(),
    maxTokenBytes: 1,
    handshakeSources: { tokenQuery: '', tokenProtocolPrefix: '' },
    isRevoked: () => false,
    clock: { wallMs: () => 0, monotonicMs: () => 0 },
    enforcement: 'enforce' as const,
    recorder: {
      allowed: () => undefined,
      denied: () => undefined,
      wouldDeny: () => undefined,
    },
  }
  t.throws(() => createAuthorize(options), /no authorizer "pool"/)
})

t.test(
  'a WebSocket handshake may bring its token elsewhere, and no upstream sees it',
  async (t) => {
    const { authorize, verified } = setUp(identity())
    const opening = (target: string, ...protocols: string[]): RequestFacts => ({
      ...facts(target),
      webSocket: { key: '', protocols },
    })
    const target = '/prod/any?a=1&access_token=YQ.YQ.YQ'
    t.match(await authorize(opening(target)), { kind: 'authorized', query: '?a=1' })
    t.match(await authorize(opening('/prod/any', 'bearer.Yg.Yg.Yg')), { kind: 'authorized' })
    t.strictSame(verified, ['YQ.YQ.YQ', 'Yg.Yg.Yg'])
    t.equal(codeOf(await authorize(opening(target, 'bearer.Yg.Yg.Yg'))), 'token_duplicated')
    const open = opening('/prod/public?access_token=x')
    t.match(await authorize(open), { kind: 'authorized', query: '' }, 'on public routes too')
    t.equal(codeOf(await authorize(facts(target))), 'token_missing', 'plain requests may not')
  },
)
