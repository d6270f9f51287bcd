import t from 'tap'
import { parseDocument } from 'yaml'
import { plainData } from '../../src/config/plain-data.ts'

const parse = (text: string) =>
  plainData(parseDocument(text, { uniqueKeys: false, version: '1.2' }), 'gate.yaml')

t.test('a document becomes maps, lists and scalars, and nothing else', async (t) => {
  t.strictSame(parse('a: [1, {b: x}]\nc: null\n'), {
    ok: true,
    value: {
      data: { a: [1, { b: 'x' }], c: null },
      order: new Map([
        ['', 0],
        ['a', 3],
        ['a[0]', 4],
        ['a[1]', 7],
        ['a[1].b', 11],
        ['c', 18],
      ]),
      problems: [],
    },
  })
})

t.test('the first of two equal keys stays, so that its value is still checked', async (t) => {
  const parsed = parse('a: 1\na: 2\n')
  t.strictSame(parsed.ok && parsed.value.data, { a: 1 })
})

t.test('a key without a value is null, as is a set-like one', async (t) => {
  const parsed = parse('{a, b: }')
  t.strictSame(parsed.ok && parsed.value.data, { a: null, b: null })
})

t.test('an alias to nothing is null', async (t) => {
  const parsed = parse('a: *nothing')
  t.strictSame(parsed.ok && parsed.value.data, { a: null })
})
