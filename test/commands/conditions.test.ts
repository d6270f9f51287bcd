import t from 'tap'
import { conditionsOf } from '../../src/commands/conditions.ts'

t.test('what a route asks of a good token', async (t) => {
  const token = { kind: 'token', authorizer: 'pool', scopes: [], groups: [], claims: [] } as const
  t.strictSame(conditionsOf(token), [])
  t.strictSame(
    conditionsOf({
      ...token,
      scopes: ['a', 'b'],
      groups: ['g'],
      claims: [{ name: 'custom:t', values: ['x', 'y'] }],
    }),
    ['scopes: a or b', 'groups: g', 'custom:t: x or y'],
  )
})
