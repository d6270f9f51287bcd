import t from 'tap'
import { deny, denialCodes, type DenialCode } from '../src/core/denial.ts'
import { unmatchedRoute } from '../src/core/route.ts'
import {
  codeOf,
  facts,
  identity,
  nowSeconds,
  route,
  setUp,
  withToken,
} from './helpers/authorizing.ts'

const enforcement = 'report' as const

const written = [
  route('/any', { enforcement }),
  route('/scoped', { enforcement, scopes: ['orders/read'] }),
  route('/grouped', { enforcement, groups: ['admins'] }),
  route('/tier', { enforcement, claims: [{ name: 'tier', values: ['9'] }] }),
  route('/enforced'),
  route('/admin/{proxy+}'),
  route('/denied', { enforcement, access: 'DENY' }),
  route('/public', { enforcement, access: 'NONE' }),
  route('/broken', {
    enforcement,
    requestParameters: [{ action: 'overwrite', name: 'content_length', expression: [] }],
  }),
]

const reporting = { enforcement, written }

t.test('what a token lacks is reported and let pass, and belongs to nobody', async (t) => {
  const cases = [
    { request: facts('/prod/any'), outcome: identity(), want: 'token_missing' },
    { request: withToken('/prod/any'), outcome: deny('key_unknown'), want: 'key_unknown' },
    {
      request: withToken('/prod/any'),
      outcome: deny('keys_unavailable', { retryAfterSeconds: 1 }),
      want: 'keys_unavailable',
    },
    {
      request: withToken('/prod/any'),
      outcome: identity({ expiresAt: nowSeconds }),
      want: 'token_expired',
    },
    { request: withToken('/prod/scoped'), outcome: identity(), want: 'scope_insufficient' },
    { request: withToken('/prod/grouped'), outcome: identity(), want: 'group_insufficient' },
    { request: withToken('/prod/tier'), outcome: identity(), want: 'claim_mismatch' },
  ]
  for (const { request, outcome, want } of cases) {
    const { authorize, counted } = setUp(outcome, reporting)
    const decision = await authorize(request)
    t.match(
      decision,
      { kind: 'reported', denial: { code: want }, target: { path: request.target.slice(5) } },
      want,
    )
    if (decision.kind === 'reported') {
      t.equal(decision.identity, undefined)
      t.equal(decision.acceptedUntil, undefined)
    }
    t.strictSame(counted, [`would deny ${want} GET ${request.target.slice(5)}`])
  }
})

t.test('a good token passes as ever', async (t) => {
  const { authorize, counted } = setUp(identity(), reporting)
  t.match(await authorize(withToken('/prod/any')), { kind: 'authorized', identity: identity() })
  t.match(await authorize(facts('/prod/public')), { kind: 'authorized' })
  t.strictSame(counted, ['allow GET /any', 'allow GET /public'])
})

t.test('of all codes those of tokens, keys and access are reported, and no other', async (t) => {
  const refused: readonly DenialCode[] = [
    'route_denied',
    'no_route',
    'target_ambiguous',
    'request_malformed',
    'peer_untrusted',
    'header_aliased',
    'request_timeout',
    'headers_too_large',
    'body_too_large',
    'upstream_timeout',
    'upstream_unreachable',
    'upstream_broken',
    'upstream_overloaded',
    'internal',
  ]
  for (const code of denialCodes) {
    const decision = await setUp(deny(code), reporting).authorize(withToken('/prod/any'))
    t.equal(decision.kind, refused.includes(code) ? 'refused' : 'reported', code)
  }
})

t.test('a route has its own word, whatever the global one is', async (t) => {
  for (const global of ['enforce', 'report'] as const) {
    const { authorize } = setUp(identity(), { enforcement: global, written })
    t.equal(codeOf(await authorize(facts('/prod/enforced'))), 'token_missing')
    t.equal(codeOf(await authorize(facts('/prod/any'))), 'reported')
    t.equal(codeOf(await authorize(facts('/prod/denied'))), 'route_denied')
    t.equal(codeOf(await authorize(withToken('/prod/broken'))), 'internal', 'a good token')
    t.equal(codeOf(await authorize(facts('/prod/broken'))), 'internal', 'none')
  }
})

t.test('a request that no route takes passes where report mode is global', async (t) => {
  const { authorize, counted } = setUp(identity(), reporting)
  const decision = await authorize(facts('/prod/elsewhere?a=1'))
  t.match(decision, { kind: 'reported', denial: { code: 'no_route' }, query: '?a=1' })
  t.equal(decision.route, unmatchedRoute)
  t.strictSame(counted, ['would deny no_route none'])
  const local = setUp(identity(), { written })
  t.equal(codeOf(await local.authorize(facts('/prod/elsewhere'))), 'no_route')
})

t.test('it never passes as what a server could take for an enforced route', async (t) => {
  const { authorize } = setUp(identity(), reporting)
  const cases = [
    { method: 'GET', path: '/Enforced', want: 'no_route' },
    { method: 'GET', path: '/enforced/', want: 'no_route' },
    { method: 'GET', path: '/enforced;x', want: 'no_route' },
    { method: 'GET', path: '/ADMIN/users', want: 'no_route' },
    { method: 'GET', path: '/DENIED', want: 'no_route' },
    { method: 'HEAD', path: '/enforced', want: 'no_route' },
    { method: 'HEAD', path: '/Admin/users', want: 'no_route' },
    { method: 'POST', path: '/enforced', want: 'reported' },
    { method: 'GET', path: '/Any', want: 'reported' },
    { method: 'HEAD', path: '/any', want: 'reported' },
    { method: 'GET', path: '/PUBLIC', want: 'reported' },
    { method: 'TRACE', path: '/elsewhere', want: 'no_route' },
    { method: 'GET', path: '/else%2Fwhere', want: 'target_ambiguous' },
    { method: 'GET', path: '/else/../where', want: 'target_ambiguous' },
  ]
  for (const { method, path, want } of cases) {
    const decision = await authorize({ ...facts(`/prod${path}`), method })
    t.equal(codeOf(decision), want, `${method} ${path}`)
  }
  // There is no path to forward: what follows the base path is what routes are about.
  t.equal(codeOf(await authorize(facts('/any'))), 'no_route', 'outside the base path')
})

t.test('neither token parameters nor their header tell an upstream of the token', async (t) => {
  const identitySource = { in: 'query', name: 'access_token' } as const
  const { authorize } = setUp(deny('signature_invalid'), { ...reporting, identitySource })
  const decision = await authorize(facts('/prod/any?a=1&access_token=YQ.YQ.YQ'))
  t.match(decision, { kind: 'reported', query: '?a=1', identitySource })
  const opening = { ...facts('/prod/x?access_token=y'), webSocket: { key: '', protocols: [] } }
  t.match(await authorize(opening), { kind: 'reported', query: '' })
})

t.test('an issuer that is asked for a key is waited for, then it passes too', async (t) => {
  const { authorize } = setUp(Promise.resolve(deny('keys_unavailable')), reporting)
  t.equal(codeOf(await authorize(withToken('/prod/any'))), 'reported')
})
