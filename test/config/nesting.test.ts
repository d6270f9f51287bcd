import t from 'tap'
import { Parser } from 'yaml'
import { nestingOf } from '../../src/config/nesting.ts'

const depthOf = (text: string): number => nestingOf([...new Parser().parse(text)])

t.test('depth counts lists and maps, in block and flow style, in keys and values', async (t) => {
  for (const [text, want] of [
    ['', 0],
    ['a', 0],
    ['# only a comment', 0],
    ['a: 1', 1],
    ['a: [1, {b: 2}]', 3],
    ['- - - 1', 3],
    ['? ? a\n: 1', 2],
    ['? {a: 1}\n: b', 2],
    ['a:\n  b:\n    c:\n', 3],
    ['[]', 0],
    ['a: 1\n---\nb: {c: 1}', 2],
  ] as const) {
    t.equal(depthOf(text), want, text)
  }
})

t.test('any depth is measured without recursion', async (t) => {
  t.equal(depthOf('['.repeat(100_000)), 99_999)
  t.equal(depthOf('- '.repeat(50_000)), 49_999)
})
