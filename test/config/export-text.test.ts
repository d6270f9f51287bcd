import t from 'tap'
import { maxExportBytes, parseExport } from '../../src/config/export-text.ts'

const parse = (text: string | Uint8Array) => parseExport(Buffer.from(text), 'api.json')

const fault = (text: string | Uint8Array) => {
  const parsed = parse(text)
  return parsed.ok ? 'none' : parsed.error.map(({ path, message }) => `${path}: ${message}`)
}

t.test('JSON and YAML are the same document', async (t) => {
  const value = { openapi: '3.0.1', paths: { '/a': { get: { responses: { '200': {} } } } } }
  t.strictSame(parse(JSON.stringify(value)), { ok: true, value })
  t.strictSame(parse(`\ufeff${JSON.stringify(value, undefined, 2)}`), { ok: true, value })
  const yaml = 'openapi: 3.0.1\npaths:\n  /a:\n    get:\n      responses:\n        200: {}\n'
  t.strictSame(parse(yaml), { ok: true, value }, 'a number for a key, as AWS writes it')
})

t.test('a text that says two things, or too many, is refused', async (t) => {
  const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`
  const nested = 'api.json: is nested more than 64 levels deep'
  for (const [text, want] of [
    ['', 'api.json: is empty'],
    [Uint8Array.of(0xff), 'api.json: is not UTF-8 text'],
    ['{"a":1,"\\u0061":2}', 'api.json: has an object with a name in it twice'],
    ['a: 1\na: 2\n', 'api.json: a stands in the map already; give each key once'],
    ['{"x":{"__proto__":{}}}', 'api.json: has the key __proto__, which is a reserved name'],
    ['x: { __proto__: {} }', 'api.json: x.__proto__ is a reserved name'],
    ['1.5: x', 'api.json:  has a key that is not text; write keys as text, numbers in quotes'],
    [deep(65), nested],
    [deep(100_000), nested],
    ['{"a": [}', 'api.json: line 1, column 8: '],
    ['# nothing', 'api.json: is empty'],
    [
      Buffer.alloc(maxExportBytes + 1, ' '),
      'api.json: has 8388609 bytes; an export may have 8388608',
    ],
    ['- &a [1]\n- [*b]', 'api.json: [1][0] refers to *b, an anchor that does not stand before it'],
  ] as const) {
    t.match(fault(text)[0], want, String(text).slice(0, 40))
  }
  t.strictSame(fault(deep(64)), 'none')
})

t.test('an alias bomb is not expanded', async (t) => {
  const rows = Array.from(
    { length: 12 },
    (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n},`.repeat(9)}]`,
  )
  t.match(fault(`a0: &a0 x\n${rows.join('\n')}\n`), [/stands for more than 200000 values/])
})
