import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { parseFile } from '../../src/config/formats.ts'

const parse = (text: string) => parseFile(Buffer.from(text), 'gate.yaml')

const refusals = (text: string | Uint8Array): readonly string[] => {
  const parsed = parseFile(Buffer.from(text), 'gate.yaml')
  if (parsed.ok) return parsed.value.problems.map(({ path, message }) => `${path}: ${message}`)
  return parsed.error.map(({ path, message }) => `${path}: ${message}`)
}

t.test('YAML 1.2 and JSON are read with the core schema', async (t) => {
  for (const [text, want] of [
    ['', {}],
    ['# nothing yet\n', {}],
    ['---\n', {}],
    ['\ufeff{}', {}],
    ['a: 1\nb: [x, "y"]', { a: 1, b: ['x', 'y'] }],
    ['{\n\t"a": {\n\t\t"b": true\n\t}\n}', { a: { b: true } }],
    [
      'a: yes\nb: 2020-01-01\nc: 0o17\nd: 0x1F\ne: 1_000',
      { a: 'yes', b: '2020-01-01', c: 15, d: 31, e: '1_000' },
    ],
    ['a: .nan\nb: .inf\nc: ~\nd:', { a: NaN, b: Infinity, c: null, d: null }],
    ['a: !!str 1', { a: '1' }],
    ['a: &x [1]\nb: *x', { a: [1], b: [1] }],
    ['- a', undefined],
  ] as const) {
    const parsed = parse(text)
    t.strictSame(parsed.ok ? parsed.value.data : undefined, want, text)
  }
})

t.test('a text that is no configuration says where and why', async (t) => {
  for (const [text, want] of [
    ['- a', ['gate.yaml: holds a list; a configuration is a map of keys']],
    ['just text', ['gate.yaml: holds "just text"; a configuration is a map of keys']],
    ['a: 1\n---\nb: 2', ['gate.yaml: holds several documents (---); give one']],
    ['%YAML 1.1\n---\na: yes', ['gate.yaml: declares YAML 1.1; this is read as YAML 1.2']],
    [
      'a: {b: 1',
      [
        'gate.yaml: line 1, column 9: a { or [ before it is not closed, or what is in it is not indented',
      ],
    ],
    ['a: *nowhere', ['a: refers to *nowhere, an anchor that does not stand before it']],
    ['a: !secret x', ['gate.yaml: line 1, column 4: Unresolved tag: !secret']],
    ['a: !!binary aGk=', ['a: has the tag "tag:yaml.org,2002:binary"; tags are not used here']],
    ['a: !!set {x}', ['a: has the tag "tag:yaml.org,2002:set"; tags are not used here']],
    [
      'a: &x [*x]',
      ['gate.yaml: stands for more than 100000 values, or for a list or map within itself'],
    ],
    ['['.repeat(100_000), ['gate.yaml: is nested more than 64 levels deep']],
    ['- '.repeat(20_000), ['gate.yaml: is nested more than 64 levels deep']],
    [' '.repeat(1_048_577), ['gate.yaml: has 1048577 bytes; a configuration may have 1048576']],
  ] as const) {
    t.strictSame(refusals(text), want, text.slice(0, 40))
  }
  t.strictSame(refusals(Uint8Array.of(0x61, 0x3a, 0x20, 0xff)), ['gate.yaml: is not UTF-8 text'])
  t.equal(refusals('@'.repeat(50) + ': [`\n'.repeat(50)).length <= 10, true)
})

t.test('an alias bomb is not expanded', async (t) => {
  const bomb = ['a0: &a0 [x,x,x,x,x,x,x,x,x,x]']
  for (let level = 1; level < 12; level += 1) {
    bomb.push(
      `a${level}: &a${level} [${Array(10)
        .fill(`*a${level - 1}`)
        .join(',')}]`,
    )
  }
  t.match(refusals(bomb.join('\n')), [/stands for more than 100000 values/])
})

t.test('keys given twice, merge keys and keys that are not text are refused', async (t) => {
  for (const [text, want] of [
    ['a: 1\nb: 2\na: 3', ['a: stands in the map already; give each key once']],
    ['a: 1\n"a": 3', ['a: stands in the map already; give each key once']],
    ['{"a": {"b": 1, "b": 1}}', ['a.b: stands in the map already; give each key once']],
    ['x: &x {a: 1}\ny:\n  <<: *x', ['y.<<: merge keys are not used here; write the keys out']],
    ['1: a', [': has a key that is not text; write keys as text, numbers in quotes']],
    ['a: {true: b}', ['a: has a key that is not text; write keys as text, numbers in quotes']],
    ['? [a]\n: b', [': has a key that is not text; write keys as text, numbers in quotes']],
    ['a: &k x\n*k : y', [': has a key that is not text; write keys as text, numbers in quotes']],
  ] as const) {
    t.strictSame(
      refusals(text).map((line) => line.replace('y["<<"]', 'y.<<')),
      want,
      text,
    )
  }
})

t.test('names that reach a prototype are seen and refused at every depth', async (t) => {
  for (const name of ['__proto__', 'constructor', 'prototype']) {
    for (const [text, path] of [
      [`{"${name}": {"polluted": true}}`, name],
      [`a:\n  b:\n    ${name}: {polluted: true}`, `a.b.${name}`],
      [`a: [[{"${name}": {"polluted": true}}]]`, `a[0][0].${name}`],
      [`"\\u005f\\u005fproto__": 1`, '__proto__'],
      [`constructor: {prototype: {polluted: true}}`, 'constructor'],
    ] as const) {
      t.ok(refusals(text).includes(`${path}: is a reserved name`), text)
    }
  }
  t.equal(({} as Record<string, unknown>)['polluted'], undefined)
  t.strictSame(Object.keys(Object.prototype), [])
})

t.test('the place of every path is known', async (t) => {
  const parsed = parse('b: 1\na: [x, {c: 2}]\n')
  const paths = parsed.ok ? [...parsed.value.order].sort((one, other) => one[1] - other[1]) : []
  t.strictSame(
    paths.map(([path]) => path),
    ['', 'b', 'a', 'a[0]', 'a[1]', 'a[1].c'],
  )
})

t.test('no text of the JSON test suite makes the parser throw', async (t) => {
  const vectors = process.env['VECTORS_DIR']
  if (vectors === undefined) {
    t.pass('passed over: set VECTORS_DIR to a folder with json-parsing/test_parsing')
    return
  }
  const folder = join(vectors, 'json-parsing', 'test_parsing')
  for (const name of readdirSync(folder)) {
    const bytes = readFileSync(join(folder, name))
    t.doesNotThrow(() => parseFile(bytes, name), name)
    if (!name.startsWith('y_object') || /duplicated|escaped_null/.test(name)) continue
    const parsed = parseFile(bytes, name)
    t.strictSame(
      parsed.ok ? parsed.value.data : parsed.error,
      JSON.parse(bytes.toString('utf8')),
      name,
    )
  }
})
