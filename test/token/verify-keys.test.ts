// How a verifier lives with keys that change, go missing or are not there yet.
import t from 'tap'
import { deny, isDenial } from '../../src/core/denial.ts'
import { jwtAuthorizer } from '../helpers/authorizer-settings.ts'
import { createKey, createKeyServer, signToken } from '../helpers/key-server.ts'
import {
  claimsOf,
  createPartnerBench,
  createVerifierBench,
  inOneHour,
} from '../helpers/verifier-bench.ts'

t.test('a kid that is unknown costs one fetch, however many come', async (t) => {
  const { server, partner } = await createPartnerBench(t)
  const stranger = createKey('RS256')
  const good = server.sign(claimsOf(server))
  const kids = Array.from({ length: 1000 }, (_, n) => `kid-${n}`)
  const tokens = [...kids, '/../', 'k'.repeat(10_000), '__proto__', 'constructor'].map((kid) =>
    signToken(stranger, claimsOf(server), { kid }),
  )
  const forged = tokens.map((token) => partner.verify(token))
  t.match(partner.verify(good), { issuer: server.issuer }, 'a good token does not wait')
  const refusals = await Promise.all(forged.map(async (refusal) => refusal))
  t.strictSame(
    new Set(refusals.map((refusal) => isDenial(refusal) && refusal.code)),
    new Set(['key_unknown']),
  )
  t.equal(server.fetches(), 2)
  t.strictSame(await partner.verify(signToken(stranger, claimsOf(server))), deny('key_unknown'))
  t.equal(server.fetches(), 2, 'the cool-down lasts')
})

t.test(
  'a rotated key is picked up by its first token, and the cache forgets the old one',
  async (t) => {
    const { server, partner, cache, counts } = await createPartnerBench(t)
    const old = server.sign(claimsOf(server))
    t.notOk(isDenial(await partner.verify(old)))
    t.equal(cache.stats().entries, 1)
    server.rotate()
    const pending = partner.verify(server.sign(claimsOf(server)))
    t.type(pending, Promise)
    t.match(await pending, { keyId: server.key().kid })
    t.equal(cache.stats().entries, 1, 'the old entry is gone')
    t.strictSame(await partner.verify(old), deny('key_unknown'))
    t.equal(counts.hits, 0)
  },
)

t.test('a key that is replaced under its kid no longer vouches for anything', async (t) => {
  const { server, partner, keys, time } = await createPartnerBench(t)
  const old = server.sign(claimsOf(server))
  t.notOk(isDenial(await partner.verify(old)))
  const { kid } = server.key()
  server.drop(kid)
  server.addKey(createKey('RS256', kid))
  await time.advance(3_600_000)
  await keys.refetch(server.issuer)
  t.strictSame(partner.verify(old), deny('signature_invalid'))
  t.notOk(isDenial(await partner.verify(server.sign(claimsOf(server)))))
})

t.test(
  'without keys nothing is verified: not at the start, and not once they are too stale',
  async (t) => {
    const server = await createKeyServer()
    server.respond('fail')
    const bench = await createVerifierBench([server], { jwks: { maxStaleSeconds: 4000 } })
    t.teardown(server.close)
    t.teardown(bench.keys.stop)
    const { verify } = bench.verifier(jwtAuthorizer({ cacheTtlSeconds: 3600 }))
    const token = server.sign(claimsOf(server, { exp: inOneHour + 9e6 }))
    t.strictSame(verify(token), deny('keys_unavailable', { retryAfterSeconds: 1 }))
    server.respond('ok')
    await bench.time.advance(250)
    await bench.keys.refetch(server.issuer)
    t.notOk(isDenial(await verify(token)))
    server.respond('fail')
    await bench.time.advance(3_600_000)
    await bench.keys.refetch(server.issuer)
    t.notOk(isDenial(await verify(token)), 'stale keys are good for a while')
    const stranger = signToken(createKey('RS256'), claimsOf(server))
    t.match(
      verify(stranger),
      { code: 'keys_unavailable' },
      'nobody can say that this key is unknown',
    )
    await bench.time.advance(3_600_000)
    t.match(verify(token), { code: 'keys_unavailable' }, 'a cached token either')
  },
)

t.test('a cached token is refused too once its keys are too stale', async (t) => {
  const { keys, ...bench } = await createPartnerBench(t)
  let found = undefined as 'unavailable' | undefined
  const { verify } = bench.verifier(jwtAuthorizer(), {
    keys: {
      ...keys,
      find: (issuer, kid) => found ?? keys.find(issuer, kid),
      retryAfterSeconds: () => 7,
    },
  })
  const token = bench.server.sign(claimsOf(bench.server))
  t.notOk(isDenial(await verify(token)))
  found = 'unavailable'
  t.strictSame(verify(token), deny('keys_unavailable', { retryAfterSeconds: 7 }))
})
