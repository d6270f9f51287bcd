import t from 'tap'
import type { Identity } from '../../src/core/identity.ts'
import { createTokenCache } from '../../src/token/cache.ts'
import { identityOf } from '../../src/token/identity-of.ts'
import { cognitoAuthorizer } from '../helpers/authorizer-settings.ts'
import { createManualTime } from '../helpers/manual-time.ts'

const identity = (changes: Partial<Identity> = {}): Identity => ({
  ...identityOf(
    { issuer: 'i', keyId: 'k', expiresAt: 9e9, notBefore: undefined, issuedAt: 1, claims: {} },
    cognitoAuthorizer(),
    [],
  ),
  ...changes,
})

const setUp = (maxBytes = 1_000_000) => {
  const time = createManualTime()
  const evictions = { count: 0 }
  const cache = createTokenCache({
    maxBytes,
    clock: time.clock,
    recorder: {
      tokenCacheEvicted: () => void (evictions.count += 1),
    },
  })
  const get = (authorizer: string, token: string) => cache.get(authorizer, token, () => identity())
  return { time, evictions, bare: cache, cache: { ...cache, get } }
}

t.test('an identity is found again under its whole token and its authorizer only', async (t) => {
  const { cache } = setUp()
  cache.set('pool', 'a.b.c', identity(), 300)
  t.strictSame(cache.get('pool', 'a.b.c'), identity())
  t.equal(cache.get('pool', 'a.b.d'), undefined)
  t.equal(cache.get('pool', 'a.b'), undefined)
  t.equal(cache.get('other', 'a.b.c'), undefined)
  t.equal(cache.get('poo', 'la.b.c'), undefined)
})

t.test('an entry ends at its TTL or at exp, whichever is first', async (t) => {
  const { cache, time } = setUp()
  const expiresAt = time.clock.wallMs() / 1000 + 100
  cache.set('pool', 'short', identity(), 60)
  cache.set('pool', 'long', identity({ expiresAt }), 300)
  await time.advance(59_999)
  t.ok(cache.get('pool', 'short'))
  await time.advance(1)
  t.notOk(cache.get('pool', 'short'))
  await time.advance(39_999)
  t.ok(cache.get('pool', 'long'))
  await time.advance(1)
  t.notOk(cache.get('pool', 'long'))
  t.strictSame(cache.stats(), { entries: 0, bytes: 0 })
})

t.test('nothing is kept without a TTL, or past exp', async (t) => {
  const { cache, time } = setUp()
  cache.set('pool', 'a', identity(), 0)
  cache.set('pool', 'b', identity({ expiresAt: time.clock.wallMs() / 1000 }), 300)
  cache.set('pool', 'c', identity({ expiresAt: -1 }), 300)
  t.equal(cache.stats().entries, 0)
})

t.test('a clock that jumps back lengthens no life', async (t) => {
  const { cache, time } = setUp()
  cache.set('pool', 'a', identity(), 60)
  time.jumpWall(-3_600_000)
  t.notOk(cache.get('pool', 'a'))
  cache.set('pool', 'a', identity(), 60)
  t.ok(cache.get('pool', 'a'))
  time.jumpWall(3_600_000)
  t.notOk(cache.get('pool', 'a'))
})

t.test('the cache stays within its bytes and counts what it has to give up', async (t) => {
  const { cache, evictions } = setUp(100_000)
  for (let n = 0; n < 1000; n += 1) {
    cache.set('pool', `${'x'.repeat(900)}${n}`, identity(), 300)
    if (n === 0) t.ok(cache.stats().bytes > 900)
  }
  const { entries, bytes } = cache.stats()
  t.ok(bytes <= 100_000 && bytes > 90_000, String(bytes))
  t.equal(evictions.count, 1000 - entries)
  t.ok(cache.get('pool', `${'x'.repeat(900)}999`), 'the newest is kept')
})

t.test('one entry cannot take a large part of the cache', async (t) => {
  const { cache } = setUp(16_000)
  cache.set('pool', 'x'.repeat(1000), identity(), 300)
  t.equal(cache.stats().entries, 0)
  const none = setUp(0).cache
  none.set('pool', 'a', identity(), 300)
  t.strictSame(none.stats(), { entries: 0, bytes: 0 })
})

t.test('entries go with their key', async (t) => {
  const { cache, evictions } = setUp()
  cache.set('pool', 'a', identity({ keyId: 'old' }), 300)
  cache.set('other', 'a', identity({ keyId: 'old' }), 300)
  cache.set('pool', 'b', identity({ keyId: 'new' }), 300)
  cache.set('pool', 'c', identity({ keyId: 'old', issuer: 'other' }), 300)
  cache.dropKeys('i', new Set(['new']))
  const left = ['a', 'b', 'c'].filter((token) => cache.get('pool', token) !== undefined)
  t.strictSame(left, ['b', 'c'])
  t.notOk(cache.get('other', 'a'))
  t.equal(evictions.count, 0)
})

t.test('a token kept again replaces its entry', async (t) => {
  const { cache, time } = setUp()
  cache.set('pool', 'a', identity(), 60)
  const before = cache.get('pool', 'a')
  await time.advance(50_000)
  cache.set('pool', 'a', identity(), 60)
  await time.advance(50_000)
  t.strictSame(cache.get('pool', 'a'), before)
  t.not(cache.get('pool', 'a'), before, 'what was read before went with the entry')
  t.equal(cache.stats().entries, 1)
})

t.test('an identity is read out of its token when that comes again, and once only', async (t) => {
  const { bare: cache } = setUp()
  const read: string[] = []
  const readIdentity = (token: string): Identity => {
    read.push(token)
    return identity()
  }
  t.equal(cache.get('pool', 'a.b.c', readIdentity), undefined)
  cache.set('pool', 'a.b.c', identity(), 300)
  const { bytes } = cache.stats()
  t.strictSame(read, [], 'not before')
  const first = cache.get('pool', 'a.b.c', readIdentity)
  t.strictSame(first, identity())
  t.equal(cache.get('pool', 'a.b.c', readIdentity), first)
  t.strictSame(read, ['a.b.c'])
  t.equal(cache.stats().bytes, bytes, 'it was counted beforehand')
})

t.test('a read that fails leaves the entry as it was', async (t) => {
  const { bare } = setUp()
  bare.set('pool', 'a', identity(), 300)
  const fault = new Error('bug')
  t.throws(() => {
    bare.get('pool', 'a', () => {
      throw fault
    })
  }, fault)
  t.strictSame(
    bare.get('pool', 'a', () => identity()),
    identity(),
  )
})

t.test('all entries of an authorizer are dropped, and no other', async (t) => {
  const { cache, evictions } = setUp()
  for (const authorizer of ['pool', 'pool/2', 'poo'])
    cache.set(authorizer, 'a.b.c', identity(), 300)
  cache.dropAuthorizers(new Set(['pool', 'stranger']))
  t.equal(cache.get('pool', 'a.b.c'), undefined)
  t.ok(cache.get('pool/2', 'a.b.c'))
  t.ok(cache.get('poo', 'a.b.c'))
  t.equal(evictions.count, 0, 'nobody had to make room')
})
