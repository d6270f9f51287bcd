import t from 'tap'
import { asList, claimHeaderMap } from '../../src/config/claim-headers.ts'
import { problemsOf } from '../helpers/problems-of.ts'

t.test('every header has a list of claims, in the order of the map', async (t) => {
  const map = claimHeaderMap({ 'X-B': 'b', 'X-A': ['a', 'c'] }, 'm', () => undefined)
  t.strictSame(Object.entries(map), [
    ['X-B', ['b']],
    ['X-A', ['a', 'c']],
  ])
  t.strictSame(asList('a'), ['a'])
})

t.test('every bad name of a map is found', async (t) => {
  t.strictSame(
    problemsOf((report) => claimHeaderMap({ Cookie: 'a', 'X-A': 'b', x_a: 'c' }, 'm', report)),
    [
      'm.Cookie: Cookie carries credentials; choose another name for a claim',
      'm.x_a: an upstream may read x_a as the same name as m.X-A',
    ],
  )
})
