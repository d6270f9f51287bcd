// Mapped headers in the head that the upstream gets, from references into a request as it came.
import t from 'tap'
import { extendedRequestId } from '../../src/answers/request-ids.ts'
import { isDenial } from '../../src/core/denial.ts'
import type { RequestFacts } from '../../src/core/request.ts'
import { createIdentityHeaders } from '../../src/identity/apply.ts'
import {
  createRequestHead,
  type HeadPermit,
  type RequestHeadOptions,
} from '../../src/proxy/request-head.ts'
import { parseTarget } from '../../src/routing/target.ts'
import { upstreamSettings } from '../helpers/forwarding.ts'
import { mappedRoutes } from '../helpers/mapped-routes.ts'

interface Given {
  readonly mappings: Readonly<Record<string, string>>
  readonly apiType?: 'REST' | 'HTTP'
  readonly target?: string
  readonly lines?: readonly string[]
  readonly facts?: Partial<RequestFacts>
  readonly preserveHost?: boolean
}

const headersFor = (given: Given): readonly string[] => {
  const { apiType = 'REST', target = '/0/7', lines = [] } = given
  const routes = mappedRoutes([given.mappings], { apiType, stageVariables: {} })
  const options: RequestHeadOptions = {
    trustedProxies: [],
    preserveHost: given.preserveHost ?? true,
    view: { apiType, stage: 'prod' },
    clock: { wallMs: () => 1_652_887_941_000 },
    identity: createIdentityHeaders(
      {
        apiType,
        claimEncoding: 'percent',
        claimHeaders: {},
        claimsHeader: '',
        authorizers: [],
        stripHeaders: [],
        passHeaders: [],
        forwardToken: true,
        upstream: upstreamSettings(1),
      },
      routes,
    ),
  }
  const parsed = parseTarget(target, '')
  if (isDenial(parsed)) throw new Error(parsed.code)
  const permit = {
    identity: undefined,
    identitySource: undefined,
    route: routes[0],
    target: parsed,
  } as HeadPermit
  const facts: RequestFacts = {
    method: 'GET',
    target,
    rawHeaders: lines,
    connectionOptions: undefined,
    host: 'api.example.com',
    remoteAddress: '10.0.0.9',
    secure: false,
    httpVersion: '1.1',
    hasBody: false,
    contentLength: undefined,
    ...given.facts,
  }
  return createRequestHead(options)(facts, 'id-1', permit).headers
}

/** What stands in front of the lines that the gate adds to every request. */
const mapped = (given: Given): readonly string[] => {
  const headers = headersFor(given)
  return headers.slice(0, headers.indexOf('Host'))
}

const rest = (text: string): Given['mappings'] => ({ 'integration.request.header.X-M': text })

t.test('references are looked up in the request as it came', async (t) => {
  const cases = [
    { name: 'the last query value', text: 'method.request.querystring.a', want: 'c d' },
    { name: 'a path parameter', text: 'method.request.path.id', want: '7%C3%A9' },
    { name: 'the last header line', text: 'method.request.header.X-A', want: '2' },
    { name: 'the stage', text: 'context.stage', want: 'prod' },
    { name: 'the request id', text: 'context.requestId', want: 'id-1' },
    { name: 'the other id', text: 'context.extendedRequestId', want: extendedRequestId('id-1') },
    { name: 'the time', text: 'context.requestTimeEpoch', want: '1652887941000' },
    { name: 'the peer', text: 'context.identity.sourceIp', want: '10.0.0.9' },
    { name: 'the route', text: 'context.resourcePath', want: '/0/{id}' },
  ]
  const target = '/0/7%C3%A9?a=b&a=c+d'
  for (const { name, text, want } of cases) {
    const lines = ['X-A', '1', 'x-a', '2']
    t.strictSame(mapped({ mappings: rest(text), target, lines }), [...lines, 'X-M', want], name)
  }
  const http = { 'overwrite:header.X-M': '$request.header.X-A' }
  const lines = ['X-A', '1', 'x-a', '2']
  t.strictSame(mapped({ mappings: http, apiType: 'HTTP', lines }), [...lines, 'X-M', '1,2'])
})

t.test('a line break in a parameter stays in it', async (t) => {
  const target = '/0/7?a=x%0d%0aX-Admin:%201'
  t.strictSame(mapped({ mappings: rest('method.request.querystring.a'), target }), [
    'X-M',
    'x%0D%0AX-Admin: 1',
  ])
})

t.test('a mapped header is not the client’s to have dropped', async (t) => {
  const facts = { connectionOptions: new Set(['x-m', 'x-a']) }
  const lines = ['X-A', '1', 'X-M', 'theirs']
  t.strictSame(mapped({ mappings: rest("'ours'"), lines, facts }), ['X-M', 'ours'])
})

t.test('a mapped Host takes the place of any other', async (t) => {
  const mappings = { 'integration.request.header.Host': "'orders.internal'" }
  for (const preserveHost of [true, false]) {
    const headers = headersFor({ mappings, preserveHost, lines: ['HOST', 'api.example.com'] })
    t.strictSame(headers.slice(0, 2), ['Host', 'orders.internal'])
    t.equal(headers.filter((text) => /^host$/i.test(text)).length, 1)
    t.strictSame(headers.slice(headers.indexOf('X-Forwarded-Host')).slice(0, 2), [
      'X-Forwarded-Host',
      'api.example.com',
    ])
  }
})
