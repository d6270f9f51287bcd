import t from 'tap'
import { responsesOf } from '../../src/openapi/responses.ts'

const responses = 'x-amazon-apigateway-gateway-responses'
const cors = 'x-amazon-apigateway-cors'

t.test('gateway responses and CORS are handed on, without null', async (t) => {
  const document = {
    [responses]: { UNAUTHORIZED: { statusCode: null, responseTemplates: { 'a/b': 'c' } } },
  }
  t.strictSame(responsesOf(document, 'REST'), {
    configuration: { gatewayResponses: { UNAUTHORIZED: { responseTemplates: { 'a/b': 'c' } } } },
    origins: [
      ['gatewayResponses', `/${responses}`],
      ['gatewayResponses.UNAUTHORIZED', `/${responses}/UNAUTHORIZED`],
    ],
    notes: [],
  })
  t.strictSame(responsesOf({ [cors]: { allowOrigins: ['*'] } }, 'HTTP'), {
    configuration: { cors: { allowOrigins: ['*'] } },
    origins: [
      ['cors', `/${cors}`],
      ['cors.allowOrigins', `/${cors}/allowOrigins`],
    ],
    notes: [],
  })
  const wrong = { configuration: { cors: 'text' }, origins: [['cors', `/${cors}`]], notes: [] }
  t.strictSame(responsesOf({ [cors]: 'text' }, 'HTTP'), wrong)
})

t.test('those of the other type of API are dropped', async (t) => {
  const document = { [responses]: { DEFAULT_4XX: {} }, [cors]: { allowOrigins: ['*'] } }
  const note = (key: string) => [
    { pointer: `/${key}`, message: 'is of the other type of API', effect: 'dropped' },
  ]
  t.strictSame(responsesOf(document, 'REST').notes, note(cors))
  t.strictSame(responsesOf(document, 'HTTP').notes, note(responses))
  const none = { configuration: {}, origins: [], notes: [] }
  t.strictSame(responsesOf({ [cors]: {} }, 'REST'), none)
  t.strictSame(responsesOf({}, 'HTTP'), none)
})
