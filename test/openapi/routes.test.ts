import t from 'tap'
import type { Operation } from '../../src/openapi/paths.ts'
import { routesOf } from '../../src/openapi/routes.ts'
import { lambdaUri, preflight, restIntegration } from '../helpers/gateway-exports.ts'

const key = 'x-amazon-apigateway-integration'
const operation = (path: string, node: Record<string, unknown>): Operation => ({
  path,
  method: 'GET',
  node: { [key]: restIntegration(path), ...node },
  pointer: path,
  itemAuth: undefined,
})
const read = (operations: readonly Operation[], document: Record<string, unknown> = {}) => {
  const pool = { type: 'COGNITO_USER_POOLS', settings: {}, pointer: '/p' } as const
  return routesOf(operations, {
    document,
    schemes: new Map([['pool', { kind: 'authorizer', ...pool }]]),
    apiType: 'REST',
    basePath: '',
  })
}

t.test('an operation is a route with its access and its settings', async (t) => {
  const validator = 'x-amazon-apigateway-request-validator'
  const operations = [
    operation('/open', { [validator]: 'all' }),
    operation('/token', { security: [{ pool: [] }] }),
    operation('/scopes', { security: [{ pool: ['a'] }] }),
    operation('/mock', preflight()),
  ]
  const { routes, upstreamUrl, notes } = read(operations)
  t.equal(upstreamUrl, 'https://backend.example.com')
  t.match(routes, [
    { path: '/open', method: 'GET', authorizationType: 'NONE' },
    { path: '/token', method: 'GET', authorizer: 'pool' },
    { path: '/scopes', method: 'GET', authorizer: 'pool', authorizationScopes: ['a'] },
    { path: '/mock', method: 'GET', authorizationType: 'NONE', mock: { statusCode: 200 } },
  ])
  t.strictSame(Object.keys(routes[1]!), ['path', 'method', 'authorizer'])
  t.match(notes, [{ pointer: `/open/${validator}`, effect: 'dropped' }])
  t.strictSame(read([]), { routes: [], upstreamUrl: undefined, notes: [] })
})

t.test('whatever stands against an operation denies it, all of it told', async (t) => {
  const operations = [
    operation('/a', {}),
    operation('/b', { securty: 1, security: [{}], [key]: restIntegration('/other') }),
    operation('/c', { [key]: { type: 'aws_proxy', uri: lambdaUri } }),
    operation('/d', preflight()),
  ]
  const { routes, notes } = read(operations)
  t.match(
    routes.map(({ authorizationType }) => authorizationType),
    ['NONE', 'DENY', 'DENY', 'NONE'],
  )
  t.strictSame(routes[1], { path: '/b', method: 'GET', authorizationType: 'DENY' })
  t.strictSame(
    notes.map(({ pointer, effect }) => `${effect} ${pointer}`),
    ['denied /b/securty', 'denied /b/security/0', `denied /b/${key}/uri`, `denied /c/${key}`],
  )
})

t.test('a restrictive policy denies all of them, with one note', async (t) => {
  const operations = [operation('/a', { security: [{ pool: [] }] }), operation('/b', preflight())]
  const { routes, notes } = read(operations, { 'x-amazon-apigateway-policy': {} })
  t.strictSame(routes, [
    { path: '/a', method: 'GET', authorizationType: 'DENY' },
    { path: '/b', method: 'GET', authorizationType: 'DENY' },
  ])
  t.strictSame(
    notes.map(({ pointer, effect }) => `${effect} ${pointer}`),
    ['denied /x-amazon-apigateway-policy'],
  )
})
