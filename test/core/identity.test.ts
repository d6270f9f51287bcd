import t from 'tap'
import { ownClaim, subjectIn } from '../../src/core/identity.ts'

t.test('a claim is found by its own name only, never along the prototype', async (t) => {
  const claims = JSON.parse(
    '{"sub":"s","__proto__":{"role":"admin"},"hasOwnProperty":1}',
  ) as Record<string, unknown>
  t.equal(ownClaim(claims, 'sub'), 's')
  t.equal(ownClaim(claims, 'role'), undefined)
  t.equal(ownClaim(claims, 'constructor'), undefined)
  t.equal(ownClaim(claims, 'toString'), undefined)
  t.equal(ownClaim(claims, 'hasOwnProperty'), 1)
  t.strictSame(ownClaim(claims, '__proto__'), { role: 'admin' })
})

t.test('a subject is a text of bounded length', async (t) => {
  t.equal(subjectIn({ claims: { sub: 'jane' } }), 'jane')
  t.equal(subjectIn({ claims: { sub: 'x'.repeat(1000) } }), 'x'.repeat(128))
  t.equal(subjectIn({ claims: { sub: 7 } }), undefined)
  t.equal(subjectIn({ claims: {} }), undefined)
})
