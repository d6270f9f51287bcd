// The gate exactly as on AWS, nothing overridden: its keys come over HTTPS from Cognito's own host
// name, which a hosts file in the gate's own mount namespace points at loopback.
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import t from 'tap'
import { createUserPool } from '../../src/demo/user-pool.ts'
import {
  awsAddress,
  awsIssuer,
  awsName,
  awsPoolId,
  makeCertificate,
  startAwsPool,
  underAwsName,
  type Certificate,
} from './helpers/aws-name.ts'
import { bearer, runCases, type Case } from './helpers/cases.ts'
import { claimsOf } from './helpers/claims.ts'
import { curl, headerValues } from './helpers/curl.ts'
import { ephemeralListeners, startGate, untilReady, type Gate } from './helpers/gate.ts'
import { startNginx } from './helpers/nginx.ts'
import type { Scope } from './helpers/program.ts'
import { denied, unauthorized } from './helpers/refusals.ts'

/** Serves the key set under Cognito's name; `requests` are what it was asked for. */
const startKeyServer = async (
  scope: Scope,
  { keyFile, certFile }: Certificate,
  jwks: object,
): Promise<{ readonly requests: readonly string[] }> => {
  const requests: string[] = []
  const tls = { key: readFileSync(keyFile), cert: readFileSync(certFile) }
  const server = createServer(tls, (request, response) => {
    requests.push([request.method, request.headers.host, request.url].join(' '))
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify(jwks))
  })
  server.listen(443, awsAddress)
  await once(server, 'listening')
  scope.teardown(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  return { requests }
}

/** The sidecar: no file, its environment alone. */
const startSidecar = async (
  scope: Scope,
  clientId: string,
  trustedCertFile: string,
): Promise<Gate> => {
  const nginx = await startNginx(scope)
  return startGate(scope, {
    wrapper: underAwsName(scope),
    env: {
      UPSTREAM_URL: nginx.url,
      COGNITO_USER_POOL_IDS: awsPoolId,
      COGNITO_CLIENT_IDS: clientId,
      LISTEN_PORT: '0',
      ADMIN_PORT: '0',
      NODE_EXTRA_CA_CERTS: trustedCertFile,
    },
  })
}

// A mount namespace and port 443 need root.
const { status, stderr, error } = spawnSync('unshare', ['-m', 'true'], { encoding: 'utf8' })
const why = error?.message ?? stderr
const skip = status === 0 ? false : `unshare -m is not permitted here: ${why.trim()}`

t.test('a user of a pool under its AWS name passes a sidecar', { skip }, async (t) => {
  const certificate = makeCertificate(t)
  const pool = await startAwsPool(t, certificate)
  const gate = await startSidecar(t, pool.clientId, certificate.certFile)
  const { idToken, accessToken, refreshToken } = await pool.signIn({
    email: 'jane@example.com',
    tenant: 'acme',
    groups: ['admins', 'staff'],
  })
  const refreshed = await pool.refresh(refreshToken)
  await untilReady(gate)

  const place = { route: '$default', authorizer: 'default' }
  const payload = claimsOf(idToken)
  const claims = [
    ['X-Claim-Issuer', awsIssuer],
    ['X-Claim-Sub', String(payload['sub'])],
    ['X-Claim-Username', String(payload['cognito:username'])],
    ['X-Claim-Email', 'jane@example.com'],
    ['X-Claim-Email-Verified', 'true'],
    ['X-Claim-Groups', 'admins,staff'],
    ['X-Claim-Client-Id', pool.clientId],
  ] as const
  t.not(refreshed.idToken, idToken)
  const cases: readonly Case[] = [
    {
      name: 'with the ID token of the sign-in',
      path: '/any/path?x=1',
      args: bearer(idToken),
      want: { ...place, claims },
    },
    {
      name: 'with the ID token of a refresh, as the same user in the same groups',
      method: 'DELETE',
      path: '/any/path',
      args: bearer(refreshed.idToken),
      want: { ...place, claims },
    },
    {
      name: 'not with the access token, as no scope is asked for',
      path: '/',
      args: bearer(accessToken),
      want: unauthorized(place, 'token_use_mismatch'),
    },
    {
      name: 'not with the refresh token, though the pool has signed it',
      path: '/',
      args: bearer(refreshToken),
      // It names no key.
      want: unauthorized(place, 'token_malformed'),
    },
    { name: 'not without a token', path: '/', want: unauthorized(place, 'token_missing') },
  ]
  await runCases(t, gate, cases)
})

