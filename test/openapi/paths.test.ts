import t from 'tap'
import { operationsOf } from '../../src/openapi/paths.ts'
import { httpExport, restExport } from '../helpers/gateway-exports.ts'

const read = (paths: Record<string, unknown>, more: Record<string, unknown> = {}) => {
  const found = operationsOf({ paths, ...more })
  if (!found.ok) return found.error.map(({ pointer, message }) => `${pointer}: ${message}`)
  return found.value.operations.map(({ path, method, pointer }) => `${method} ${path} ${pointer}`)
}

t.test('every method of every path is an operation', async (t) => {
  t.strictSame(read(restExport()['paths'] as Record<string, unknown>), [
    'GET /health /paths/~1health/get',
    'GET /orders /paths/~1orders/get',
    'OPTIONS /orders /paths/~1orders/options',
    'GET /orders/{orderId} /paths/~1orders~1{orderId}/get',
    'ANY /files/{proxy+} /paths/~1files~1{proxy+}/x-amazon-apigateway-any-method',
  ])
  t.strictSame(read(httpExport()['paths'] as Record<string, unknown>), [
    'ANY $default /paths/~1$default/x-amazon-apigateway-any-method',
    'GET /orders/{orderId} /paths/~1orders~1{orderId}/get',
  ])
  t.strictSame(read({ '/$default': { get: {}, 'x-amazon-apigateway-any-method': {} } }), [
    'GET /$default /paths/~1$default/get',
    'ANY /$default /paths/~1$default/x-amazon-apigateway-any-method',
  ])
  t.strictSame(read({}), ['/paths: has no operation'])
})

t.test('a path item may stand elsewhere in the export', async (t) => {
  const more = { 'x-items': { a: { get: {} } } }
  t.strictSame(read({ '/a': { $ref: '#/x-items/a' } }, more), ['GET /a /x-items/a/get'])
  t.strictSame(read({ '/a': { $ref: '#/x-items/a', put: {} } }, more), [
    '/paths/~1a: "put" stands beside $ref; which of the two is meant is not defined',
  ])
  t.strictSame(read({ '/a': { $ref: '#/nothing' } }, more), ['/paths: has no operation'])
})

t.test('paths that API Gateway does not have make the export unreadable', async (t) => {
  const cases = [
    ['/a{b}', '"/a{b}" has "a{b}", which is neither a parameter nor a literal'],
    ['/{}', '"/{}" has "{}", which is neither a parameter nor a literal'],
    ['/{proxy+}/a', '"/{proxy+}/a" has a parameter such as {proxy+} that is not the last segment'],
    ['/a//b', '"/a//b" has an empty segment'],
  ] as const
  for (const [path, message] of cases) {
    const [fault] = read({ [path]: { get: {} } })
    t.equal(fault?.slice(-message.length), message)
  }
  t.strictSame(read({ '/a': 5, 'x-b': 6 }), ['/paths/~1a: 5 is no path item'])
  t.strictSame(read({ '/a/': { get: {} }, '/': { get: {} } }).length, 2)
})

t.test('two operations for the same requests are a mistake', async (t) => {
  t.strictSame(read({ '/a/{b}': { get: {} }, '/a/{c}': { get: {}, put: {} } }), [
    '/paths/~1a~1{c}/get: takes the same requests as GET "/a/{b}"',
  ])
  t.equal(read({ '/a/{b}': { get: {} }, '/a/{c}': { put: {} }, '/a/{d+}': { get: {} } }).length, 3)
})

t.test('what is no method of API Gateway is noted', async (t) => {
  const found = operationsOf({
    paths: {
      '/a': { get: {}, trace: {}, 'x-amazon-apigateway-any': {}, 'x-mine': {}, parameters: [] },
    },
  })
  t.strictSame(found, {
    ok: true,
    value: {
      operations: [
        { path: '/a', method: 'GET', node: {}, pointer: '/paths/~1a/get', itemAuth: undefined },
      ],
      notes: ['trace', 'x-amazon-apigateway-any'].map((key) => ({
        pointer: `/paths/~1a/${key}`,
        message: `"${key}" is not known here, so there is no route of it`,
        effect: 'dropped',
      })),
    },
  })
})
