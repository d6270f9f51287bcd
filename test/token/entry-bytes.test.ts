import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import type { Claims, Identity } from '../../src/core/identity.ts'
import { entryBytes } from '../../src/token/entry-bytes.ts'
import { identityOf } from '../../src/token/identity-of.ts'
import { createTokenCache } from '../../src/token/cache.ts'
import { cognitoAuthorizer } from '../helpers/authorizer-settings.ts'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const identity = (claims: Claims, headers: readonly string[] = []): Identity =>
  identityOf(
    { issuer: 'i', keyId: 'k', expiresAt: 9e9, notBefore: undefined, issuedAt: 1, claims },
    cognitoAuthorizer(),
    headers,
  )

t.test('every part of an entry counts', async (t) => {
  const empty = entryBytes('', identity({}))
  const added = (claims: Claims) => entryBytes('', identity(claims)) - empty
  t.equal(entryBytes('x'.repeat(1000), identity({})) - empty, 1000)
  t.equal(added({ a: 'x'.repeat(1000) }) - added({ a: '' }), 1000)
  t.equal(added({ a: '\u65e5'.repeat(1000) }) - added({ a: '' }), 2000)
  t.ok(added({ a: 1 }) > added({ a: true }))
  t.ok(added({ a: [null, 1] }) > added({ a: [] }))
  t.ok(added({ a: { b: {} } }) > added({ a: {} }))
  t.ok(entryBytes('', identity({}, ['X', 'y'])) > empty)
  t.equal(
    entryBytes('', identity({}, ['X', 'yy'])) -
      entryBytes('', identity({}, ['X-Longer-Name', 'y'])),
    1,
    'header names are the configuration’s, not the entry’s',
  )
})

t.test('a payload nested as deep as its size allows is counted too', async (t) => {
  const nested = JSON.parse(`{"a":${'['.repeat(4000)}${']'.repeat(4000)}}`) as Claims
  t.ok(entryBytes('', identity(nested)) > 4000 * 48)
})

t.test('the estimate is near the heap that entries really take', async (t) => {
  const shapes: readonly { name: string; payload: (n: number) => string }[] = [
    {
      name: 'an access token',
      payload: (n) =>
        JSON.stringify({
          sub: `5f0c1c9e-70b1-70f5-${n}`,
          'cognito:groups': ['admins', 'readers'],
          iss: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEf',
          client_id: 'abcdefghijklmnopqrstuvwxyz',
          origin_jti: `5f0c1c9e-70b1-70f5-1c2d-${n}`,
          token_use: 'access',
          scope: 'orders/read orders/write',
          exp: 1_800_000_000,
          iat: 1_700_000_000,
          username: `user-${n}`,
        }),
    },
    { name: 'many small lists', payload: (n) => `{"n":${n},"x":[${'[],'.repeat(200)}[]]}` },
    { name: 'many small objects', payload: (n) => `{"n":${n},"x":[${'{"a":1},'.repeat(100)}{}]}` },
  ]
  for (const { name, payload } of shapes) {
    const cache = createTokenCache({
      maxBytes: 1e9,
      clock: { wallMs: () => 1 },
      recorder: { tokenCacheEvicted: () => undefined },
    })
    const fill = (from: number, count: number) => {
      for (let n = from; n < from + count; n += 1) {
        const claims = JSON.parse(payload(n)) as Claims
        const headers = ['X-Claim-Sub', `subject ${n}`]
        const token = `${'x'.repeat(900)}${n}`
        cache.set('pool', token, identity(claims, headers), 300)
        // Come again, as the identity is kept only then.
        cache.get('pool', token, () => identity(claims, headers))
      }
    }
    fill(0, 500)
    collectGarbage()
    const before = { heap: process.memoryUsage().heapUsed, bytes: cache.stats().bytes }
    fill(500, 4000)
    collectGarbage()
    const heap = process.memoryUsage().heapUsed - before.heap
    const ratio = (cache.stats().bytes - before.bytes) / heap
    t.comment(
      `${name}: ${Math.round(heap / 4000)} bytes each, estimated at ${ratio.toFixed(2)} of it`,
    )
    t.ok(ratio > 0.8 && ratio < 3, name, { ratio })
  }
})
