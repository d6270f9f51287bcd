import t from 'tap'
import { isLeaf, isMapLeaf, isPlainMap } from '../../src/config/leaf.ts'

t.test('a leaf is told from a group by its format', async (t) => {
  t.ok(isLeaf({ doc: '', format: 'text', default: '' }))
  t.notOk(isLeaf({ format: { doc: '', format: 'text', default: '' } }))
  t.notOk(isLeaf({}))
})

t.test('maps of free names are told from other leaves', async (t) => {
  t.ok(isMapLeaf({ doc: '', format: 'list-map', default: null }))
  t.notOk(isMapLeaf({ doc: '', format: 'entries', default: [] }))
})

t.test('a list is no map, and neither is null', async (t) => {
  t.ok(isPlainMap({}))
  for (const value of [[], null, undefined, 'a', 1]) t.notOk(isPlainMap(value))
})
