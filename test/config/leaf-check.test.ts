import t from 'tap'
import { checkLeaf, fromText } from '../../src/config/leaf-check.ts'
import type { Leaf } from '../../src/config/leaf.ts'
import { problemsOf } from '../helpers/problems-of.ts'

const doc = ''
const text = { doc, format: 'text', default: '' } as const
const port = { doc, format: 'whole', default: 1, min: 0, max: 65535 } as const
const flag = { doc, format: 'flag', default: true } as const
const word = { doc, format: 'word', default: 'one', words: ['one', 'TWO'] } as const
const list = { doc, format: 'list', default: [] } as const
const words = { doc, format: 'list', default: [], words: ['one', 'two'] } as const
const either = { doc, format: 'text-or-list', default: null } as const
const textMap = { doc, format: 'text-map', default: {} } as const
const templateMap = { doc, format: 'template-map', default: {} } as const
const status = { doc, format: 'status', default: null } as const
const listMap = { doc, format: 'list-map', default: {} } as const
const named = { doc, format: 'named-entries', default: {} } as const
const entries = { doc, format: 'entries', default: [] } as const

const notAStatus =
  'is not the status of a refusal; give 400 to 599, or 301, 302, 303, 307, 308 for a redirect'

const cases: readonly (readonly [Leaf, unknown, readonly string[]])[] = [
  [text, '', []],
  [text, 'a', []],
  [text, null, ['k: has no value; give one, or leave the key out']],
  [text, 5, ["k: 5 is not text; write it in quotes: '5'"]],
  [text, true, ["k: true is not text; write it in quotes: 'true'"]],
  [text, ['a'], ['k: a list is not text']],
  [text, { a: 1 }, ['k: a map is not text']],
  [text, 'a\r\nb', ['k: "a\\r\\nb" holds a control character']],
  [text, '\ud800', ['k: "\\ud800" holds a control character']],
  [text, 'ü😀', []],
  [port, 0, []],
  [port, 65535, []],
  [port, 65536, ['k: 65536 is out of range; give one from 0 to 65535']],
  [port, -1, ['k: -1 is out of range; give one from 0 to 65535']],
  [port, '80abc', ['k: "80abc" is not a whole number; give one from 0 to 65535']],
  [port, '80', ['k: "80" is not a whole number; give one from 0 to 65535, without quotes']],
  [port, 80.5, ['k: 80.5 is not a whole number; give one from 0 to 65535']],
  [port, NaN, ['k: NaN is not a whole number; give one from 0 to 65535']],
  [port, Infinity, ['k: Infinity is not a whole number; give one from 0 to 65535']],
  [port, true, ['k: true is not a whole number; give one from 0 to 65535']],
  [port, [], ['k: a list is not a whole number; give one from 0 to 65535']],
  [flag, false, []],
  [flag, 'yes', ['k: "yes" is not true or false']],
  [flag, 0, ['k: 0 is not true or false']],
  [word, 'TWO', []],
  [word, 'two', ['k: "two" is not one of: one, TWO; write TWO']],
  [word, 'three', ['k: "three" is not one of: one, TWO']],
  [word, 1, ['k: 1 is not one of: one, TWO']],
  [list, [], []],
  [list, ['a', 'b'], []],
  [list, 'a', ['k: "a" is not a list; write ["a"]']],
  [list, { 0: 'a' }, ['k: a map is not a list']],
  [list, [1, ''], ["k[0]: 1 is not text; write it in quotes: '1'", 'k[1]: is an empty entry']],
  [list, [null], ['k[0]: has no value']],
  [list, ['a', 'b', 'a'], ['k[2]: "a" stands in the list already']],
  [words, ['two', 'three'], ['k[1]: "three" is not one of: one, two']],
  [either, 'GET', []],
  [either, ['GET', 'PUT'], []],
  [either, '', ['k: is an empty entry']],
  [either, [], ['k: is an empty list, which nothing could satisfy']],
  [either, [['a']], ['k[0]: a list is not text']],
  [textMap, { 'X-A': 'a', 'X-B': '' }, []],
  [textMap, { 'X-A': ['a'] }, ['k.X-A: a list is not text']],
  [textMap, [], ['k: a list is not a map of names to values']],
  [textMap, { '': 'a' }, ['k[""]: a name may not be empty']],
  [textMap, { 'a\nb': 'a' }, ['k["a\\nb"]: "a\\nb" holds a control character']],
  [templateMap, { 'text/plain': 'a\r\n\tb' }, []],
  [templateMap, { 'text/plain': 'a\0' }, ['k.text/plain: "a\\u0000" holds a control character']],
  [templateMap, { 'text/plain': '\ud800' }, ['k.text/plain: "\\ud800" holds a control character']],
  [templateMap, { 'text/plain': 1 }, ["k.text/plain: 1 is not text; write it in quotes: '1'"]],
  [templateMap, { 'a\nb': 'a' }, ['k["a\\nb"]: "a\\nb" holds a control character']],
  ...[400, 401, 599, '400', '599', 301, '302', 303, 307, 308].map(
    (given) => [status, given, []] as const,
  ),
  ...[
    100,
    200,
    '200',
    204,
    300,
    304,
    305,
    306,
    309,
    399,
    600,
    4040,
    401.5,
    '0404',
    ' 404',
    'x',
  ].map((given) => [status, given, [`k: ${JSON.stringify(given)} ${notAStatus}`]] as const),
  [status, true, [`k: true ${notAStatus}`]],
  [status, [404], [`k: a list ${notAStatus}`]],
  [listMap, { a: 'x', b: ['x', 'y'] }, []],
  [
    listMap,
    { a: [], b: {} },
    ['k.a: is an empty list, which nothing could satisfy', 'k.b: a map is not text'],
  ],
  [listMap, 'a', ['k: "a" is not a map of names to values']],
  [named, { a: 1 }, []],
  [named, ['a'], ['k: a list is not a map of names to values']],
  [entries, [1, {}], []],
  [entries, {}, ['k: a map is not a list']],
]

t.test('a value fits its leaf by type, and every misfit says what is allowed', async (t) => {
  for (const [leaf, value, want] of cases) {
    t.strictSame(
      problemsOf((report) => checkLeaf(leaf, value, 'k', report)),
      want,
      `${leaf.format} ${JSON.stringify(value)}`,
    )
  }
})

t.test('a text from the environment is a number only if it is exactly one', async (t) => {
  t.equal(fromText('whole', '0'), 0)
  t.equal(fromText('whole', '8080'), 8080)
  for (const odd of ['80abc', '0x1F90', '1e3', ' 80', '80 ', '+80', '-1', '080', '', '8_0', '١']) {
    t.equal(fromText('whole', odd), odd)
  }
  t.strictSame(fromText('list', 'a, b ,c'), ['a', 'b', 'c'])
  t.equal(fromText('word', ' a'), ' a')
})
