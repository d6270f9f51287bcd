import t from 'tap'
import {
  parseHttpExpression,
  parseRestExpression,
  parseTemplate,
  type ExpressionScope,
} from '../../src/config/expressions.ts'
import type { Expression } from '../../src/core/expression.ts'

const scope: ExpressionScope = { stageVariables: { env: 'prod', empty: '' }, hasError: false }
const inError: ExpressionScope = { ...scope, hasError: true }

const literal = (text: string): Expression => [{ from: 'literal', text }]

t.test('values of a REST API', async (t) => {
  const cases: readonly { given: string; want: Expression }[] = [
    { given: "'*'", want: literal('*') },
    { given: "''", want: literal('') },
    {
      given: 'method.request.header.Accept-Language',
      want: [{ from: 'header', name: 'accept-language' }],
    },
    { given: 'method.request.multivalueheader.X', want: [{ from: 'header', name: 'x' }] },
    { given: 'method.request.querystring.Page', want: [{ from: 'query', name: 'Page' }] },
    { given: 'method.request.multivaluequerystring.q', want: [{ from: 'query', name: 'q' }] },
    { given: 'method.request.path.proxy', want: [{ from: 'path', name: 'proxy' }] },
    { given: 'context.authorizer.claims.sub', want: [{ from: 'claim', name: 'sub' }] },
    {
      given: 'context.authorizer.claims.custom:tenant',
      want: [{ from: 'claim', name: 'custom:tenant' }],
    },
    { given: 'context.identity.sourceIp', want: [{ from: 'context', name: 'identity.sourceIp' }] },
    { given: 'stageVariables.env', want: literal('prod') },
    { given: 'stageVariables.empty', want: literal('') },
  ]
  for (const { given, want } of cases) {
    t.strictSame(parseRestExpression(given, scope), { ok: true, value: want }, given)
  }
})

t.test('values of an HTTP API', async (t) => {
  const cases: readonly { given: string; want: Expression }[] = [
    { given: 'prod', want: literal('prod') },
    { given: '', want: literal('') },
    { given: '$context.authorizer.claims.sub', want: [{ from: 'claim', name: 'sub' }] },
    { given: '$context.authorizer.jwt.claims.sub', want: [{ from: 'claim', name: 'sub' }] },
    { given: '$request.header.X-Trace', want: [{ from: 'header', name: 'x-trace' }] },
    { given: '$request.querystring.q', want: [{ from: 'query', name: 'q' }] },
    { given: '$request.path', want: [{ from: 'requestPath' }] },
    { given: '$request.path.id', want: [{ from: 'path', name: 'id' }] },
    {
      given: 'a-${context.stage}-$stageVariables.env costs $5',
      want: [
        { from: 'literal', text: 'a-' },
        { from: 'context', name: 'stage' },
        { from: 'literal', text: '-' },
        { from: 'literal', text: 'prod' },
        { from: 'literal', text: ' costs $5' },
      ],
    },
  ]
  for (const { given, want } of cases) {
    t.strictSame(parseHttpExpression(given, scope), { ok: true, value: want }, given)
  }
})

t.test('templates of gateway responses', async (t) => {
  t.strictSame(
    parseTemplate(
      '{"message":$context.error.messageString,"id":"$context.requestId.","h":"$method.request.header.Origin"}',
      inError,
    ),
    {
      ok: true,
      value: [
        { from: 'literal', text: '{"message":' },
        { from: 'context', name: 'error.messageString' },
        { from: 'literal', text: ',"id":"' },
        { from: 'context', name: 'requestId' },
        { from: 'literal', text: '.","h":"' },
        { from: 'header', name: 'origin' },
        { from: 'literal', text: '"}' },
      ],
    },
  )
})

t.test('a reference that nothing can satisfy is a problem', async (t) => {
  const rest = (given: string) => parseRestExpression(given, scope)
  const http = (given: string) => parseHttpExpression(given, scope)
  const template = (given: string) => parseTemplate(given, inError)
  const cases: readonly { given: string; parse: (given: string) => unknown; want: RegExp }[] = [
    { given: 'prod', parse: rest, want: /"prod" is neither a literal in single quotes nor/ },
    { given: "'a", parse: rest, want: /neither a literal/ },
    { given: 'integration.response.header.X', parse: rest, want: /neither a literal/ },
    { given: 'context.nonsense', parse: rest, want: /context\.nonsense, which is not one of/ },
    {
      given: 'context.error.message',
      parse: rest,
      want: /errors are known to gatewayResponses only/,
    },
    {
      given: 'stageVariables.missing',
      parse: rest,
      want: /stageVariables\.missing, which is not set/,
    },
    { given: 'stageVariables.toString', parse: rest, want: /which is not set/ },
    {
      given: 'method.request.body.x',
      parse: rest,
      want: /request\.body\.x; of a request there are/,
    },
    { given: 'method.request.header.', parse: rest, want: /of a request there are/ },
    { given: 'method.request.toString.x', parse: rest, want: /of a request there are/ },
    { given: '$request.body.x', parse: http, want: /of a request there are/ },
    { given: 'a ${context.nope} b', parse: http, want: /context\.nope/ },
    { given: '$context', parse: http, want: /refers to context\., which/ },
    { given: '{"m":$context.nope}', parse: template, want: /context\.nope/ },
    { given: '#set($x = 1)\n$x', parse: template, want: /holds "#set"; VTL is not evaluated/ },
    { given: '{"b":$input.json("$")}', parse: template, want: /holds "\$input"/ },
    { given: '$!{util.escapeJavaScript("x")}', parse: template, want: /VTL/ },
  ]
  for (const { given, parse, want } of cases) {
    const parsed = parse(given) as { ok: boolean; error: string }
    t.equal(parsed.ok, false, given)
    t.match(parsed.error, want, given)
  }
})
