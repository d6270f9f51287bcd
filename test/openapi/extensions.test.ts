import t from 'tap'
import { operationNotes, rootNotes } from '../../src/openapi/extensions.ts'

t.test('each extension that is not used is noted once', async (t) => {
  const document = {
    'x-amazon-apigateway-request-validators': { all: {} },
    'x-amazon-apigateway-request-validator': 'all',
    'x-amazon-apigateway-binary-media-types': ['image/png'],
    'x-amazon-apigateway-minimum-compression-size': 0,
    'x-amazon-apigateway-api-key-source': 'HEADER',
    'x-amazon-apigateway-documentation': { version: '1' },
    'x-amazon-apigateway-endpoint-configuration': { types: ['PRIVATE'] },
    'x-amazon-apigateway-novelty': 1,
    'x-amazon-apigateway-policy': {},
    'x-amazon-apigateway-cors': { maxAge: 0 },
    'x-amazon-apigateway-importexport-version': '1.0',
    'x-other': 1,
    definitions: { A: {} },
    servers: [{ url: 'a', 'x-amazon-apigateway-endpoint-configuration': { types: 'PRIVATE' } }, 5],
  }
  const notes = rootNotes(document, '2.0')
  t.strictSame(
    notes.map(({ pointer, effect }) => `${effect} ${pointer}`),
    [
      'note /x-amazon-apigateway-request-validators',
      'dropped /x-amazon-apigateway-request-validator',
      'note /x-amazon-apigateway-binary-media-types',
      'dropped /x-amazon-apigateway-minimum-compression-size',
      'note /x-amazon-apigateway-api-key-source',
      'dropped /x-amazon-apigateway-documentation',
      'note /x-amazon-apigateway-endpoint-configuration',
      'dropped /x-amazon-apigateway-novelty',
      'note /servers/0/x-amazon-apigateway-endpoint-configuration',
      'dropped /definitions',
    ],
  )
  t.match(notes[6]?.message, /private: only a VPC could reach it/)
  t.equal(notes[7]?.message, '"x-amazon-apigateway-novelty" is not known here')
  t.equal(notes[8]?.message, 'endpoints are where the gate listens')
  t.strictSame(rootNotes({}, '3.0'), [])
})

t.test('a validator of an operation is missed', async (t) => {
  const key = 'x-amazon-apigateway-request-validator'
  t.strictSame(operationNotes({ [key]: 'all' }, '/op'), [
    {
      pointer: `/op/${key}`,
      message: 'requests are not validated; what it refused reaches the upstream',
      effect: 'dropped',
    },
  ])
  t.strictSame(operationNotes({}, '/op'), [])
})
