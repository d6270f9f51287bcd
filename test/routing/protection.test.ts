import t from 'tap'
import type { Access, Enforcement } from '../../src/core/route.ts'
import { createProtectionIds } from '../../src/routing/protection.ts'

/** Numbers what is enforced, unless told otherwise. */
const numbering = () => {
  const protectionOf = createProtectionIds()
  return (access: Access, enforcement: Enforcement = 'enforce') =>
    protectionOf({ access, enforcement })
}

const token = (more: object = {}): Access => ({
  kind: 'token',
  authorizer: 'pool',
  scopes: [],
  groups: [],
  claims: [],
  ...more,
})

t.test('the order in which things are written makes no other protection', async (t) => {
  const protectionOf = numbering()
  const claims = [
    { name: 'tenant', values: ['a', 'b'] },
    { name: 'plan', values: ['x'] },
  ]
  const first = token({ scopes: ['r', 'w'], groups: ['g', 'h'], claims })
  const second = token({
    scopes: ['w', 'r', 'r'],
    groups: ['h', 'g'],
    claims: [
      { name: 'plan', values: ['x'] },
      { name: 'tenant', values: ['b', 'a'] },
    ],
  })
  t.equal(protectionOf(first), protectionOf(second))
  t.equal(protectionOf({ kind: 'public' }), protectionOf({ kind: 'public' }))
})

t.test('whatever a request must show besides makes another protection', async (t) => {
  const protectionOf = numbering()
  const different: readonly Access[] = [
    { kind: 'public' },
    { kind: 'denied' },
    token(),
    token({ authorizer: 'partner' }),
    token({ authorizer: 'public' }),
    token({ scopes: ['a'] }),
    token({ scopes: ['a', 'b'] }),
    token({ scopes: ['a b'] }),
    token({ scopes: ['a,b'] }),
    token({ scopes: ['a","b'] }),
    token({ groups: ['a'] }),
    token({ claims: [{ name: 'a', values: [] }] }),
    token({ claims: [{ name: 'a', values: ['b'] }] }),
    token({ claims: [{ name: 'a', values: ['b', 'c'] }] }),
    token({
      claims: [
        { name: 'a', values: ['b'] },
        { name: 'a', values: ['c'] },
      ],
    }),
  ]
  t.equal(new Set(different.map((access) => protectionOf(access))).size, different.length)
})

t.test('so does being reported only, where something is asked for', async (t) => {
  const protectionOf = numbering()
  t.not(protectionOf(token(), 'report'), protectionOf(token()))
  for (const access of [{ kind: 'public' }, { kind: 'denied' }] as const) {
    t.equal(protectionOf(access, 'report'), protectionOf(access))
  }
})
