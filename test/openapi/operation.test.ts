import t from 'tap'
import { faultOfOperation } from '../../src/openapi/operation.ts'

const read = (node: unknown, path = '/a') =>
  faultOfOperation({ path, method: 'GET', node, pointer: '/op', itemAuth: undefined })

t.test('an operation says what is known', async (t) => {
  const node = { responses: {}, security: [], 'x-amazon-apigateway-integration': {}, 'x-mine': 1 }
  t.equal(read(node), undefined)
  t.equal(read({ isDefaultRoute: true }, '$default'), undefined)
  t.equal(read({ isDefaultRoute: false }), undefined)
})

t.test('a word that is not known could have been security', async (t) => {
  t.strictSame(read({ securty: [] }), {
    pointer: '/op/securty',
    message: '"securty" is not known here',
  })
  t.strictSame(read({ 'x-amazon-apigateway-auht': {} }), {
    pointer: '/op/x-amazon-apigateway-auht',
    message: '"x-amazon-apigateway-auht" is not known here',
  })
  t.strictSame(read([]), { pointer: '/op', message: 'a list is no operation' })
  t.strictSame(read({ isDefaultRoute: true }), {
    pointer: '/op/isDefaultRoute',
    message: 'stands at a path other than "/$default"',
  })
})
