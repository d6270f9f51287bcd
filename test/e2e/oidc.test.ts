// Tokens of a certified OpenID Connect provider, a real process found through discovery, sent by curl
// through the built gate to nginx.
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import {
  bearer,
  checkBooks,
  checkSecrets,
  runCases,
  secretsOf,
  type Case,
} from './helpers/cases.ts'
import { claimsOf } from './helpers/claims.ts'
import { ephemeralListeners, startGate, untilReady, type Gate } from './helpers/gate.ts'
import { parseMetrics, scrapeText, sumOf } from './helpers/metrics.ts'
import { startNginx } from './helpers/nginx.ts'
import { startOidcProvider, type Grant } from './helpers/oidc-provider.ts'
import type { Scope } from './helpers/program.ts'
import { expired, unauthorized } from './helpers/refusals.ts'

const rs256: Grant = { resource: 'https://orders.example/rs256', scope: 'orders.read' }
const es256: Grant = { ...rs256, resource: 'https://orders.example/es256' }
const eddsa: Grant = { ...rs256, resource: 'https://orders.example/eddsa' }

const startWith = async (scope: Scope, issuer: string): Promise<Gate> => {
  const nginx = await startNginx(scope)
  const authorizer = (algorithm: string): string =>
    `{ type: JWT, identitySource: $request.header.Authorization, algorithms: [${algorithm}], ` +
    `jwtConfiguration: { issuer: '${issuer}', audience: [orders] } }`
  const route = (name: string): string =>
    `{ path: /${name}, method: GET, authorizer: ${name}, authorizationScopes: [orders.read, orders.admin] }`
  const gate = await startGate(scope, {
    config: `${ephemeralListeners}
upstream: { url: '${nginx.url}' }
log: { requests: all }
jwks: { unknownKidCooldownSeconds: 1 }
authorizers:
  rs: ${authorizer('RS256')}
  es: ${authorizer('ES256')}
  ed: ${authorizer('EdDSA')}
routes:
  - ${route('rs')}
  - ${route('es')}
  - ${route('ed')}
  - { path: /any, method: GET, authorizer: rs }
`,
  })
  await untilReady(gate)
  return gate
}

const rs = { route: 'GET /rs', authorizer: 'rs' }
const es = { route: 'GET /es', authorizer: 'es' }
const ed = { route: 'GET /ed', authorizer: 'ed' }

t.test('tokens of an OpenID provider pass where they should and nowhere else', async (t) => {
  const [provider, stranger] = await Promise.all([startOidcProvider(t), startOidcProvider(t)])
  const gate = await startWith(t, provider.issuer)
  const brief = await provider.token({ ...rs256, resource: 'https://orders.example/brief' })
  const tokens = {
    rs256: await provider.token(rs256),
    es256: await provider.token(es256),
    eddsa: await provider.token(eddsa),
    writer: await provider.token({ ...rs256, scope: 'orders.write' }),
    both: await provider.token({ ...rs256, scope: 'orders.read orders.write' }),
    billing: await provider.token({ ...rs256, resource: 'https://billing.example/' }),
    stranger: await stranger.token(rs256),
  }
  const claims = (scope: string) =>
    [
      ['X-Claim-Issuer', provider.issuer],
      ['X-Claim-Sub', 'batch'],
      ['X-Claim-Scope', scope],
      ['X-Claim-Client-Id', 'batch'],
    ] as const
  const read = claims('orders.read')
  await sleep(Math.max(0, Number(claimsOf(brief)['exp']) * 1000 - Date.now()))

  const cases: readonly Case[] = [
    { name: 'RS256', path: '/rs', args: bearer(tokens.rs256), want: { ...rs, claims: read } },
    { name: 'ES256', path: '/es', args: bearer(tokens.es256), want: { ...es, claims: read } },
    { name: 'EdDSA', path: '/ed', args: bearer(tokens.eddsa), want: { ...ed, claims: read } },
    {
      name: 'one of several scopes is enough, and all are told',
      path: '/rs',
      args: bearer(tokens.both),
      want: { ...rs, claims: claims('orders.read orders.write') },
    },
    {
      name: 'a route without scopes takes any',
      path: '/any',
      args: bearer(tokens.writer),
      want: { route: 'GET /any', authorizer: 'rs', claims: claims('orders.write') },
    },
    {
      name: 'a key of the same issuer, but an algorithm that is not allowed',
      path: '/es',
      args: bearer(tokens.rs256),
      want: unauthorized(es, 'algorithm_refused'),
    },
    {
      name: 'the same the other way round',
      path: '/rs',
      args: bearer(tokens.eddsa),
      want: unauthorized(rs, 'algorithm_refused'),
    },
    {
      name: 'another audience',
      path: '/rs',
      args: bearer(tokens.billing),
      want: unauthorized(rs, 'audience_mismatch'),
    },
    {
      name: 'another scope',
      path: '/rs',
      args: bearer(tokens.writer),
      want: unauthorized(rs, 'scope_insufficient'),
    },
    { name: 'its time is over', path: '/rs', args: bearer(brief), want: expired(rs) },
    {
      name: 'another issuer of the same make',
      path: '/rs',
      args: bearer(tokens.stranger),
      want: unauthorized(rs, 'issuer_mismatch'),
    },
    { name: 'no token', path: '/rs', want: unauthorized(rs, 'token_missing') },
  ]
  await runCases(t, gate, cases)

  await t.test('metrics and log tell these requests and nothing else', async (t) => {
    await checkBooks(t, gate, cases)
    const samples = parseMetrics(await scrapeText(gate.adminUrl))
    const ours = { issuer: provider.issuer }
    t.equal(
      sumOf(samples, 'jwks_fetches_total'),
      1,
      'one issuer is asked once for three authorizers',
    )
    t.equal(sumOf(samples, 'jwks_fetches_total', { ...ours, outcome: 'success' }), 1)
    t.equal(sumOf(samples, 'jwks_keys', ours), 3)
  })
  await t.test('nothing secret is printed', async (t) => {
    await checkSecrets(t, gate, Object.values(tokens).flatMap(secretsOf))
  })
})