t.test('groups, scopes and custom attributes of such a pool decide', { skip }, async (t) => {
  const certificate = makeCertificate(t)
  const pool = await startAwsPool(t, certificate)
  const nginx = await startNginx(t)
  const gate = await startGate(t, {
    wrapper: underAwsName(t),
    env: { NODE_EXTRA_CA_CERTS: certificate.certFile },
    config: `${ephemeralListeners}
upstream: { url: '${nginx.url}' }
authorizers:
  pool:
    type: COGNITO_USER_POOLS
    providerARNs: ['arn:aws:cognito-idp:eu-west-1:111122223333:userpool/${awsPoolId}']
    clientIds: [${pool.clientId}]
claimHeaders: { X-Claim-Tenant: 'custom:tenant', X-Claim-Scope: scope, X-Claim-Groups: 'cognito:groups' }
routes:
  - { path: '/acme/{proxy+}', method: ANY, authorizer: pool, requiredClaims: { 'custom:tenant': [acme, acme-test] } }
  - { path: '/admin/{proxy+}', method: ANY, authorizer: pool, authorizationGroups: [admins] }
  - { path: /me, method: GET, authorizer: pool, authorizationScopes: [aws.cognito.signin.user.admin] }
`,
  })
  const jane = await pool.signIn({
    email: 'jane@example.com',
    tenant: 'acme',
    groups: ['admins'],
  })
  const joe = await pool.signIn({ email: 'joe@example.com', tenant: 'Zürich, AG', groups: [] })
  const refreshed = await pool.refresh(jane.refreshToken)
  await untilReady(gate)

  const acme = { route: 'ANY /acme/{proxy+}', authorizer: 'pool' }
  const admin = { route: 'ANY /admin/{proxy+}', authorizer: 'pool' }
  const me = { route: 'GET /me', authorizer: 'pool' }
  const ofJane = [
    ['X-Claim-Tenant', 'acme'],
    ['X-Claim-Groups', 'admins'],
  ] as const
  const scope = ['X-Claim-Scope', 'aws.cognito.signin.user.admin'] as const
  const cases: readonly Case[] = [
    {
      name: 'a user with the custom attribute passes',
      path: '/acme/x',
      args: bearer(jane.idToken),
      want: { ...acme, claims: ofJane },
    },
    {
      name: 'a refreshed token still has the attribute',
      path: '/acme/x',
      args: bearer(refreshed.idToken),
      want: { ...acme, claims: ofJane },
    },
    {
      name: 'a user with another value does not',
      path: '/acme/x',
      args: bearer(joe.idToken),
      want: denied(acme, 'claim_mismatch'),
    },
    {
      name: 'a member of the group passes',
      path: '/admin/x',
      args: bearer(refreshed.idToken),
      want: { ...admin, claims: ofJane },
    },
    {
      name: 'a user in no group does not',
      path: '/admin/x',
      args: bearer(joe.idToken),
      want: denied(admin, 'group_insufficient'),
    },
    {
      name: 'a refreshed access token passes a route with its scope, and has no attributes',
      path: '/me',
      args: bearer(refreshed.accessToken),
      want: { ...me, claims: [scope, ['X-Claim-Groups', 'admins']] },
    },
    {
      name: 'an ID token does not',
      path: '/me',
      args: bearer(jane.idToken),
      want: unauthorized(me, 'token_use_mismatch'),
    },
  ]
  await runCases(t, gate, cases)
})

t.test('keys come from Cognito’s own address, once', { skip }, async (t) => {
  const pool = await createUserPool({ poolId: awsPoolId, clientId: 'webapp' })
  t.teardown(() => pool.close())
  const certificate = makeCertificate(t)
  const cognito = await startKeyServer(t, certificate, pool.jwks())
  const gate = await startSidecar(t, 'webapp', certificate.certFile)
  await untilReady(gate)
  t.strictSame(cognito.requests, [`GET ${awsName} /${awsPoolId}/.well-known/jwks.json`])

  const claims = { iss: awsIssuer }
  const place = { route: '$default', authorizer: 'default' }
  const cases: readonly Case[] = [
    {
      name: 'a token of the pool passes on any path',
      path: '/any/path?x=1',
      args: bearer(pool.idToken({ ...claims, sub: 'abc' })),
      want: {
        ...place,
        claims: [
          ['X-Claim-Issuer', awsIssuer],
          ['X-Claim-Sub', 'abc'],
          ['X-Claim-Username', 'jane'],
          ['X-Claim-Email', 'jane@example.com'],
          ['X-Claim-Email-Verified', 'true'],
          ['X-Claim-Client-Id', 'webapp'],
        ],
      },
    },
    {
      name: 'a token of another app client does not pass',
      path: '/',
      args: bearer(pool.idToken({ ...claims, aud: 'another' })),
      want: unauthorized(place, 'client_mismatch'),
    },
    {
      name: 'a token of another issuer with the same keys does not pass',
      path: '/',
      args: bearer(pool.idToken()),
      want: unauthorized(place, 'issuer_mismatch'),
    },
  ]
  await runCases(t, gate, cases)
})

t.test('a certificate of somebody else is not believed', { skip }, async (t) => {
  const pool = await createUserPool({ poolId: awsPoolId, clientId: 'webapp' })
  t.teardown(() => pool.close())
  await startKeyServer(t, makeCertificate(t), pool.jwks())
  const gate = await startSidecar(t, 'webapp', makeCertificate(t).certFile)
  await gate.program.until(() => gate.log().find(({ level }) => level === 'warn'))
  const answer = await curl(...bearer(pool.idToken({ iss: awsIssuer })), `${gate.url}/`)
  t.equal(answer.status, 503, 'a good token is not called a bad one while there are no keys')
  t.equal(answer.body, '{"message":"Service Unavailable"}')
  t.match(headerValues(answer, 'retry-after'), [/^[1-9]\d*$/])
  const ready = await fetch(`${gate.adminUrl}/readyz`)
  t.equal(ready.status, 503)
  t.match(await ready.text(), awsIssuer)
})
