import t from 'tap'
import { apiTypeOf, type ApiTypeSigns } from '../../src/openapi/api-type.ts'
import type { Scheme } from '../../src/openapi/authorizers.ts'

const scheme = (type: 'COGNITO_USER_POOLS' | 'JWT'): Scheme => ({
  kind: 'authorizer',
  type,
  settings: {},
  pointer: `/schemes/${type}`,
})
const read = (signs: Partial<ApiTypeSigns>, wanted?: 'REST' | 'HTTP') => {
  const result = apiTypeOf({ document: {}, schemes: new Map(), operations: [], ...signs }, wanted)
  return result.ok
    ? result.value
    : result.error.map(({ pointer, message }) => `${pointer} ${message}`)
}
const operation = (path: string, node: unknown = {}) => ({
  path,
  method: 'GET',
  node,
  pointer: '',
  itemAuth: undefined,
})
const integration = (value: unknown) => ({ 'x-amazon-apigateway-integration': value })

t.test('authorizers say what an API is', async (t) => {
  t.equal(read({ schemes: new Map([['a', scheme('JWT')]]) }), 'HTTP')
  t.equal(read({ schemes: new Map([['a', scheme('COGNITO_USER_POOLS')]]) }), 'REST')
  const refused: Scheme = { kind: 'refused', message: '', pointer: '' }
  t.equal(read({ schemes: new Map([['a', refused]]) }), 'REST')
})

t.test('without them extensions do', async (t) => {
  const version = { 'x-amazon-apigateway-importexport-version': '1.0' }
  t.equal(read({}), 'REST')
  t.equal(read({}, 'HTTP'), 'HTTP')
  t.equal(read({ operations: [operation('$default')] }), 'HTTP')
  t.equal(read({ document: { 'x-amazon-apigateway-cors': {} } }), 'HTTP')
  t.equal(read({ document: { swagger: '2.0', ...version } }), 'REST')
  t.equal(read({ document: { 'x-amazon-apigateway-policy': {}, ...version } }), 'REST')
  t.equal(read({ document: version }), 'HTTP')
  t.equal(
    read({ operations: [operation('/a', integration({ payloadFormatVersion: '2.0' }))] }),
    'HTTP',
  )
  t.equal(read({ operations: [operation('/a', integration({ $ref: '#/a' }))] }), 'HTTP')
  t.equal(read({ operations: [operation('/a', integration({ type: 'mock' }))] }), 'REST')
})

t.test('authorizers that contradict the type are an error', async (t) => {
  const both = new Map([
    ['a', scheme('COGNITO_USER_POOLS')],
    ['b', scheme('JWT')],
  ])
  t.strictSame(read({ schemes: both }), [
    '/schemes/JWT is an authorizer of type JWT, which a REST API cannot have; the export has authorizers of both kinds of API',
  ])
  t.strictSame(read({ schemes: new Map([['a', scheme('COGNITO_USER_POOLS')]]) }, 'HTTP'), [
    '/schemes/COGNITO_USER_POOLS is an authorizer of type COGNITO_USER_POOLS, which an HTTP API cannot have; HTTP is the type that was asked for',
  ])
})
