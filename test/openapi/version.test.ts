import t from 'tap'
import { modelsPlace, schemesPlace, versionOf } from '../../src/openapi/version.ts'

t.test('exports are in OpenAPI 2.0 and 3.0', async (t) => {
  t.strictSame(versionOf({ swagger: '2.0' }), { ok: true, value: '2.0' })
  t.strictSame(versionOf({ openapi: '3.0.1' }), { ok: true, value: '3.0' })
  const cases = [
    [{}, '', 'is no OpenAPI document: it has neither openapi nor swagger'],
    [
      { swagger: '2.0', openapi: '3.0.1' },
      '',
      'has both swagger and openapi; an export has one of the two',
    ],
    [{ swagger: 2 }, '/swagger', '2 is not "2.0"'],
    [
      { openapi: '3.1.0' },
      '/openapi',
      '"3.1.0" is not a version that is read: "3.0.x", or swagger: "2.0"',
    ],
    [{ openapi: 3 }, '/openapi', '3 is not a version that is read: "3.0.x", or swagger: "2.0"'],
  ] as const
  for (const [document, pointer, message] of cases) {
    t.strictSame(versionOf(document), { ok: false, error: [{ pointer, message }] })
  }
})

t.test('each version has its places', async (t) => {
  const two = { securityDefinitions: { a: 1 }, definitions: { b: 1 } }
  t.strictSame(schemesPlace(two, '2.0'), { value: { a: 1 }, pointer: '/securityDefinitions' })
  t.strictSame(modelsPlace(two, '2.0'), { value: { b: 1 }, pointer: '/definitions' })
  const three = { components: { securitySchemes: { a: 1 }, schemas: { b: 1 } } }
  t.strictSame(schemesPlace(three, '3.0'), {
    value: { a: 1 },
    pointer: '/components/securitySchemes',
  })
  t.strictSame(modelsPlace(three, '3.0'), { value: { b: 1 }, pointer: '/components/schemas' })
  t.strictSame(schemesPlace({}, '3.0').value, undefined)
})
