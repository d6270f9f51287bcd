import t from 'tap'
import { compileBodies } from '../../src/answers/template.ts'
import { parseTemplate } from '../../src/config/expressions.ts'
import { unwrap } from '../../src/core/result.ts'
import { viewOf } from '../helpers/answer-context.ts'
import { createSeededRandom } from '../helpers/seeded-random.ts'

const scope = { stageVariables: { quote: '"', slash: '\\', x: 'v' }, hasError: true }

const template = (contentType: string, text: string) => ({
  contentType,
  template: unwrap(parseTemplate(text, scope)),
})

const fill = (contentType: string, text: string, query: Readonly<Record<string, string>>) =>
  compileBodies([template(contentType, text)])?.(viewOf({ query })).fill(viewOf({ query }))

const q = '$method.request.querystring.q'

t.test('what a client sent is escaped for the type of the answer', async (t) => {
  const cases = [
    { type: 'application/json', text: `{"a":"${q}"}`, want: '{"a":"\\"\\u003cb\\u003e\\n"}' },
    { type: 'application/problem+json', text: `["${q}"]`, want: '["\\"\\u003cb\\u003e\\n"]' },
    { type: 'text/html', text: `<p>${q}</p>`, want: '<p>&quot;&lt;b&gt;</p>' },
    { type: 'TEXT/XML; charset=utf-8', text: `<p>${q}</p>`, want: '<p>&quot;&lt;b&gt;</p>' },
    { type: 'application/xhtml+xml', text: `<p a="${q}"/>`, want: '<p a="&quot;&lt;b&gt;"/>' },
    { type: 'text/plain', text: `a\n${q}`, want: 'a\n"<b>' },
    { type: 'odd', text: q, want: '"<b>' },
  ]
  for (const { type, text, want } of cases) t.equal(fill(type, text, { q: '"<b>\n' }), want, type)
})

t.test('in JSON a value cannot leave its string, however the template has it', async (t) => {
  const value = '","admin":true,"x":"'
  const cases = [
    { name: 'inside quotes', text: `{"a":"${q}"}`, want: { a: value } },
    { name: 'by itself', text: `{"a":${q}}`, want: { a: value } },
    { name: 'after an escaped quote', text: `{"a":"\\"${q}"}`, want: { a: `"${value}` } },
    { name: 'after an escaped backslash', text: `{"a":"\\\\${q}"}`, want: { a: `\\${value}` } },
    { name: 'after a loose backslash', text: `{"a":"\\${q}"}`, want: { a: `\\${value}` } },
    {
      name: 'after a stage variable that ends in a backslash',
      text: `{"a":"$stageVariables.slash${q}"}`,
      want: { a: `\\${value}` },
    },
    {
      name: 'in quotes that stage variables bring',
      text: `{"a":$stageVariables.quote${q}$stageVariables.quote}`,
      want: { a: value },
    },
    { name: 'twice', text: `{"a":"${q}${q}","b":"x"}`, want: { a: value + value, b: 'x' } },
    { name: 'as a name', text: `{"${q}":1}`, want: { [value]: 1 } },
  ]
  for (const { name, text, want } of cases) {
    const body = fill('application/json', text, { q: value }) ?? ''
    t.strictSame(JSON.parse(body), want, name)
  }
})

t.test('in JSON a number that stands by itself stays a number', async (t) => {
  t.equal(fill('application/json', `{"a":${q}}`, { q: '15' }), '{"a":15}')
  t.equal(fill('application/json', `{"a":${q}}`, {}), '{"a":""}')
})

t.test('no value whatever changes the shape of a JSON answer', async (t) => {
  const random = createSeededRandom()
  t.comment(`FUZZ_SEED=${random.seed}`)
  const units = Array.from('"\\,:{}[]\r\n\0u0 e1-')
  const texts = [`{"a":"${q}","b":${q}}`, `{"a":"\\${q}\\"","b":[${q}]}`]
  for (let round = 0; round < 3000; round += 1) {
    const value = Array.from({ length: random.below(8) }, () => random.pick(units)).join('')
    const body = fill('application/json', random.pick(texts), { q: value }) ?? ''
    const keys = Object.keys(JSON.parse(body) as object)
    if (keys.join() === 'a,b') continue
    t.fail(`seed ${random.seed}, round ${round}`, { value, body })
    return
  }
  t.pass('3000 values')
})

t.test('the built-in message comes with its own quotes', async (t) => {
  const text = '{"message":$context.error.messageString}'
  const view = viewOf({ context: { 'error.messageString': '"it\'s \\"so\\""' } })
  const choose = compileBodies([template('application/json', text)])
  t.equal(choose?.(view).fill(view), '{"message":"it\'s \\"so\\""}')
})

const chosen = (types: readonly string[], accept?: string): string | undefined => {
  const view = viewOf(accept === undefined ? {} : { header: { accept } })
  return compileBodies(types.map((type) => template(type, 'x')))?.(view).contentType
}

t.test('a template is chosen by Accept, else JSON, else the first', async (t) => {
  const both = ['text/html', 'application/json']
  const cases = [
    { types: both, accept: 'text/html', want: 'text/html' },
    { types: both, accept: 'Text/HTML;level=1', want: 'text/html' },
    { types: both, accept: 'image/png, text/html;q=0.1, application/json', want: 'text/html' },
    { types: both, accept: 'application/json', want: 'application/json' },
    { types: both, accept: '*/*', want: 'application/json' },
    { types: both, accept: 'text/*', want: 'application/json' },
    { types: both, accept: '', want: 'application/json' },
    { types: both, accept: undefined, want: 'application/json' },
    { types: ['text/html', 'text/xml'], accept: 'image/png', want: 'text/html' },
    { types: ['text/html'], accept: 'application/json', want: 'text/html' },
    {
      types: ['application/json;charset=utf-8', 'text/html', 'application/json'],
      accept: 'application/json',
      want: 'application/json;charset=utf-8',
    },
  ]
  for (const { types, accept, want } of cases)
    t.equal(chosen(types, accept), want, `Accept: ${accept ?? 'none'}`)
})

t.test('without templates there is nothing to choose', async (t) => {
  t.equal(compileBodies([]), undefined)
})
