import t from 'tap'
import { completedCopy } from '../../src/openapi/completed.ts'
import { schemaFaults } from '../../src/openapi/validate.ts'
import { changed, httpExport, restExport, swaggerExport } from '../helpers/gateway-exports.ts'

t.test('completed exports are valid', async (t) => {
  t.strictSame(await schemaFaults(completedCopy(restExport(), '3.0')), [])
  t.strictSame(await schemaFaults(completedCopy(httpExport(), '3.0')), [])
  t.strictSame(await schemaFaults(completedCopy(swaggerExport(), '2.0')), [])
})

t.test('a mistake is told with its place', async (t) => {
  const broken = changed(restExport(), {
    '/info/title': undefined,
    '/paths/~1orders/get/securty': [],
    '/paths/~1health/get/tags': 'a',
    '/paths/~1health/get/parameters': [{ name: 'a', in: 'query' }],
  })
  t.strictSame(await schemaFaults(completedCopy(broken, '3.0')), [
    { pointer: '/info', message: "must have required property 'title'" },
    { pointer: '/paths/~1health/get/tags', message: 'must be array' },
    {
      pointer: '/paths/~1health/get/parameters/0',
      message: "must have required property 'schema'",
    },
    {
      pointer: '/paths/~1health/get/parameters/0',
      message: "must have required property 'content'",
    },
    {
      pointer: '/paths/~1health/get/parameters/0',
      message: 'must match exactly one schema in oneOf',
    },
    {
      pointer: '/paths/~1orders/get',
      message: 'must NOT have additional properties: "securty"',
    },
  ])
})

t.test('allowed words are told, and no more than twenty mistakes', async (t) => {
  const scheme = changed(swaggerExport(), { '/schemes': ['gopher'] })
  t.strictSame(await schemaFaults(completedCopy(scheme, '2.0')), [
    {
      pointer: '/schemes/0',
      message: 'must be equal to one of the allowed values: "http", "https", "ws", "wss"',
    },
  ])
  const paths = Object.fromEntries(
    Array.from({ length: 50 }, (_, i) => [`/p${i}`, { get: { responses: 5 } }]),
  )
  t.equal((await schemaFaults({ openapi: '3.0.1', info: {}, paths })).length, 20)
})

t.test('a document that the validator does not know is told as a whole', async (t) => {
  const [fault, ...others] = await schemaFaults({ openapi: '4.0.0' })
  t.strictSame(others, [])
  t.equal(fault?.pointer, '')
  t.match(fault?.message, /version/)
})
