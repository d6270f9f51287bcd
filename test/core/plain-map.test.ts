import t from 'tap'
import { isPlainMap } from '../../src/core/plain-map.ts'

t.test('a map is neither a list nor null', async (t) => {
  t.strictSame([{}, { a: 1 }].map(isPlainMap), [true, true])
  t.strictSame([[], null, undefined, 'a', 1].map(isPlainMap), [false, false, false, false, false])
})
