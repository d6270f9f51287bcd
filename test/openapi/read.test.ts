import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { loadSettings } from '../../src/config/load.ts'
import { unwrap } from '../../src/core/result.ts'
import { readExport } from '../../src/openapi/read.ts'
import { compileRoutes } from '../../src/routing/table.ts'
import {
  changed,
  httpExport,
  lambdaUri,
  poolArn,
  restExport,
  swaggerExport,
} from '../helpers/gateway-exports.ts'

const read = async (document: unknown) => unwrap(await readExport(document, {}))
const faults = async (document: unknown, apiType?: 'REST' | 'HTTP') => {
  const result = await readExport(document, apiType === undefined ? {} : { apiType })
  return result.ok ? [] : result.error.map(({ pointer, message }) => `${pointer}: ${message}`)
}

t.test('an export of a REST API', async (t) => {
  const before = restExport()
  const { configuration, origins, ...rest } = await read(before)
  t.strictSame(before, restExport(), 'is not changed by being read')
  t.strictSame(rest, {
    apiType: 'REST',
    basePath: '/prod',
    upstreamUrl: 'https://backend.example.com',
    notes: [{ pointer: '/components/schemas', message: 'models are not used', effect: 'dropped' }],
  })
  t.strictSame(configuration, {
    authorizers: {
      PoolAuth: {
        type: 'COGNITO_USER_POOLS',
        providerARNs: [poolArn],
        identitySource: 'method.request.header.Authorization',
        authorizerResultTtlInSeconds: 300,
      },
    },
    routes: [
      { path: '/health', method: 'GET', authorizationType: 'NONE' },
      {
        path: '/orders',
        method: 'GET',
        authorizer: 'PoolAuth',
        requestParameters: {
          'integration.request.header.X-User-Sub': 'context.authorizer.claims.sub',
        },
      },
      {
        path: '/orders',
        method: 'OPTIONS',
        authorizationType: 'NONE',
        mock: {
          statusCode: 200,
          headers: {
            'Access-Control-Allow-Methods': 'GET,OPTIONS',
            'Access-Control-Allow-Headers': 'Content-Type,Authorization',
            'Access-Control-Allow-Origin': '*',
          },
        },
      },
      {
        path: '/orders/{orderId}',
        method: 'GET',
        authorizer: 'PoolAuth',
        authorizationScopes: ['orders/read', 'orders/admin'],
        responseTimeoutMs: 5000,
      },
      { path: '/files/{proxy+}', method: 'ANY', authorizer: 'PoolAuth' },
    ],
    gatewayResponses: {
      DEFAULT_4XX: {
        responseParameters: { 'gatewayresponse.header.Access-Control-Allow-Origin': "'*'" },
      },
    },
  })
  t.strictSame(Object.fromEntries(origins), {
    'authorizers.PoolAuth': '/components/securitySchemes/PoolAuth',
    'routes[0]': '/paths/~1health/get',
    'routes[1]': '/paths/~1orders/get',
    'routes[2]': '/paths/~1orders/options',
    'routes[3]': '/paths/~1orders~1{orderId}/get',
    'routes[4]': '/paths/~1files~1{proxy+}/x-amazon-apigateway-any-method',
    gatewayResponses: '/x-amazon-apigateway-gateway-responses',
    'gatewayResponses.DEFAULT_4XX': '/x-amazon-apigateway-gateway-responses/DEFAULT_4XX',
  })
})

t.test('an export in OpenAPI 2.0, of Lambda functions', async (t) => {
  const { configuration, notes, ...rest } = await read(swaggerExport())
  t.match(rest, { apiType: 'REST', basePath: '/prod', upstreamUrl: undefined })
  t.strictSame(configuration['routes'], [
    {
      path: '/orders/{orderId}',
      method: 'GET',
      authorizer: 'PoolAuth',
      authorizationScopes: ['orders/read'],
    },
  ])
  const at = '/paths/~1orders~1{orderId}/get/x-amazon-apigateway-integration'
  t.strictSame(
    notes.map(({ pointer, effect }) => `${effect} ${pointer}`),
    ['dropped /definitions', `note ${at}`, `dropped ${at}/contentHandling`],
  )
})

