import t from 'tap'
import { parseDocument } from 'yaml'
import { describeYamlFault } from '../../src/config/yaml-faults.ts'

t.test('what the parser says of a file is said in plain words', async (t) => {
  for (const [text, want] of [
    ['listen:\n\tport: 80', /a tab stands .*; indent with spaces/],
    ['a:\n  b: 1\n c: 2', /indented otherwise .* the same column/],
    ['a:\n  - 1\n  b: 2', /indented otherwise|no key: value/],
    ['listen: { port: 80\nupstream: x', /^a \{ or \[ before it is not closed/],
    ['{ "a": 1,', /^a \{ before it is not closed$/],
    ['[ "a", 1', /^a \[ before it is not closed$/],
    ['a: "b', /^a quote before it is not closed$/],
    ["a: 'b", /^a quote before it is not closed$/],
    ['a: 1\nb', /^a key has no colon and value/],
    ['a\nb: 2', /^the lines before it are no key: value/],
    ['a: b: c', /^a value holds ": "; put the value in quotes$/],
    ['a: @b', /^a value begins with a reserved character; put it in quotes$/],
    ['{ a: [1] b: 2 }', /^a comma is missing/],
    ['{ a: [1] b: 2 }', /^something stands behind a value/],
    ['{ a: 80 b: 2 }', /^a comma is missing in/],
    ['a: "\\d"', /^an escape that YAML does not know/],
  ] as const) {
    const messages = parseDocument(text, { prettyErrors: false }).errors.map(({ message }) =>
      describeYamlFault(message),
    )
    t.ok(
      messages.some((message) => want.test(message)),
      `${JSON.stringify(text)}: ${messages.join(' | ')}`,
    )
  }
})

t.test('what is not known is passed on', async (t) => {
  t.equal(describeYamlFault('Something new'), 'Something new')
})
