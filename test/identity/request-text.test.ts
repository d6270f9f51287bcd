import fc from 'fast-check'
import t from 'tap'
import type { RequestView } from '../../src/core/expression.ts'
import { headerSafeView } from '../../src/identity/request-text.ts'

const viewOf = (text: string | undefined): RequestView => ({
  header: () => text,
  query: () => text,
  path: () => text,
  requestPath: () => text,
  context: () => text,
  claim: () => text,
})

const safe = (text: string | undefined) => headerSafeView(viewOf(text), () => false)

t.test('a part of a request is written so that it ends no header line', async (t) => {
  const cases = [
    { name: 'plain text', given: ' a%20b, c ', want: ' a%20b, c ' },
    { name: 'empty', given: '', want: '' },
    { name: 'a header of its own', given: 'x\r\nX-Admin: 1', want: 'x%0D%0AX-Admin: 1' },
    { name: 'NUL, tab and DEL', given: '\0\t\x7f', want: '%00%09%7F' },
    { name: 'UTF-8', given: 'é日😀', want: '%C3%A9%E6%97%A5%F0%9F%98%80' },
    { name: 'a line separator', given: '\u2028', want: '%E2%80%A8' },
    { name: 'a lone surrogate', given: '\ud800', want: '%EF%BF%BD' },
    { name: 'nothing', given: undefined, want: undefined },
  ]
  for (const { name, given, want } of cases) {
    const view = safe(given)
    t.equal(view.query('a'), want, name)
    t.equal(view.path('a'), want, `${name}, path`)
    t.equal(view.requestPath(), want, `${name}, the whole path`)
    t.equal(view.context('routeKey'), want, `${name}, $context`)
  }
})

t.test('what came in a header has one character per byte already', async (t) => {
  const view = safe('\xc3\xa9 \xff\t')
  t.equal(view.header('a'), '%C3%A9 %FF%09')
  t.equal(view.context('identity.userAgent'), '%C3%A9 %FF%09')
  t.equal(safe(undefined).header('a'), undefined)
})

t.test('a claim is its renderer’s business', async (t) => {
  t.equal(safe('\xc3%0D').claim('a'), '\xc3%0D')
})

t.test('a header that is removed cannot be read', async (t) => {
  const view = headerSafeView(viewOf('v'), (name) => name === 'x-user')
  t.equal(view.header('x-user'), undefined)
  t.equal(view.header('x-other'), 'v')
  t.equal(view.query('x-user'), 'v')
})

t.test('no text at all gets a control or a byte beyond ASCII through', async (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const view = safe(text)
      const values = [view.header('a'), view.query('a'), view.path('a'), view.context('path')]
      return values.every((value) => /^[\x20-\x7e]*$/.test(String(value)))
    }),
    { numRuns: 1000 },
  )
  t.pass('fast-check prints its seed on failure')
})
