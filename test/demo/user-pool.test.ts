import t from 'tap'
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose'
import { createUserPool } from '../../src/demo/user-pool.ts'

const poolId = 'eu-west-1_AbCdEf'
const clientId = 'client'

t.test('a pool signs ID and access tokens as Cognito does, with a key for each', async (t) => {
  const pool = await createUserPool({ poolId, clientId })
  t.teardown(pool.close)
  t.match(pool, { poolId, clientId, issuer: /^http:\/\/127\.0\.0\.1:\d+\/eu-west-1_AbCdEf$/ })
  const keys = createLocalJWKSet(pool.jwks() as never)
  const options = { issuer: pool.issuer }
  const id = await jwtVerify(pool.idToken({ email: undefined, nonce: 'n' }), keys, options)
  t.match(id.payload, { token_use: 'id', aud: clientId, nonce: 'n', 'cognito:username': 'jane' })
  t.notOk('email' in id.payload)
  const access = await jwtVerify(pool.accessToken({ scope: 'orders/read' }), keys, options)
  t.match(access.payload, { token_use: 'access', client_id: clientId, scope: 'orders/read' })
  t.notOk('aud' in access.payload)
  t.not(id.protectedHeader.kid, access.protectedHeader.kid)
  t.strictSame(Object.keys(id.protectedHeader), ['kid', 'alg'])
  t.equal(decodeProtectedHeader(pool.accessToken()).alg, 'RS256')
})

t.test('a pool serves its key set and its discovery document, and nothing else', async (t) => {
  const pool = await createUserPool({ poolId, clientId })
  t.teardown(pool.close)
  const get = async (uri: string) => {
    const response = await fetch(uri)
    return [response.status, await response.json()]
  }
  t.strictSame(await get(pool.jwksUri), [200, pool.jwks()])
  t.match(await get(`${pool.issuer}/.well-known/openid-configuration`), [
    200,
    { issuer: pool.issuer, jwks_uri: pool.jwksUri },
  ])
  t.strictSame(await get(pool.issuer), [404, { message: 'Not Found' }])
})

t.test('a pool counts time by the clock it is given', async (t) => {
  const pool = await createUserPool({ poolId, clientId, nowMs: () => 5_000_900 })
  t.teardown(pool.close)
  t.match(decodeJwt(pool.idToken()), { iat: 5000, auth_time: 5000, exp: 8600 })
})

t.test('a pool listens where it is told to, and says so when it cannot', async (t) => {
  await t.rejects(createUserPool({ poolId, clientId, host: '192.0.2.1' }))
  const pool = await createUserPool({ poolId, clientId, host: '::1' }).catch(() => undefined)
  if (pool === undefined) {
    t.comment('no IPv6 here')
    return
  }
  t.teardown(pool.close)
  t.match(pool.issuer, /^http:\/\/\[::1\]:\d+\//)
})
