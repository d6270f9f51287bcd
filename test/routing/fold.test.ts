import assert from 'node:assert/strict'
import t from 'tap'
import fc from 'fast-check'
import { cutParameters, foldCase, foldPath, readingsOf } from '../../src/routing/fold.ts'

t.test('a segment is folded to lower case, whatever alphabet it is in', async (t) => {
  const cases = [
    { given: '', want: '' },
    { given: 'orders-2_~', want: 'orders-2_~' },
    { given: 'getOrders', want: 'getorders' },
    { given: 'ÄÉ', want: 'äé' },
    { given: 'u\u017fers', want: 'users' },
    { given: '\u212aeys', want: 'keys' },
    { given: 'stra\u1e9ee', want: 'strasse' },
  ]
  for (const { given, want } of cases) t.equal(foldCase(given), want, JSON.stringify(given))
})

t.test('folding the case twice is folding it once, for every character there is', async (t) => {
  const restless = []
  for (let code = 0; code <= 0x10ffff; code++) {
    const folded = foldCase(String.fromCodePoint(code))
    if (foldCase(folded) !== folded) restless.push(code.toString(16))
  }
  t.strictSame(restless, [])
})

t.test('matrix parameters begin at the first semicolon', async (t) => {
  t.equal(cutParameters('admin'), 'admin')
  t.equal(cutParameters('admin;a=b;c'), 'admin')
  t.equal(cutParameters(';x'), '')
})

t.test('the folded path is what the most liberal upstream reads', async (t) => {
  const cases = [
    { name: 'the root', given: [''], want: [''] },
    { name: 'nothing to fold', given: ['a', 'b'], want: ['a', 'b'] },
    { name: 'case', given: ['Admin', 'USERS'], want: ['admin', 'users'] },
    { name: 'matrix parameters', given: ['admin;a=b', 'x;y'], want: ['admin', 'x'] },
    { name: 'a trailing slash', given: ['admin', ''], want: ['admin'] },
    { name: 'a trailing slash behind a semicolon', given: ['admin', ';x'], want: ['admin'] },
    { name: 'the root behind a semicolon', given: [';x'], want: [''] },
    { name: 'an encoded slash', given: ['a/B', 'c'], want: ['a', 'b', 'c'] },
    { name: 'all of it', given: ['A/B;c', 'D;e', ''], want: ['a', 'b', 'd'] },
  ]
  for (const { name, given, want } of cases) t.strictSame(foldPath(given), want, name)
})

t.test('a path that no fold changes is given back as it is', async (t) => {
  const segments = ['orders', '12', 'x y']
  t.equal(foldPath(segments), segments)
  t.strictSame(readingsOf(segments), [segments])
})

t.test('the readings are all combinations of what an upstream may do', async (t) => {
  t.strictSame(readingsOf(['A', ';x']), [
    ['A', ';x'],
    ['a', ';x'],
    ['A', ''],
    ['A'],
    ['a', ''],
    ['a'],
  ])
  t.strictSame(readingsOf(['a/b', '']), [['a/b', ''], ['a/b'], ['a', 'b', ''], ['a', 'b']])
})

t.test('the first reading is the path, the last the folded one, and 16 are the most', async () => {
  const segment = fc.string({ unit: fc.constantFrom('a', 'B', ';', '/', 'ſ', '.') })
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1, maxLength: 6 }), (segments) => {
      const readings = readingsOf(segments)
      assert.equal(readings[0], segments)
      assert.deepEqual(readings.at(-1), foldPath(segments))
      assert.ok(readings.length <= 16)
    }),
    { numRuns: 300 },
  )
})
