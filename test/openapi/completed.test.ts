import t from 'tap'
import { completedCopy } from '../../src/openapi/completed.ts'
import { restExport, swaggerExport } from '../helpers/gateway-exports.ts'

t.test('what API Gateway leaves out is made good in a copy', async (t) => {
  const given = {
    openapi: '3.0.1',
    info: { title: 'a', version: 1 },
    paths: {
      '/a': {
        get: { 'x-amazon-apigateway-integration': {} },
        put: { responses: {} },
        post: { responses: { 200: {}, 400: { $ref: '#/components/responses/Bad' }, 500: 5 } },
        parameters: [{ name: 'a', in: 'query', schema: { type: 'string' } }],
        'x-amazon-apigateway-any-method': {},
      },
    },
    components: {
      schemas: { A: { patternProperties: {} } },
      securitySchemes: {
        jwt: { type: 'oauth2' },
        key: { type: 'apiKey', name: 'a', in: 'header' },
      },
    },
  }
  const before = structuredClone(given)
  t.strictSame(completedCopy(given, '3.0'), {
    openapi: '3.0.1',
    info: { title: 'a', version: '1' },
    paths: {
      '/a': {
        get: { responses: { default: { description: '' } } },
        put: { responses: { default: { description: '' } } },
        post: {
          responses: {
            200: { description: '' },
            400: { $ref: '#/components/responses/Bad' },
            500: 5,
          },
        },
        parameters: [{ name: 'a', in: 'query', schema: {} }],
      },
    },
    components: {
      schemas: { A: {} },
      securitySchemes: {
        jwt: { flows: {}, type: 'oauth2' },
        key: { type: 'apiKey', name: 'a', in: 'header' },
      },
    },
  })
  t.strictSame(given, before)
  t.strictSame(
    completedCopy(
      { securityDefinitions: { jwt: { type: 'oauth2' } }, definitions: { A: {} } },
      '2.0',
    ),
    {
      securityDefinitions: {
        jwt: {
          flow: 'implicit',
          authorizationUrl: 'https://auth.invalid/',
          scopes: {},
          type: 'oauth2',
        },
      },
      definitions: { A: {} },
    },
  )
})

t.test('what is no map stays as it is, for the schema to see', async (t) => {
  for (const wrong of ['text', 5, null, [1]]) {
    const given = { info: wrong, paths: wrong, components: wrong }
    t.strictSame(completedCopy(given, '3.0'), given)
    const item = { paths: { '/a': wrong, '/b': { get: wrong, put: { responses: wrong } } } }
    const responses = wrong ?? { default: { description: '' } }
    t.strictSame(completedCopy(item, '3.0'), {
      paths: { '/a': wrong, '/b': { get: wrong, put: { responses } } },
    })
  }
})

t.test('nothing of an extension is left', async (t) => {
  for (const document of [
    completedCopy(restExport(), '3.0'),
    completedCopy(swaggerExport(), '2.0'),
  ]) {
    t.notMatch(JSON.stringify(document), /"x-/)
  }
})
