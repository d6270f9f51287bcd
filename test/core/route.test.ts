import t from 'tap'
import { unmatchedRoute } from '../../src/core/route.ts'

t.test('what stands for no route has no place in a table, and asks for nothing', async (t) => {
  t.equal([][unmatchedRoute.index], undefined)
  t.match(unmatchedRoute, { label: 'none', access: { kind: 'public' }, requestParameters: [] })
})