t.test('a token that runs out is refused, though it was cached', async (t) => {
  const provider = await startOidcProvider(t)
  const gate = await startWith(t, provider.issuer)
  const token = await provider.token({ ...rs256, resource: 'https://orders.example/brief' })
  const { exp } = claimsOf(token)
  const passes: Case = {
    name: 'it passes while it lasts',
    path: '/rs',
    args: bearer(token),
    want: { ...rs, claims: identityOf(provider.issuer) },
  }
  await runCases(t, gate, [passes, passes])
  await sleep(Math.max(0, Number(exp) * 1000 - Date.now()))
  await runCases(t, gate, [{ ...passes, name: 'and then no more', want: expired(rs) }])
})

t.test('new keys are found by the first token that names one', async (t) => {
  const provider = await startOidcProvider(t)
  const gate = await startWith(t, provider.issuer)
  const before = await provider.token(rs256)
  const claims = identityOf(provider.issuer)
  const old: Case = {
    name: 'a token of the old keys passes',
    path: '/rs',
    args: bearer(before),
    want: { ...rs, claims },
  }
  await runCases(t, gate, [old])

  await provider.restart()
  await runCases(t, gate, [{ ...old, name: 'it still does while nobody knows of the new keys' }])
  const newcomers: readonly Case[] = await Promise.all(
    [
      { grant: rs256, path: '/rs', place: rs },
      { grant: es256, path: '/es', place: es },
      { grant: eddsa, path: '/ed', place: ed },
    ].map(async ({ grant, path, place }) => ({
      name: `a token of the new keys passes ${path}`,
      path,
      args: bearer(await provider.token(grant)),
      want: { ...place, claims },
    })),
  )
  await runCases(t, gate, newcomers)
  await runCases(t, gate, [
    {
      ...old,
      name: 'a token of a key that the issuer has dropped is refused, though it was cached',
      want: unauthorized(rs, 'key_unknown'),
    },
  ])
  const samples = parseMetrics(await scrapeText(gate.adminUrl))
  t.equal(sumOf(samples, 'jwks_keys'), 3)
  t.ok(sumOf(samples, 'jwks_fetches_total', { outcome: 'success' }) <= 3, 'few fetches were made')
})

const identityOf = (issuer: string) =>
  [
    ['X-Claim-Issuer', issuer],
    ['X-Claim-Sub', 'batch'],
    ['X-Claim-Scope', 'orders.read'],
    ['X-Claim-Client-Id', 'batch'],
  ] as const
