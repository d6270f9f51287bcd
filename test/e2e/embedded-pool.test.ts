// As Cognito does, the embedded pool signs ID and access tokens with different keys, and it signs what
// no emulator would: tokens past their time, of strangers, with other heads. All of it sent by curl
// through the built gate to nginx.
import t from 'tap'
import { createUserPool, type UserPool } from '../../src/demo/user-pool.ts'
import {
  bearer,
  checkBooks,
  checkSecrets,
  runCases,
  secretsOf,
  type Case,
} from './helpers/cases.ts'
import { ephemeralListeners, startGate, untilReady, type Gate } from './helpers/gate.ts'
import { parseMetrics, scrapeText, sumOf } from './helpers/metrics.ts'
import { startNginx } from './helpers/nginx.ts'
import type { Scope } from './helpers/program.ts'
import { denied, expired, noRoute, unauthorized } from './helpers/refusals.ts'

const subject = 'a81bc81b-dead-4e5d-abff-90865d1e13b1'

const startPool = async (scope: Scope, poolId: string): Promise<UserPool> => {
  const pool = await createUserPool({ poolId, clientId: 'webapp' })
  scope.teardown(() => pool.close())
  return pool
}

const startGateFor = async (scope: Scope, pool: UserPool): Promise<Gate> => {
  const nginx = await startNginx(scope)
  return startGate(scope, {
    config: `${ephemeralListeners}
upstream: { url: 'unix:${nginx.socketPath}' }
log: { requests: all }
authorizers:
  pool:
    type: COGNITO_USER_POOLS
    userPoolIds: [${pool.poolId}]
    clientIds: [${pool.clientId}]
    issuer: '${pool.issuer}'
  partner:
    type: JWT
    identitySource: $request.header.Authorization
    jwtConfiguration: { issuer: '${pool.issuer}', audience: [${pool.clientId}] }
    jwksUri: '${pool.jwksUri}'
    claimHeaders: { X-Partner: sub }
routes:
  - { path: /profile, method: GET, authorizer: pool }
  - { path: '/orders/{orderId}', method: GET, authorizer: pool, authorizationScopes: [orders/read, orders/admin] }
  - { path: /tenant, method: GET, authorizer: pool, requiredClaims: { 'custom:tenant': [acme, initech] } }
  - { path: /partner, method: GET, authorizer: partner }
`,
  })
}

interface Head {
  readonly alg: string
  readonly kid: string
}

const headOf = (token: string): Head =>
  JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()) as Head

/** The same payload and signature under a changed head. */
const withHead = (token: string, change: Partial<Head>): string => {
  const [, payload = '', signature = ''] = token.split('.')
  const head = JSON.stringify({ ...headOf(token), ...change })
  return [Buffer.from(head).toString('base64url'), payload, signature].join('.')
}

