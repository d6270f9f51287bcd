import t from 'tap'
import { integrationNotes, isTimeout } from '../../src/openapi/integration-notes.ts'

const read = (integration: Record<string, unknown>, type = 'http_proxy') =>
  integrationNotes(integration, '/i', type).map(({ pointer, effect }) => `${effect} ${pointer}`)

t.test('a plain proxy integration needs no note', async (t) => {
  const plain = {
    responses: { default: { statusCode: '200', responseTemplates: { 'a/b': null } } },
    timeoutInMillis: 29000,
    tlsConfig: { insecureSkipVerification: false },
    cacheKeyParameters: [],
    cacheNamespace: 'a',
  }
  t.strictSame(read(plain), [])
  t.strictSame(read({}), [])
})

t.test('what is lost is noted', async (t) => {
  const responses = { default: { responseParameters: { 'method.response.header.A': "'a'" } } }
  t.strictSame(read({ responses }), ['dropped /i/responses'])
  t.strictSame(read({ responses: { default: { responseTemplates: { 'a/b': 'c' } } } }), [
    'dropped /i/responses',
  ])
  t.strictSame(read({ responses }, 'http'), ['note /i/type'])
  t.strictSame(
    read({
      responseParameters: { 200: { 'overwrite:header.a': 'b' } },
      contentHandling: 'CONVERT_TO_TEXT',
      cacheKeyParameters: ['a'],
      timeoutInMillis: '29000',
      tlsConfig: { insecureSkipVerification: true },
    }),
    [
      'dropped /i/responseParameters',
      'dropped /i/contentHandling',
      'dropped /i/cacheKeyParameters',
      'dropped /i/timeoutInMillis',
      'note /i/tlsConfig',
    ],
  )
})

t.test('a time-out is within the bounds of the configuration', async (t) => {
  for (const value of [1, 29000, 3_600_000]) t.ok(isTimeout(value))
  for (const value of [0, 3_600_001, 1.5, '1', null]) t.notOk(isTimeout(value))
})
