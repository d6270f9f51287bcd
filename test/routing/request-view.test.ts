import t from 'tap'
import type { ContextName } from '../../src/core/expression.ts'
import type { RequestFacts } from '../../src/core/request.ts'
import { isDenial } from '../../src/core/denial.ts'
import { matchRoute } from '../../src/routing/match.ts'
import { viewRequest, type ViewedRequest } from '../../src/routing/request-view.ts'
import { parseTarget } from '../../src/routing/target.ts'
import { tableOf } from './route-settings.ts'

const settings = { apiType: 'REST', stage: 'prod' } as const

const table = tableOf([
  ['GET /orders/{orderId}/items', 'NONE'],
  ['GET /files/{proxy+}', 'NONE'],
])

const factsOf = (target: string): RequestFacts => ({
  method: 'GET',
  target,
  rawHeaders: ['Accept', 'text/html', 'accept', 'text/plain', 'User-Agent', 'curl/8'],
  connectionOptions: undefined,
  host: 'api.example.com:8080',
  remoteAddress: '192.0.2.7',
  secure: false,
  httpVersion: '1.1',
  hasBody: false,
  contentLength: undefined,
})

const requestOf = (raw: string): ViewedRequest => {
  const target = parseTarget(raw, '/prod')
  if (isDenial(target)) throw new Error(raw)
  const route = matchRoute(table, 'GET', target)
  return {
    facts: factsOf(raw),
    target,
    route: isDenial(route) ? undefined : route,
    requestId: 'id',
    extendedRequestId: 'xid=',
    atMs: 1652887941000,
  }
}

t.test('of several values a REST API takes the last, an HTTP API all', async (t) => {
  const request = requestOf('/prod/files/a?q=1&q=a%20b+c&Q=3')
  const rest = viewRequest(request, settings)
  t.equal(rest.header('accept'), 'text/plain')
  t.equal(rest.header('x-none'), undefined)
  t.equal(rest.query('q'), 'a b c')
  t.equal(rest.query('none'), undefined)
  const http = viewRequest(request, { ...settings, apiType: 'HTTP' })
  t.equal(http.header('accept'), 'text/html,text/plain')
  t.equal(http.header('x-none'), undefined)
  t.equal(http.query('q'), '1,a b c')
})

t.test('path parameters are decoded once, greedy ones as received', async (t) => {
  const items = viewRequest(requestOf('/prod/orders/a%20b/items'), settings)
  t.equal(items.path('orderId'), 'a b')
  t.equal(items.path('proxy'), undefined)
  t.equal(items.requestPath(), '/orders/a%20b/items')
  const files = viewRequest(requestOf('/prod/files/a%2Bb/c/'), settings)
  t.equal(files.path('proxy'), 'a%2Bb/c')
  const unmatched = viewRequest(requestOf('/prod/none'), settings)
  t.equal(unmatched.path('proxy'), undefined)
})

t.test('claims are those it is given', async (t) => {
  const request = requestOf('/prod/none')
  t.equal(viewRequest(request, settings).claim('sub'), undefined)
  t.equal(viewRequest(request, settings, (name) => `its ${name}`).claim('sub'), 'its sub')
})

t.test('$context', async (t) => {
  const wanted: readonly (readonly [ContextName, string | undefined])[] = [
    ['domainName', 'api.example.com'],
    ['extendedRequestId', 'xid='],
    ['httpMethod', 'GET'],
    ['identity.sourceIp', '192.0.2.7'],
    ['identity.userAgent', 'curl/8'],
    ['path', '/prod/files/a'],
    ['protocol', 'HTTP/1.1'],
    ['requestId', 'id'],
    ['requestTime', '18/May/2022:15:32:21 +0000'],
    ['requestTimeEpoch', '1652887941000'],
    ['resourcePath', '/files/{proxy+}'],
    ['routeKey', 'GET /files/{proxy+}'],
    ['stage', 'prod'],
    ['accountId', undefined],
    ['error.message', undefined],
  ]
  const view = viewRequest(requestOf('/prod/files/a?q=1'), settings)
  for (const [name, want] of wanted) t.equal(view.context(name), want, name)
  t.equal(viewRequest(requestOf('/prod/x'), { ...settings, stage: '' }).context('stage'), undefined)
})

t.test('of a request that was never read there is nothing but its id and its time', async (t) => {
  const view = viewRequest(
    {
      facts: undefined,
      target: undefined,
      route: undefined,
      requestId: 'id',
      extendedRequestId: 'xid=',
      atMs: 0,
    },
    settings,
  )
  t.equal(view.header('accept'), undefined)
  t.equal(view.query('q'), undefined)
  t.equal(view.path('id'), undefined)
  t.equal(view.requestPath(), undefined)
  const absent: readonly ContextName[] = [
    'domainName',
    'httpMethod',
    'identity.sourceIp',
    'identity.userAgent',
    'path',
    'protocol',
    'resourcePath',
    'routeKey',
  ]
  for (const name of absent) t.equal(view.context(name), undefined, name)
  t.equal(view.context('requestId'), 'id')
})