t.test('both kinds of token, each with its own key', async (t) => {
  const pool = await startPool(t, 'eu-west-1_Embedded1')
  const strangers = await startPool(t, 'eu-west-1_Strangers')
  const gate = await startGateFor(t, pool)
  await untilReady(gate)

  const idToken = pool.idToken({ sub: subject })
  const accessToken = pool.accessToken({ sub: subject, scope: 'orders/read orders/write' })
  t.not(headOf(idToken).kid, headOf(accessToken).kid, 'the two kinds have different keys')

  const profile = { route: 'GET /profile', authorizer: 'pool' }
  const orders = { route: 'GET /orders/{orderId}', authorizer: 'pool' }
  const tenant = { route: 'GET /tenant', authorizer: 'pool' }
  const partner = { route: 'GET /partner', authorizer: 'partner' }
  const idClaims: Case['want'] = {
    ...profile,
    claims: [
      ['X-Claim-Issuer', pool.issuer],
      ['X-Claim-Sub', subject],
      ['X-Claim-Username', 'jane'],
      ['X-Claim-Email', 'jane@example.com'],
      ['X-Claim-Email-Verified', 'true'],
      ['X-Claim-Client-Id', pool.clientId],
    ],
  }
  const accessClaims = [
    ['X-Claim-Issuer', pool.issuer],
    ['X-Claim-Sub', subject],
    ['X-Claim-Username', 'jane'],
    ['X-Claim-Scope', 'orders/read orders/write'],
    ['X-Claim-Client-Id', pool.clientId],
  ] as const
  const now = Math.floor(Date.now() / 1000)
  const acme = pool.idToken({ sub: subject, 'custom:tenant': 'acme', email: 'jürgen, ä@b.example' })

  const cases: readonly Case[] = [
    { name: 'an ID token', path: '/profile', args: bearer(idToken), want: idClaims },
    {
      name: 'the same again, from the cache',
      path: '/profile',
      args: bearer(idToken),
      want: idClaims,
    },
    {
      name: 'an access token',
      path: '/orders/7',
      args: bearer(accessToken),
      want: { ...orders, claims: accessClaims },
    },
    {
      name: 'an access token by its audience, on a JWT authorizer',
      path: '/partner',
      args: bearer(accessToken),
      want: { ...partner, claims: [['X-Partner', subject]] },
    },
    {
      name: 'a required claim that holds, and a claim that no header can hold as it is',
      path: '/tenant',
      args: bearer(acme),
      want: {
        ...tenant,
        claims: [
          ['X-Claim-Issuer', pool.issuer],
          ['X-Claim-Sub', subject],
          ['X-Claim-Username', 'jane'],
          ['X-Claim-Email', 'j%C3%BCrgen, %C3%A4@b.example'],
          ['X-Claim-Email-Verified', 'true'],
          ['X-Claim-Client-Id', pool.clientId],
        ],
      },
    },
    {
      name: 'a required claim that does not hold',
      path: '/tenant',
      args: bearer(pool.idToken({ 'custom:tenant': 'globex' })),
      want: denied(tenant, 'claim_mismatch'),
    },
    {
      name: 'past its time',
      path: '/profile',
      args: bearer(pool.idToken({ exp: now - 1 })),
      want: expired(profile),
    },
    {
      name: 'before its time',
      path: '/profile',
      args: bearer(pool.idToken({ nbf: now + 60 })),
      want: unauthorized(profile, 'token_not_yet_valid'),
    },
    {
      name: 'of another pool',
      path: '/profile',
      args: bearer(strangers.idToken()),
      want: unauthorized(profile, 'issuer_mismatch'),
    },
    {
      name: 'of another pool that says it is ours',
      path: '/profile',
      args: bearer(strangers.idToken({ iss: pool.issuer })),
      want: unauthorized(profile, 'key_unknown'),
    },
    {
      name: 'of another app client',
      path: '/profile',
      args: bearer(pool.idToken({ aud: 'another' })),
      want: unauthorized(profile, 'client_mismatch'),
    },
    {
      name: 'for another audience',
      path: '/partner',
      args: bearer(pool.accessToken({ client_id: 'another' })),
      want: unauthorized(partner, 'audience_mismatch'),
    },
    {
      name: 'without a scope that is wanted',
      path: '/orders/7',
      args: bearer(pool.accessToken({ scope: 'orders/readonly' })),
      want: unauthorized(orders, 'scope_insufficient'),
    },
    {
      name: 'an access token where an ID token is wanted',
      path: '/profile',
      args: bearer(accessToken),
      want: unauthorized(profile, 'token_use_mismatch'),
    },
    {
      name: 'an ID token where an access token is wanted',
      path: '/orders/7',
      args: bearer(idToken),
      want: unauthorized(orders, 'token_use_mismatch'),
    },
    {
      name: 'unsigned, and says so',
      path: '/profile',
      args: bearer(withHead(idToken, { alg: 'none' })),
      want: unauthorized(profile, 'algorithm_refused'),
    },
    {
      name: 'signed for the other kind’s key',
      path: '/profile',
      args: bearer(withHead(idToken, { kid: headOf(accessToken).kid })),
      want: unauthorized(profile, 'signature_invalid'),
    },
    {
      name: 'no token at all',
      path: '/profile',
      args: ['-H', 'Authorization: Bearer not-a-token'],
      want: unauthorized(profile, 'token_malformed'),
    },
    {
      name: 'a method that has no route',
      method: 'DELETE',
      path: '/profile',
      want: noRoute,
    },
  ]
  await runCases(t, gate, cases)

  await t.test('metrics and log tell these requests and nothing else', async (t) => {
    await checkBooks(t, gate, cases)
    const samples = parseMetrics(await scrapeText(gate.adminUrl))
    t.equal(sumOf(samples, 'jwks_keys'), 2, 'a key for each kind')
    t.equal(sumOf(samples, 'jwks_stale'), 0)
    // One at the start; one more for the key that the issuer did not have.
    t.equal(sumOf(samples, 'jwks_fetches_total', { outcome: 'success' }), 2)
  })
  await t.test('nothing secret is printed', async (t) => {
    await checkSecrets(t, gate, [
      ...[idToken, accessToken, acme].flatMap(secretsOf),
      ...['not-a-token', subject, 'jane@example.com', headOf(idToken).kid],
    ])
  })
})
