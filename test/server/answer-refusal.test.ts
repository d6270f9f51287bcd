import t from 'tap'
import { extendedRequestId } from '../../src/answers/request-ids.ts'
import { parseTemplate } from '../../src/config/expressions.ts'
import { deny } from '../../src/core/denial.ts'
import type { RequestFacts } from '../../src/core/request.ts'
import { unwrap } from '../../src/core/result.ts'
import { createAnswerRefusal, type SeenRequest } from '../../src/server/answer-refusal.ts'
import { routeWithScopes } from '../helpers/answer-context.ts'
import { answerSettings } from '../helpers/answer-settings.ts'

const facts: RequestFacts = {
  method: 'GET',
  target: '/prod/orders/a%20b?q=%3C',
  rawHeaders: ['Host', 'api.example:8080', 'Authorization', 'Bearer x'],
  connectionOptions: undefined,
  host: 'api.example:8080',
  remoteAddress: '192.0.2.1',
  secure: false,
  httpVersion: '1.1',
  hasBody: false,
  contentLength: undefined,
}

const seen: SeenRequest = {
  requestId: 'id-1',
  atMs: Date.UTC(2022, 4, 18, 15, 32, 21),
  facts,
  route: { ...routeWithScopes([]), label: 'GET /orders/{id}', path: '/orders/{id}' },
}

const text = [
  '$context.requestId',
  '$context.extendedRequestId',
  '$context.httpMethod',
  '$context.path',
  '$context.resourcePath',
  '$context.stage',
  '$context.domainName',
  '$context.identity.sourceIp',
  '$context.protocol',
  '$context.requestTime',
  '$context.requestTimeEpoch',
  '$context.apiId',
  '$method.request.path.id',
  '$method.request.querystring.q',
  '$method.request.header.host',
].join('|')

const template = unwrap(parseTemplate(text, { stageVariables: {}, hasError: true }))
const response = {
  status: undefined,
  headers: [],
  templates: [{ contentType: 'text/plain', template }],
}

const answer = createAnswerRefusal({
  ...answerSettings,
  basePath: '/prod',
  stage: 'live',
  gatewayResponses: { DEFAULT_4XX: response },
})

const show = (request: SeenRequest): string => answer(deny('route_denied'), request).body

t.test('an answer can show the request', async (t) => {
  t.equal(
    show(seen),
    [
      'id-1',
      extendedRequestId('id-1'),
      'GET',
      '/prod/orders/a%20b',
      '/orders/{id}',
      'live',
      'api.example',
      '192.0.2.1',
      'HTTP/1.1',
      '18/May/2022:15:32:21 +0000',
      '1652887941000',
      '',
      'a b',
      '<',
      'api.example:8080',
    ].join('|'),
  )
})

t.test('of a request it shows what was read, and nothing else', async (t) => {
  const nothing = { requestId: 'id-1', atMs: 0, facts: undefined, route: undefined }
  const id = extendedRequestId('id-1')
  t.equal(show(nothing), `id-1|${id}||||live||||01/Jan/1970:00:00:00 +0000|0||||`)
  const odd = { ...seen, facts: { ...facts, target: '/prod/a/../b?q=%3C' } }
  t.match(show(odd), /\|GET\|\/prod\/a\/\.\.\/b\|.*\|\|<\|/, 'an ambiguous path has no parameters')
})

t.test('the words of an API are those of its type', async (t) => {
  const http = createAnswerRefusal({ ...answerSettings, apiType: 'HTTP' })
  t.match(http(deny('no_route'), seen), { status: 404 })
  const rest = createAnswerRefusal(answerSettings)
  t.match(rest(deny('no_route'), seen), { status: 403, body: /hashed with SHA-256/ })
})
