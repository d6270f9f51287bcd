import t from 'tap'
import { deepFreeze } from '../../src/core/deep-freeze.ts'

t.test('nothing in it can be changed', async (t) => {
  const value = { list: [{ inner: { name: 'a' } }], none: null, text: 'x', missing: undefined }
  t.equal(deepFreeze(value), value)
  t.ok([value, value.list, value.list[0], value.list[0]?.inner].every(Object.isFrozen))
  t.throws(() => value.list.push({ inner: { name: 'b' } }), TypeError)
})

t.test('what is no object is given back', async (t) => {
  for (const value of [1, 'a', null, undefined, true]) t.equal(deepFreeze(value), value)
})
