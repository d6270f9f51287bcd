// Tokens of a Cognito emulator, got with the AWS SDK by signing in, sent by curl through the built
// gate to nginx. The emulator signs both kinds of token with one key; embedded-pool.test.ts has two.
import t from 'tap'
import {
  bearer,
  checkBooks,
  checkSecrets,
  runCases,
  secretsOf,
  type Case,
} from './helpers/cases.ts'
import { startCognitoLocal } from './helpers/cognito-local.ts'
import { ephemeralListeners, startGate, untilReady } from './helpers/gate.ts'
import { parseMetrics, scrapeText, sumOf } from './helpers/metrics.ts'
import { startNginx } from './helpers/nginx.ts'
import { ambiguous, denied, noRoute, unauthorized } from './helpers/refusals.ts'

const claimsOf = (token: string): Readonly<Record<string, unknown>> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<
    string,
    unknown
  >

/** Another payload under the same signature. */
const forge = (token: string): string => {
  const [header = '', , signature = ''] = token.split('.')
  const payload = JSON.stringify({ ...claimsOf(token), sub: 'root' })
  return [header, Buffer.from(payload).toString('base64url'), signature].join('.')
}

t.test('tokens of cognito-local pass where they should and nowhere else', async (t) => {
  const [nginx, cognito] = await Promise.all([startNginx(t), startCognitoLocal(t)])
  const { idToken, accessToken } = await cognito.signIn({
    email: 'jane@example.com',
    password: 'Correct-Horse-7',
    group: 'admins',
  })
  const gate = await startGate(t, {
    config: `${ephemeralListeners}
upstream: { url: '${nginx.url}' }
log: { requests: all }
authorizers:
  pool:
    type: COGNITO_USER_POOLS
    userPoolIds: [${cognito.poolId}]
    clientIds: [${cognito.clientId}]
    issuer: '${cognito.issuer.replace(cognito.poolId, '{userPoolId}')}'
  others:
    type: COGNITO_USER_POOLS
    userPoolIds: [${cognito.poolId}]
    clientIds: [otherclient]
    issuer: '${cognito.issuer.replace(cognito.poolId, '{userPoolId}')}'
routes:
  - { path: /health, method: GET, authorizationType: NONE }
  - { path: /internal, method: ANY, authorizationType: DENY }
  - { path: /profile, method: GET, authorizer: pool }
  - { path: '/orders/{orderId}', method: [GET, POST], authorizer: pool, authorizationScopes: [aws.cognito.signin.user.admin] }
  - { path: /reports, method: GET, authorizer: pool, authorizationScopes: [reports/read] }
  - { path: '/admin/{proxy+}', method: ANY, authorizer: pool, authorizationGroups: [admins] }
  - { path: /staff, method: GET, authorizer: pool, authorizationGroups: [staff] }
  - { path: /partners, method: GET, authorizer: others }
`,
  })
  await untilReady(gate)

  const payload = claimsOf(idToken)
  const issuer: readonly [string, string] = ['X-Claim-Issuer', cognito.issuer]
  const subject: readonly [string, string] = ['X-Claim-Sub', String(payload['sub'])]
  const groups: readonly [string, string] = ['X-Claim-Groups', 'admins']
  const client: readonly [string, string] = ['X-Claim-Client-Id', cognito.clientId]
  const idClaims = [
    issuer,
    subject,
    ['X-Claim-Username', String(payload['cognito:username'])],
    ['X-Claim-Email', 'jane@example.com'],
    ['X-Claim-Email-Verified', 'true'],
    groups,
    client,
  ] as const
  const accessClaims = [
    issuer,
    subject,
    ['X-Claim-Username', String(claimsOf(accessToken)['username'])],
    groups,
    ['X-Claim-Scope', 'aws.cognito.signin.user.admin'],
    client,
  ] as const
  const profile = { route: 'GET /profile', authorizer: 'pool' }
  const order = { route: 'GET /orders/{orderId}', authorizer: 'pool' }
  const health = { route: 'GET /health', authorizer: 'none', claims: [] }
  const spoofed = [
    '-H',
    'X-Claim-Sub: root',
    '-H',
    'x_claim_sub: root',
    '-H',
    'X-Claim.Groups: root',
  ]

  const cases: readonly Case[] = [
    {
      name: 'an ID token passes a route without scopes',
      path: '/profile?view=full&x=%2F',
      args: bearer(idToken),
      want: { ...profile, claims: idClaims },
    },
    {
      name: 'a token passes without the word Bearer, from the cache too',
      path: '/profile',
      args: ['-H', `Authorization: ${idToken}`],
      want: { ...profile, claims: idClaims },
    },
    {
      name: 'an access token passes a route with one of its scopes',
      path: '/orders/7%20a',
      args: bearer(accessToken),
      want: { ...order, claims: accessClaims },
    },
    {
      name: 'a member of the group passes',
      method: 'DELETE',
      path: '/admin/users/7',
      args: bearer(idToken),
      want: { route: 'ANY /admin/{proxy+}', authorizer: 'pool', claims: idClaims },
    },
    { name: 'a public route passes without a token', path: '/health', want: health },
    {
      name: 'a public route tells nobody who somebody claims to be',
      path: '/health',
      args: spoofed,
      want: health,
    },
    {
      name: 'claims in the client’s own headers do not survive beside a token',
      path: '/profile',
      args: [...bearer(idToken), ...spoofed],
      want: { ...profile, claims: idClaims },
    },
    {
      name: 'no token is refused',
      path: '/profile',
      want: unauthorized(profile, 'token_missing'),
    },
    {
      name: 'an empty token is refused',
      path: '/profile',
      args: ['-H', 'Authorization;'],
      want: unauthorized(profile, 'token_missing'),
    },
    {
      name: 'two tokens are refused',
      path: '/profile',
      args: [...bearer(idToken), ...bearer(idToken)],
      want: unauthorized(profile, 'token_duplicated'),
    },
    {
      name: 'a token with another payload is refused',
      path: '/profile',
      args: bearer(forge(idToken)),
      want: unauthorized(profile, 'signature_invalid'),
    },
    {
      name: 'an access token is refused where an ID token is wanted',
      path: '/profile',
      args: bearer(accessToken),
      want: unauthorized(profile, 'token_use_mismatch'),
    },
    {
      name: 'an ID token is refused where a scope is wanted',
      path: '/orders/7',
      args: bearer(idToken),
      want: unauthorized(order, 'token_use_mismatch'),
    },
    {
      name: 'an access token without the scope is refused',
      path: '/reports',
      args: bearer(accessToken),
      want: unauthorized({ route: 'GET /reports', authorizer: 'pool' }, 'scope_insufficient'),
    },
    {
      name: 'somebody outside the group is refused',
      path: '/staff',
      args: bearer(idToken),
      want: denied({ route: 'GET /staff', authorizer: 'pool' }, 'group_insufficient'),
    },
    {
      name: 'a token of another app client is refused',
      path: '/partners',
      args: bearer(idToken),
      want: unauthorized({ route: 'GET /partners', authorizer: 'others' }, 'client_mismatch'),
    },
    {
      name: 'a denied route is refused, with a good token too',
      path: '/internal',
      args: bearer(idToken),
      want: denied({ route: 'ANY /internal', authorizer: 'none' }, 'route_denied'),
    },
    {
      name: 'a path without a route is refused',
      path: '/elsewhere',
      want: noRoute,
    },
    {
      name: 'a path that climbs out of its route is refused',
      path: '/health/../internal',
      want: ambiguous,
    },
  ]
  await runCases(t, gate, cases)

  await t.test('metrics and log tell these requests and nothing else', async (t) => {
    await checkBooks(t, gate, cases)
    const samples = parseMetrics(await scrapeText(gate.adminUrl))
    t.equal(sumOf(samples, 'jwks_fetches_total'), 1, 'one issuer was asked for its keys once')
    t.equal(sumOf(samples, 'jwks_fetches_total', { outcome: 'success' }), 1)
    t.equal(sumOf(samples, 'jwks_keys'), 1)
    t.equal(sumOf(samples, 'requests_in_flight'), 0)
    t.ok(sumOf(samples, 'token_cache_lookups_total', { result: 'hit' }) > 0)
    t.equal(sumOf(samples, 'identity_headers_stripped_total'), 6)
    t.equal(sumOf(samples, 'upstream_errors_total'), 0)
  })
  await t.test('nothing secret is printed', async (t) => {
    const secrets = [idToken, accessToken, forge(idToken)].flatMap(secretsOf)
    const personal = ['jane@example.com', subject[1], 'view=full', '7%20a']
    await checkSecrets(t, gate, [...secrets, ...personal])
  })
  await t.test('it ends with 0', async (t) => {
    t.strictSame(await gate.stop('SIGINT'), { code: 0, signal: null })
    t.equal(gate.program.stderr(), '')
  })
})
