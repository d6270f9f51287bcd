import { join } from 'node:path'
import t from 'tap'
import { loadExport, mergeExport, noExport } from '../../src/config/export.ts'
import type { ExportedApi } from '../../src/core/exported-api.ts'
import { fail, ok } from '../../src/core/result.ts'

const apiOf = (
  configuration: Record<string, unknown>,
  more: Partial<ExportedApi> = {},
): ExportedApi => ({
  apiType: 'REST',
  configuration,
  origins: new Map(),
  basePath: '',
  upstreamUrl: undefined,
  notes: [],
  ...more,
})

const merge = (own: Record<string, unknown>, configuration: Record<string, unknown>) =>
  mergeExport(own, apiOf(configuration), 'api.json')

t.test('an authorizer of the file is merged over that of the export, key by key', async (t) => {
  const exported = {
    authorizers: {
      Pool: { type: 'COGNITO_USER_POOLS', providerARNs: ['a', 'b'] },
      Jwt: { type: 'JWT', jwtConfiguration: { issuer: 'https://i', audience: ['a', 'b'] } },
    },
  }
  const own = {
    authorizers: {
      Pool: { issuer: 'http://127.0.0.1:9/{userPoolId}', providerARNs: ['c'] },
      Jwt: { jwtConfiguration: { audience: ['c'] } },
      Other: { type: 'JWT' },
    },
  }
  t.strictSame(merge(own, exported).data, {
    authorizers: {
      Pool: {
        type: 'COGNITO_USER_POOLS',
        issuer: 'http://127.0.0.1:9/{userPoolId}',
        providerARNs: ['c'],
      },
      Jwt: { type: 'JWT', jwtConfiguration: { issuer: 'https://i', audience: ['c'] } },
      Other: { type: 'JWT' },
    },
  })
  t.strictSame(merge({}, exported).data, exported)
  for (const authorizers of [null, [], 'Pool']) {
    t.strictSame(merge({ authorizers }, exported).data, { authorizers }, 'to be reported')
  }
})

t.test('a route of the file replaces the methods that it names', async (t) => {
  const routes = [
    { path: '/a/{id}', method: 'GET' },
    { path: '/a/{id}', method: 'POST' },
    { path: '/a/{id}', method: 'ANY' },
    { path: '/a/{id+}', method: 'GET' },
    { path: '/b', method: 'GET' },
  ]
  const left = (...own: unknown[]) =>
    merge({ routes: own }, { routes }).routes.map(({ entry }) => {
      const { method, path } = entry as { method: string; path: string }
      return `${method} ${path}`
    })
  const others = ['GET /a/{id+}', 'GET /b']
  t.strictSame(left({ path: '/a/{orderId}', method: 'GET' }), [
    'POST /a/{id}',
    'ANY /a/{id}',
    ...others,
  ])
  t.strictSame(left({ path: '/a/{orderId}', method: ['GET', 'POST'] }), ['ANY /a/{id}', ...others])
  t.strictSame(left({ path: '/a/{orderId}', method: 'ANY' }), others)
  const nothing = [null, { path: '/b' }, { path: 7, method: 'GET' }, { method: 'GET' }]
  t.equal(left(...nothing, { path: '/b/', method: 'GET' }).length, 5, 'and nothing else')
})

t.test('what is said of a replaced route goes with it', async (t) => {
  const note = (pointer: string) => ({ pointer, message: '', effect: 'denied' }) as const
  const routes = [
    { path: '/a', method: 'GET' },
    { path: '/b', method: 'GET' },
  ]
  const api = apiOf(
    { routes },
    {
      origins: new Map([
        ['routes[0]', '/paths/~1a/get'],
        ['routes[1]', '/paths/~1b/get'],
      ]),
      notes: [note('/paths/~1a/get/security/0'), note('/paths/~1a/getter'), note('/paths/~1b/get')],
    },
  )
  const merged = mergeExport({ routes: [{ path: '/a', method: 'ANY' }] }, api, 'api.json')
  t.strictSame(merged.routes, [{ entry: routes[1], origin: 'api.json#/paths/~1b/get' }])
  t.strictSame(merged.notes, [note('/paths/~1a/getter'), note('/paths/~1b/get')])
})

t.test('gateway responses and stage variables are replaced by name, CORS as a whole', async (t) => {
  const exported = {
    gatewayResponses: { UNAUTHORIZED: { statusCode: 403 }, DEFAULT_4XX: { statusCode: 400 } },
    stageVariables: { a: '1', b: '2' },
    cors: { allowOrigins: ['*'], maxAge: 5 },
  }
  t.strictSame(merge({}, exported).data, exported)
  t.strictSame(
    merge(
      {
        gatewayResponses: { UNAUTHORIZED: { responseTemplates: {} } },
        stageVariables: { b: '3' },
        cors: { allowOrigins: ['https://a'] },
      },
      exported,
    ).data,
    {
      gatewayResponses: {
        UNAUTHORIZED: { responseTemplates: {} },
        DEFAULT_4XX: { statusCode: 400 },
      },
      stageVariables: { a: '1', b: '3' },
      cors: { allowOrigins: ['https://a'] },
    },
  )
  t.strictSame(noExport({ a: 1 }), { data: { a: 1 }, routes: [], notes: [] })
})

t.test('an export is read for the API type, and its faults name their place', async (t) => {
  const folder = t.testdir({ 'api.json': '{"openapi":"3.0.1"}', 'bad.json': '{' })
  const place = (given: string) => ({ given, path: join(folder, given) })
  const asked: unknown[] = []
  const api = apiOf({})
  const good = await loadExport(place('api.json'), 'HTTP', async (document, options) => {
    asked.push(document, options)
    return ok(api)
  })
  t.strictSame([good, asked], [ok(api), [{ openapi: '3.0.1' }, { apiType: 'HTTP' }]])
  const pointer = '/components/securitySchemes/a'
  t.strictSame(
    await loadExport(place('api.json'), 'REST', async () => fail([{ pointer, message: 'is odd' }])),
    fail([{ path: `api.json#${pointer}`, message: 'is odd' }]),
  )
  const never = () => Promise.reject(new Error('not to be read'))
  t.match(await loadExport(place('bad.json'), 'REST', never), fail([{ path: 'bad.json' }]))
  t.strictSame(
    await loadExport(place('none.json'), 'REST', never),
    fail([{ path: 'openapi', message: '"none.json" cannot be read: there is no such file' }]),
  )
})
