import t from 'tap'
import fc from 'fast-check'
import { parseTemplate, templateForms, templateShape } from '../../src/routing/template.ts'

const parsed = (path: string) => {
  const result = parseTemplate(path)
  if (!result.ok) throw new Error(result.error.join())
  return result.value
}

t.test('a template is taken apart into literals and parameters', async (t) => {
  const literal = (text: string) => ({ kind: 'literal', text })
  const cases = [
    { given: '/', want: [literal('')] },
    { given: '/a/b', want: [literal('a'), literal('b')] },
    { given: '/a/', want: [literal('a'), literal('')] },
    { given: '/Größe/x y', want: [literal('Größe'), literal('x y')] },
    { given: '/v1.0/a+b:c,d', want: [literal('v1.0'), literal('a+b:c,d')] },
    { given: '/o/{orderId}', want: [literal('o'), { kind: 'parameter', name: 'orderId' }] },
    { given: '/{a.b_c-1}/', want: [{ kind: 'parameter', name: 'a.b_c-1' }, literal('')] },
    { given: '/{proxy+}', want: [{ kind: 'greedy', name: 'proxy' }] },
  ]
  for (const { given, want } of cases) {
    t.strictSame(parseTemplate(given), { ok: true, value: want }, given)
  }
})

t.test('a template that can mean nothing is refused with all its reasons', async (t) => {
  const parameter =
    'write {name} or {name+} as a whole segment, the name of letters, digits, ".", "_" and "-"'
  const literal = 'write it decoded, without "%", "\\", "?", "#", ";" and control characters'
  const cases = [
    { given: '', want: ['"" must start with "/", or be "$default"'] },
    { given: 'a/b', want: ['"a/b" must start with "/", or be "$default"'] },
    { given: '//a', want: ['"//a": has an empty segment'] },
    { given: '/a//b', want: ['"/a//b": has an empty segment'] },
    { given: '/./a', want: ['"/./a": has the segment "."'] },
    { given: '/a/..', want: ['"/a/..": has the segment ".."'] },
    { given: '/{p+}/a', want: ['"/{p+}/a": {p+} must be the last segment'] },
    { given: '/{p+}/', want: ['"/{p+}/": {p+} must be the last segment'] },
    { given: '/{a}/{a+}', want: ['"/{a}/{a+}": has two parameters named "a"'] },
    { given: '/{a}/{a}/{a}', want: ['"/{a}/{a}/{a}": has two parameters named "a"'] },
    { given: '/a{b}', want: [`"/a{b}": "a{b}" is no parameter: ${parameter}`] },
    { given: '/{}', want: [`"/{}": "{}" is no parameter: ${parameter}`] },
    { given: '/{a b}', want: [`"/{a b}": "{a b}" is no parameter: ${parameter}`] },
    { given: '/{a*}', want: [`"/{a*}": "{a*}" is no parameter: ${parameter}`] },
    { given: '/a%20b', want: [`"/a%20b": "a%20b" can match no path: ${literal}`] },
    { given: '/a?b', want: [`"/a?b": "a?b" can match no path: ${literal}`] },
    { given: '/a#b', want: [`"/a#b": "a#b" can match no path: ${literal}`] },
    { given: '/a;b', want: [`"/a;b": "a;b" can match no path: ${literal}`] },
    { given: '/a\\b', want: [`"/a\\\\b": "a\\\\b" can match no path: ${literal}`] },
    { given: '/\u0000', want: [`"/\\u0000": "\\u0000" can match no path: ${literal}`] },
    { given: '/\ud800', want: [`"/\\ud800": "\\ud800" can match no path: ${literal}`] },
    {
      given: '/{p+}//{p}/..',
      want: [
        '"/{p+}//{p}/..": {p+} must be the last segment',
        '"/{p+}//{p}/..": has an empty segment',
        '"/{p+}//{p}/..": has the segment ".."',
        '"/{p+}//{p}/..": has two parameters named "p"',
      ],
    },
  ]
  for (const { given, want } of cases) {
    t.strictSame(parseTemplate(given), { ok: false, error: want }, JSON.stringify(given))
  }
})

t.test('any text is either a template that says the same again or refused', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom('/', 'a', '{', '}', '+', '.', '%', ';', ' ') }),
  )
  fc.assert(
    fc.property(text, (path) => {
      const result = parseTemplate(path)
      if (!result.ok) return result.error.length > 0
      const written = { literal: '', parameter: '}', greedy: '+}' }
      const again = result.value.map((segment) =>
        segment.kind === 'literal' ? segment.text : `{${segment.name}${written[segment.kind]}`,
      )
      return `/${again.join('/')}` === path
    }),
    { numRuns: 3000 },
  )
})

t.test('the shape forgets the names of parameters and nothing else', async (t) => {
  const shape = (path: string) => templateShape(parsed(path))
  t.equal(shape('/a/{x}/{y+}'), shape('/a/{p}/{q+}'))
  t.not(shape('/a/{x}'), shape('/a/{x+}'))
  t.not(shape('/a/{x}'), shape('/a/{x}/'))
  t.not(shape('/a/{x}'), shape('/A/{x}'))
})

t.test('the forms of a template are in any case and without the trailing slash', async (t) => {
  const cases = [
    { given: '/', want: [''] },
    { given: '/a/{X}/{Y+}', want: ['a/{}/{+}'] },
    { given: '/Admin/{X}', want: ['Admin/{}', 'admin/{}'] },
    { given: '/a/', want: ['a/', 'a'] },
    { given: '/A/', want: ['A/', 'A', 'a/', 'a'] },
  ]
  for (const { given, want } of cases) {
    t.strictSame(templateForms(parsed(given)).map(templateShape), want, given)
  }
})
