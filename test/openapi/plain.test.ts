import t from 'tap'
import {
  entriesOf,
  isGiven,
  isPlainMap,
  isTextList,
  own,
  unknownKey,
} from '../../src/openapi/plain.ts'

t.test('only what a map itself holds is seen', async (t) => {
  t.equal(own({ a: 1 }, 'a'), 1)
  for (const name of ['toString', 'constructor', '__proto__', 'b'])
    t.equal(own({ a: 1 }, name), undefined)
  for (const value of [null, undefined, 'text', [1], 1]) {
    t.equal(own(value, 'length'), undefined)
    t.notOk(isPlainMap(value))
    t.strictSame(entriesOf(value), [])
  }
  t.strictSame(entriesOf({ a: 1, b: 2 }), [
    ['a', 1],
    ['b', 2],
  ])
})

t.test('a list of texts has no empty ones', async (t) => {
  t.ok(isTextList(['a', 'b']))
  t.ok(isTextList([]))
  for (const value of ['a', ['a', ''], ['a', 1], {}, null]) t.notOk(isTextList(value))
})

t.test('what says nothing is not given', async (t) => {
  for (const value of [undefined, null, '', {}, []]) t.notOk(isGiven(value))
  for (const value of ['a', 0, false, { a: null }, ['']]) t.ok(isGiven(value))
})

t.test('an unknown key counts when it says something', async (t) => {
  t.equal(unknownKey({ a: 1, b: null, c: 2, d: 3 }, ['a']), 'c')
  t.equal(unknownKey({ a: 1, b: '' }, ['a']), undefined)
  t.equal(unknownKey('text', []), undefined)
})