t.test('an export of an HTTP API', async (t) => {
  const { configuration, origins, ...rest } = await read(httpExport())
  t.strictSame(rest, {
    apiType: 'HTTP',
    basePath: '',
    upstreamUrl: 'https://backend.example.com',
    notes: [],
  })
  t.strictSame(configuration, {
    authorizers: {
      partner: {
        type: 'JWT',
        identitySource: '$request.header.Authorization',
        jwtConfiguration: { issuer: 'https://idp.example.com/', audience: ['orders'] },
      },
    },
    routes: [
      { path: '$default', method: 'ANY', authorizationType: 'NONE' },
      {
        path: '/orders/{orderId}',
        method: 'GET',
        authorizer: 'partner',
        authorizationScopes: ['orders/read'],
        requestParameters: { 'append:header.X-User-Sub': '$context.authorizer.claims.sub' },
        responseTimeoutMs: 30000,
      },
    ],
    cors: {
      allowMethods: ['GET'],
      allowHeaders: ['authorization'],
      maxAge: 0,
      allowCredentials: false,
      allowOrigins: ['https://app.example.com'],
    },
  })
  t.equal(origins.get('routes[1]'), '/paths/~1orders~1{orderId}/get')
})

t.test('the configuration takes what is made of them', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'openapi-'))
  t.teardown(() => rmSync(folder, { recursive: true }))
  for (const document of [restExport(), swaggerExport(), httpExport()]) {
    const { apiType, configuration, upstreamUrl = 'http://127.0.0.1:3000' } = await read(document)
    const file = join(folder, 'gate.json')
    writeFileSync(
      file,
      JSON.stringify({ apiType, upstream: { url: upstreamUrl }, ...configuration }),
    )
    const checkRoutes = (routes: Parameters<typeof compileRoutes>[0]) => {
      const table = compileRoutes(routes)
      return table.ok ? [] : table.error
    }
    const settings = await loadSettings({ file, env: {}, checkRoutes, readExport })
    t.ok(settings.ok, JSON.stringify(settings))
  }
})

t.test('an export without authorizers needs none', async (t) => {
  const bare = changed(swaggerExport(), { '/securityDefinitions': undefined })
  t.strictSame((await read(bare)).configuration, {
    routes: [{ path: '/orders/{orderId}', method: 'GET', authorizationType: 'DENY' }],
  })
})

t.test('a scheme that is not carried over is no authorizer', async (t) => {
  const key = { type: 'apiKey', name: 'x-api-key', in: 'header' }
  const two = changed(restExport(), { '/components/securitySchemes/key': key })
  const { configuration, origins } = await read(two)
  t.strictSame(Object.keys(configuration['authorizers'] as object), ['PoolAuth'])
  t.notOk(origins.has('authorizers.key'))
})

t.test('what is no export is told by its places', async (t) => {
  t.strictSame(await faults('text'), [': is "text", not an OpenAPI document'])
  t.strictSame(await faults([]), [': is a list, not an OpenAPI document'])
  t.strictSame(await faults({}), [': is no OpenAPI document: it has neither openapi nor swagger'])
  t.strictSame(await faults(changed(restExport(), { '/openapi': '3.1.0' })), [
    '/openapi: "3.1.0" is not a version that is read: "3.0.x", or swagger: "2.0"',
  ])
  t.strictSame(await faults(changed(restExport(), { '/x-a/$ref': 'other.json' })), [
    '/x-a/$ref: "other.json" leads out of the export; only references such as "#/components/…" are followed',
  ])
  t.strictSame(
    await faults(changed(restExport(), { '/paths/~1orders/get/security': 'PoolAuth' })),
    ['/paths/~1orders/get/security: must be array'],
  )
  t.strictSame(await faults(changed(restExport(), { '/paths': {} })), ['/paths: has no operation'])
  t.strictSame(await faults(restExport(), 'HTTP'), [
    '/components/securitySchemes/PoolAuth: is an authorizer of type COGNITO_USER_POOLS, which an HTTP API cannot have; HTTP is the type that was asked for',
  ])
})

t.test('the second backend is denied', async (t) => {
  const uri = '/paths/~1orders/get/x-amazon-apigateway-integration'
  const two = changed(restExport(), {
    [uri]: { type: 'aws_proxy', httpMethod: 'POST', uri: lambdaUri },
  })
  const { configuration, notes, upstreamUrl } = await read(two)
  t.equal(upstreamUrl, 'https://backend.example.com')
  t.match(configuration['routes'], { 1: { authorizationType: 'DENY' } })
  t.match(notes[1], {
    pointer: uri,
    message: 'goes to "Lambda functions", but most go to "https://backend.example.com"',
    effect: 'denied',
  })
})
