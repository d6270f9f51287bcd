import { createHmac, createPublicKey } from 'node:crypto'
import t from 'tap'
import { deny, isDenial } from '../../src/core/denial.ts'
import type { Identity } from '../../src/core/identity.ts'
import { createUserPool } from '../../src/demo/user-pool.ts'
import { judgeToken } from '../../src/token/judge.ts'
import { cognitoAuthorizer, jwtAuthorizer } from '../helpers/authorizer-settings.ts'
import {
  base64url,
  createKey,
  createKeyServer,
  signText,
  signToken,
} from '../helpers/key-server.ts'
import {
  claimsOf,
  createPartnerBench,
  createVerifierBench,
  inOneHour,
} from '../helpers/verifier-bench.ts'

t.test('a token of the issuer becomes an identity', async (t) => {
  const { server, partner, counts } = await createPartnerBench(t)
  const claims = claimsOf(server, { iat: 5, nbf: 6, scope: 'a b' })
  t.strictSame(partner.verify(server.sign(claims)), {
    authorizer: 'partner',
    issuer: server.issuer,
    keyId: server.key().kid,
    claims,
    expiresAt: inOneHour,
    notBefore: 6,
    issuedAt: 5,
    tokenUse: undefined,
    audiences: ['orders'],
    clientId: undefined,
    scopes: ['a', 'b'],
    groups: [],
    headers: ['X-Claim-Sub', 'jane'],
  })
  t.strictSame(counts, { hits: 0, misses: 1, verified: ['partner'] })
})

t.test('both kinds of token of several pools are verified, each with its own key', async (t) => {
  const pools = await Promise.all(
    ['eu-west-1_A', 'eu-west-1_B', 'eu-west-1_C'].map((poolId) =>
      createUserPool({ poolId, clientId: 'c', nowMs: () => 1_800_000_000_000 }),
    ),
  )
  const [a, b, other] = pools as [(typeof pools)[0], (typeof pools)[0], (typeof pools)[0]]
  const bench = await createVerifierBench(pools)
  t.teardown(() => Promise.all(pools.map((pool) => pool.close())))
  t.teardown(bench.keys.stop)
  const issuers = [a, b].map(({ issuer, jwksUri }) => ({
    issuer,
    keys: { kind: 'uri' as const, uri: jwksUri },
  }))
  const { verify } = bench.verifier(cognitoAuthorizer({ issuers }))
  t.match(verify(a.idToken()), { issuer: a.issuer, tokenUse: 'id', audiences: ['c'] })
  t.match(verify(b.accessToken()), { issuer: b.issuer, tokenUse: 'access', clientId: 'c' })
  t.strictSame(verify(other.idToken()), deny('issuer_mismatch'), 'a pool that is not listed')
  t.strictSame(
    await verify(a.idToken({ iss: b.issuer })),
    deny('key_unknown'),
    "another pool's name",
  )
  for (const iss of [`${a.issuer}/`, `${a.issuer}.evil`, a.issuer.slice(0, -1), '', undefined]) {
    t.strictSame(verify(a.idToken({ iss })), deny('issuer_mismatch'), String(iss))
  }
})

t.test('forged tokens are refused, each with its word', async (t) => {
  const { server, partner } = await createPartnerBench(t)
  const claims = claimsOf(server)
  const good = server.sign(claims)
  const [head = '', body = '', signature = ''] = good.split('.')
  const pem = createPublicKey({ key: server.key().jwk, format: 'jwk' }).export({
    type: 'spki',
    format: 'pem',
  })
  const hmacInput = `${base64url(JSON.stringify({ alg: 'HS256', kid: server.key().kid }))}.${body}`
  const attacker = createKey('RS256', server.key().kid)
  const cases = [
    { name: 'alg none', given: server.sign(claims, { alg: 'none' }), want: 'algorithm_refused' },
    {
      name: 'HS256 keyed with the public key',
      given: `${hmacInput}.${createHmac('sha256', pem).update(hmacInput).digest('base64url')}`,
      want: 'algorithm_refused',
    },
    {
      name: 'an algorithm that is not configured',
      given: server.sign(claims, { alg: 'RS512' }),
      want: 'algorithm_refused',
    },
    {
      name: "another's key under our kid",
      given: signToken(attacker, claims),
      want: 'signature_invalid',
    },
    {
      name: 'a key brought along',
      given: signToken(attacker, claims, {
        jwk: attacker.jwk,
        jku: `${server.issuer}/evil`,
        x5u: server.issuer,
      }),
      want: 'signature_invalid',
    },
    {
      name: 'another payload',
      given: `${head}.${base64url(JSON.stringify({ ...claims, sub: 'root' }))}.${signature}`,
      want: 'signature_invalid',
    },
    { name: 'a short signature', given: `${head}.${body}.QQ`, want: 'signature_invalid' },
    {
      name: 'crit',
      given: server.sign(claims, { crit: ['exp'], exp: 1 }),
      want: 'token_malformed',
    },
    { name: 'b64', given: server.sign(claims, { b64: false }), want: 'token_malformed' },
    { name: 'no exp', given: server.sign({ ...claims, exp: undefined }), want: 'token_malformed' },
    { name: 'no kid', given: server.sign(claims, { kid: undefined }), want: 'token_malformed' },
    { name: 'an empty kid', given: server.sign(claims, { kid: '' }), want: 'token_malformed' },
    { name: 'a payload that is a list', given: server.sign([claims]), want: 'token_malformed' },
    {
      name: 'a claim twice',
      given: signText(
        server.key(),
        JSON.stringify({ alg: 'RS256', kid: server.key().kid }),
        `{"sub":"a",${JSON.stringify(claims).slice(1)}`,
      ),
      want: 'token_malformed',
    },
    { name: 'not a token', given: 'nonsense', want: 'token_malformed' },
    { name: 'empty', given: '', want: 'token_malformed' },
  ] as const
  for (const { name, given, want } of cases) t.strictSame(partner.verify(given), deny(want), name)
  t.equal(server.fetches(), 1, 'nothing was fetched')
})

