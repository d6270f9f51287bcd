import t from 'tap'
import { evaluate, fillIn, type Expression, type RequestView } from '../../src/core/expression.ts'

const view: RequestView = {
  header: (name) => (name === 'accept' ? 'text/html' : undefined),
  query: (name) => (name === 'q' ? '"x' : undefined),
  path: (name) => (name === 'id' ? '7' : undefined),
  requestPath: () => '/orders/7',
  context: (name) => (name === 'error.messageString' ? '"said"' : `<${name}>`),
  claim: (name) => (name === 'sub' ? 'jane' : undefined),
}

t.test('an expression is its pieces, joined', async (t) => {
  const cases: readonly { name: string; given: Expression; want: string | undefined }[] = [
    { name: 'a literal', given: [{ from: 'literal', text: 'prod' }], want: 'prod' },
    { name: 'a header', given: [{ from: 'header', name: 'accept' }], want: 'text/html' },
    { name: 'a parameter', given: [{ from: 'query', name: 'q' }], want: '"x' },
    { name: 'a path parameter', given: [{ from: 'path', name: 'id' }], want: '7' },
    { name: 'the path', given: [{ from: 'requestPath' }], want: '/orders/7' },
    { name: 'a claim', given: [{ from: 'claim', name: 'sub' }], want: 'jane' },
    { name: 'context', given: [{ from: 'context', name: 'stage' }], want: '<stage>' },
    { name: 'what is absent', given: [{ from: 'claim', name: 'email' }], want: undefined },
    {
      name: 'what is absent beside something',
      given: [
        { from: 'literal', text: 'u-' },
        { from: 'claim', name: 'email' },
        { from: 'claim', name: 'sub' },
      ],
      want: 'u-jane',
    },
  ]
  for (const { name, given, want } of cases) t.equal(evaluate(given, view), want, name)
})

t.test('what a template takes from outside is escaped, what it says itself is not', async (t) => {
  const template: Expression = [
    { from: 'literal', text: '{"m":' },
    { from: 'context', name: 'error.messageString' },
    { from: 'literal', text: ',"q":"' },
    { from: 'query', name: 'q' },
    { from: 'claim', name: 'email' },
    { from: 'literal', text: '"}' },
  ]
  const escape = (text: string) => text.replaceAll('"', '\\"')
  t.equal(fillIn(template, view, escape), '{"m":"said","q":"\\"x"}')
})
