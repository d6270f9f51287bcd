import t from 'tap'
import { loadText } from '../../src/config/load.ts'
import { unwrap } from '../../src/core/result.ts'
import { nameForCache, staleNames, type CacheNames } from '../../src/gate/cache-names.ts'

const named = (before: CacheNames, text: string, more = ''): CacheNames =>
  nameForCache(
    unwrap(
      loadText(
        `upstream: { url: 'http://127.0.0.1:9' }\nroutes: [{ path: /, method: GET, authorizationType: NONE }]\nauthorizers:\n${text}\n${more}`,
        'the configuration',
        { env: {}, checkRoutes: () => [] },
      ),
    ),
    before,
  )

const pool = (name: string, more = '') =>
  `  ${name}: { type: COGNITO_USER_POOLS, userPoolIds: [eu-west-1_AbCdEf123], ${more} }\n`

const cachedAs = (names: CacheNames, name: string) => names.get(name)?.cachedAs

t.test('an authorizer that is as before keeps its name, and others do not', async (t) => {
  const first = named(new Map(), pool('a') + pool('b') + pool('c'))
  const second = named(first, pool('a') + pool('b', 'clientIds: [x]') + pool('d'))
  t.equal(cachedAs(second, 'a'), cachedAs(first, 'a'))
  t.not(cachedAs(second, 'b'), cachedAs(first, 'b'))
  t.strictSame(
    [...staleNames(first, second)],
    [cachedAs(first, 'b'), cachedAs(first, 'c')],
    'changed and removed',
  )
  const third = named(second, pool('a') + pool('b') + pool('d'))
  t.not(cachedAs(third, 'b'), cachedAs(first, 'b'), 'a name is never used again')
})

t.test('headers that are rendered into what is cached count for all authorizers', async (t) => {
  const first = named(new Map(), pool('a'))
  for (const more of [
    'claimHeaders: { X-User: sub }',
    'claimEncoding: utf8',
    'claimsHeader: X-Claims',
  ]) {
    t.not(cachedAs(named(first, pool('a'), more), 'a'), cachedAs(first, 'a'), more)
  }
  t.equal(cachedAs(named(first, pool('a'), 'basePath: /prod'), 'a'), cachedAs(first, 'a'))
})
