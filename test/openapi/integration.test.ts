import t from 'tap'
import { integrationOf } from '../../src/openapi/integration.ts'
import { lambdaUri, preflight, restIntegration } from '../helpers/gateway-exports.ts'

const key = 'x-amazon-apigateway-integration'
const at = `/op/${key}`
const read = (integration: unknown, document: Record<string, unknown> = {}) => {
  const node = integration === undefined ? {} : { [key]: integration }
  const operation = { path: '/orders', method: 'GET', node, pointer: '/op', itemAuth: undefined }
  const result = integrationOf(operation, { document, apiType: 'REST', basePath: '' })
  return result.ok ? result.value : `${result.error.pointer}: ${result.error.message}`
}
const destination = {
  kind: 'url',
  host: 'https://backend.example.com',
  route: 'INTERNET',
  prefix: '',
}

t.test('an integration is a destination with settings, or a mock', async (t) => {
  t.strictSame(read(restIntegration('/orders')), {
    destination,
    settings: {},
    notes: [],
    pointer: at,
  })
  const header = { 'integration.request.header.X-Env': "'prod'" }
  const more = { type: 'HTTP_PROXY', timeoutInMillis: 5000, requestParameters: header, 'x-note': 1 }
  t.strictSame(read(restIntegration('/orders', more)), {
    destination,
    settings: { requestParameters: header, responseTimeoutMs: 5000 },
    notes: [],
    pointer: at,
  })
  t.match(read({ type: 'aws_proxy', httpMethod: 'POST', uri: lambdaUri }), {
    destination: { kind: 'lambda' },
  })
  t.match(read(preflight()[key]), {
    destination: undefined,
    settings: { mock: { statusCode: 200 } },
  })
  t.match(read(restIntegration('/orders', { type: 'http' })), {
    notes: [{ pointer: `${at}/type` }],
  })
  t.match(read(restIntegration('/orders', { timeoutInMillis: -1 })), { settings: {} })
})

t.test('it may stand elsewhere', async (t) => {
  const document = { 'x-i': { orders: restIntegration('/orders') } }
  t.strictSame(read({ $ref: '#/x-i/orders' }, document), {
    destination,
    settings: {},
    notes: [],
    pointer: '/x-i/orders',
  })
  t.strictSame(read({ $ref: '#/x-i/none' }, document), `${at}: "#/x-i/none" leads to nothing`)
})

t.test('what is not understood is refused', async (t) => {
  const cases: readonly (readonly [unknown, string])[] = [
    [undefined, '/op: has no integration; was it exported with extensions=apigateway?'],
    ['mock', `${at}: "mock" is no integration`],
    [
      restIntegration('/orders', { rewrite: 1 }),
      `${at}/rewrite: "rewrite" is not known here, so what the integration does is not either`,
    ],
    [{}, `${at}/type: undefined is no type of integration that is known here`],
    [{ type: 'magic' }, `${at}/type: "magic" is no type of integration that is known here`],
    [
      restIntegration('/orders', { requestTemplates: { 'application/json': '$input.body' } }),
      `${at}/requestTemplates: makes the request anew, and VTL is not evaluated here`,
    ],
    [
      { type: 'aws', uri: lambdaUri, passthroughBehavior: 'never' },
      `${at}/passthroughBehavior: lets no body pass`,
    ],
    [
      restIntegration('/orders', { requestParameters: 'a' }),
      `${at}/requestParameters: "a" is no map of mappings`,
    ],
    [
      restIntegration('/other'),
      `${at}/uri: rewrites the path "/orders" to "https://backend.example.com/other"; the gate keeps the path`,
    ],
    [
      { type: 'mock' },
      `${at}/requestTemplates: is a mock whose status is not a constant, and VTL is not evaluated here`,
    ],
  ]
  for (const [integration, fault] of cases) t.strictSame(read(integration), fault)
  t.match(read(restIntegration('/orders', { passthroughBehavior: 'never' })), { destination })
})