t.test('every key of one kid is tried, and only for its own algorithm', async (t) => {
  const keys = [createKey('ES256', 'k'), createKey('RS256', 'k'), createKey('RS256', 'k')]
  const server = await createKeyServer(keys[0])
  keys.slice(1).forEach((key) => server.addKey(key))
  const bench = await createVerifierBench([server])
  t.teardown(server.close)
  t.teardown(bench.keys.stop)
  const { verify } = bench.verifier(jwtAuthorizer({ algorithms: ['RS256', 'RS384', 'ES256'] }))
  for (const key of keys) t.match(verify(signToken(key, claimsOf(server))), { keyId: 'k' }, key.alg)
  t.strictSame(
    verify(signToken(createKey('RS256', 'k'), claimsOf(server))),
    deny('signature_invalid'),
  )
  t.strictSame(
    verify(signToken(createKey('RS384', 'k'), claimsOf(server))),
    deny('algorithm_refused'),
  )
})

t.test('a cached token is not verified again, but it is judged again', async (t) => {
  const { server, partner, counts, nowSeconds, time } = await createPartnerBench(t)
  const token = server.sign(claimsOf(server, { exp: nowSeconds() + 2 }))
  const identity = await partner.verify(token)
  const judge = (read: typeof identity) =>
    isDenial(read) ? read : judgeToken(read, jwtAuthorizer(), { scopes: [] }, nowSeconds())
  const again = partner.verify(token)
  t.strictSame(again, identity, 'read out of the token anew')
  t.equal(partner.verify(token), again, 'and kept from then on')
  t.strictSame([counts.hits, counts.verified.length], [2, 1])
  await time.advance(1999)
  t.equal(judge(identity), undefined)
  await time.advance(1)
  t.strictSame(judge(identity), deny('token_expired'))
  t.not(partner.verify(token), identity, 'the entry ended at exp')
})

t.test('a cached text that is no token is a bug, and refused', async (t) => {
  const { server, partner, cache } = await createPartnerBench(t)
  const identity = partner.verify(server.sign(claimsOf(server)))
  cache.set('partner', 'nonsense', identity as Identity, 300)
  t.match(partner.verify('nonsense'), { code: 'internal', cause: /token_malformed/ })
})

t.test('what one authorizer verified is verified anew by another', async (t) => {
  const { server, verifier, counts } = await createPartnerBench(t)
  const token = server.sign(claimsOf(server))
  await verifier(jwtAuthorizer({ name: 'one' })).verify(token)
  await verifier(jwtAuthorizer({ name: 'two' })).verify(token)
  const narrow = jwtAuthorizer({
    name: 'three',
    issuers: [{ issuer: 'x', keys: { kind: 'file', path: '' } }],
  })
  t.strictSame(verifier(narrow).verify(token), deny('issuer_mismatch'))
  t.strictSame(counts, { hits: 0, misses: 3, verified: ['one', 'two', 'three'] })
})

t.test('a TTL of 0 leaves the cache alone, and refusals are never kept', async (t) => {
  const { server, verifier, partner, cache, counts } = await createPartnerBench(t)
  const { verify } = verifier(jwtAuthorizer({ cacheTtlSeconds: 0 }))
  const token = server.sign(claimsOf(server))
  await verify(token)
  await verify(token)
  t.strictSame(counts, { hits: 0, misses: 0, verified: ['partner', 'partner'] })
  await partner.verify(`${token.slice(0, -4)}AAAA`)
  t.equal(cache.stats().entries, 0)
})

t.test('a bug on the way is a refusal, with and without a wait', async (t) => {
  const { server, verifier } = await createPartnerBench(t)
  const cause = new Error('bug')
  const { verify } = verifier(jwtAuthorizer(), {
    render: () => {
      throw cause
    },
  })
  t.strictSame(verify(server.sign(claimsOf(server))), deny('internal', { cause }))
  server.rotate()
  t.strictSame(await verify(server.sign(claimsOf(server))), deny('internal', { cause }))
})

t.test('a text that no cache could hold is not counted as a miss', async (t) => {
  const { server, partner, counts } = await createPartnerBench(t)
  for (const text of ['nonsense', 'a.b', 'a.b.c.d', '', `${server.sign(claimsOf(server))}=`]) {
    t.strictSame(partner.verify(text), deny('token_malformed'), text)
  }
  t.strictSame(counts, { hits: 0, misses: 0, verified: [] })
})
