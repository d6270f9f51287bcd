import t from 'tap'
import { compileGatewayResponses, type BuiltIn } from '../../src/answers/gateway-responses.ts'
import { parseRestExpression, parseTemplate } from '../../src/config/expressions.ts'
import type { Answer } from '../../src/core/answer.ts'
import type {
  GatewayResponse,
  GatewayResponses,
  GatewayResponseType,
} from '../../src/core/gateway-response.ts'
import { unwrap } from '../../src/core/result.ts'
import { contextOf, unseen, type SeenParts } from '../helpers/answer-context.ts'

const scope = { stageVariables: {}, hasError: true }

interface Written {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly templates?: Readonly<Record<string, string>>
}

const response = ({ status, headers = {}, templates = {} }: Written): GatewayResponse => ({
  status,
  headers: Object.entries(headers).map(([name, text]) => ({
    name,
    value: unwrap(parseRestExpression(text, scope)),
  })),
  templates: Object.entries(templates).map(([contentType, text]) => ({
    contentType,
    template: unwrap(parseTemplate(text, scope)),
  })),
})

const responses = (written: Partial<Record<GatewayResponseType, Written>>): GatewayResponses =>
  Object.fromEntries(Object.entries(written).map(([type, entry]) => [type, response(entry)]))

const builtIn = (type: BuiltIn['type'], status: number): BuiltIn => ({
  type,
  status,
  errorType: 'UnauthorizedException',
  message: 'Say "no"',
  contentType: 'application/json',
  body: '{"message":"Say \\"no\\""}',
})

const answerOf = ({ status, body }: BuiltIn): Answer => ({
  status,
  headers: ['Content-Type', 'application/json', 'x-amzn-ErrorType', 'UnauthorizedException'],
  body,
})

const customise = (
  written: Partial<Record<GatewayResponseType, Written>>,
  given: BuiltIn,
  parts: SeenParts = {},
): Answer => compileGatewayResponses(responses(written))(given, answerOf(given), contextOf(parts))

const unauthorized = builtIn('UNAUTHORIZED', 401)
const plain = answerOf(unauthorized)

t.test('without a gateway response the answer is passed through, unseen', async (t) => {
  const given = [
    { name: 'none at all', written: {}, of: unauthorized },
    { name: 'one of another type', written: { ACCESS_DENIED: { status: 400 } }, of: unauthorized },
    { name: 'of the other class', written: { DEFAULT_5XX: { status: 599 } }, of: unauthorized },
    {
      name: 'a refusal without a type',
      written: { DEFAULT_4XX: { status: 400 }, DEFAULT_5XX: { status: 500 } },
      of: builtIn(undefined, 408),
    },
    {
      name: 'a body that is too large',
      written: { REQUEST_TOO_LARGE: { status: 400 }, DEFAULT_4XX: { status: 400 } },
      of: builtIn('REQUEST_TOO_LARGE', 413),
    },
  ]
  for (const { name, written, of } of given) {
    const answer = answerOf(of)
    t.equal(compileGatewayResponses(responses(written))(of, answer, unseen()), answer, name)
  }
})

t.test('an own entry wins over that of the class and takes nothing from it', async (t) => {
  const written = {
    UNAUTHORIZED: { headers: { 'X-Own': "'1'" } },
    DEFAULT_4XX: { status: 499, templates: { 'text/plain': 'default' } },
    DEFAULT_5XX: { status: 599 },
  }
  t.strictSame(customise(written, unauthorized), {
    ...plain,
    headers: [...plain.headers, 'X-Own', '1'],
  })
  t.match(customise(written, builtIn('ACCESS_DENIED', 403)), { status: 499, body: 'default' })
  t.match(customise(written, builtIn('AUTHORIZER_FAILURE', 503)), { status: 599 })
  t.match(customise(written, builtIn('DEFAULT_5XX', 500)), { status: 599 })
})

t.test('what an entry does not say stays built-in, the error type too', async (t) => {
  t.strictSame(customise({ UNAUTHORIZED: { status: 404 } }, unauthorized), {
    ...plain,
    status: 404,
  })
  const templates = { 'text/html': '<p>$context.error.message</p>' }
  t.strictSame(customise({ UNAUTHORIZED: { templates } }, unauthorized), {
    status: 401,
    headers: ['Content-Type', 'text/html', 'x-amzn-ErrorType', 'UnauthorizedException'],
    body: '<p>Say &quot;no&quot;</p>',
  })
})

t.test('a header of an entry takes the place of a built-in one', async (t) => {
  const headers = {
    'content-type': "'application/problem+json'",
    'X-AMZN-errortype': "'Mine'",
    'Access-Control-Allow-Origin': "'*'",
  }
  const templates = { 'application/json': '{}' }
  t.strictSame(customise({ UNAUTHORIZED: { headers, templates } }, unauthorized).headers, [
    'content-type',
    'application/problem+json',
    'X-AMZN-errortype',
    'Mine',
    'Access-Control-Allow-Origin',
    '*',
  ])
})

t.test('a header without a value is not sent, and replaces nothing', async (t) => {
  const headers = {
    'Content-Type': 'method.request.header.nothing',
    'X-Seen': 'method.request.header.X-Given',
  }
  t.strictSame(
    customise({ UNAUTHORIZED: { headers } }, unauthorized, { header: { 'x-given': 'a' } }).headers,
    [...plain.headers, 'X-Seen', 'a'],
  )
})

t.test('no value of a request ends a header line', async (t) => {
  const headers = { Location: 'method.request.querystring.next' }
  const query = { next: '/a\r\nSet-Cookie: b=é' }
  t.strictSame(customise({ UNAUTHORIZED: { headers } }, unauthorized, { query }).headers.slice(4), [
    'Location',
    '/a%0D%0ASet-Cookie: b=%C3%A9',
  ])
})

t.test('templates know what is wrong, and the request', async (t) => {
  const templates = {
    'application/json':
      '{"message":$context.error.messageString,"text":"$context.error.message",' +
      '"type":"$context.error.responseType","fields":"$context.error.validationErrorString",' +
      '"id":"$context.requestId"}',
  }
  const answer = customise({ DEFAULT_4XX: { templates } }, unauthorized, {
    context: { requestId: 'id-1', 'error.message': 'not this one' },
  })
  t.strictSame(JSON.parse(answer.body), {
    message: 'Say "no"',
    text: 'Say "no"',
    type: 'UNAUTHORIZED',
    fields: '',
    id: 'id-1',
  })
})

t.test('headers as received are read as UTF-8', async (t) => {
  const templates = {
    'text/plain': '$method.request.header.X-Name $context.identity.userAgent $context.stage',
  }
  const answer = customise({ UNAUTHORIZED: { templates } }, unauthorized, {
    header: { 'x-name': 'Jos\xc3\xa9' },
    context: { 'identity.userAgent': '\xc3\xa9', stage: 'Ã©' },
  })
  t.equal(answer.body, 'José é Ã©')
})
