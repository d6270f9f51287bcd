import t from 'tap'
import { mockOf } from '../../src/openapi/mock.ts'
import { changed, preflight } from '../helpers/gateway-exports.ts'

const console_ = preflight()['x-amazon-apigateway-integration'] as Record<string, unknown>
const read = (changes: Record<string, unknown>) => {
  const mock = mockOf(changed(console_, changes), '/i')
  return mock.ok ? mock.value : `${mock.error.pointer}: ${mock.error.message}`
}
const headers = {
  'Access-Control-Allow-Methods': 'GET,OPTIONS',
  'Access-Control-Allow-Headers': 'Content-Type,Authorization',
  'Access-Control-Allow-Origin': '*',
}
const template = (text: unknown) => ({ '/requestTemplates': { 'application/json': text } })

t.test('a mock with a constant answer is carried over', async (t) => {
  t.strictSame(read({}), { settings: { statusCode: 200, headers }, notes: [] })
  for (const text of [
    '{statusCode:200}',
    ' { "statusCode" : 200 }\n',
    "{'statusCode': '200'}",
    '{"statusCode":200,"a":1}',
  ]) {
    t.strictSame(read(template(text)), { settings: { statusCode: 200, headers }, notes: [] }, text)
  }
  const only204 = {
    ...template('{"statusCode": 204}'),
    '/responses': { '200': { statusCode: '200' }, '204': { statusCode: 204 } },
  }
  t.strictSame(read(only204), { settings: { statusCode: 204 }, notes: [] })
})

t.test('a constant body is dropped with a note', async (t) => {
  t.strictSame(
    read({ '/responses/default/responseTemplates': { 'application/json': '{"ok":true}' } }),
    {
      settings: { statusCode: 200, headers },
      notes: [
        {
          pointer: '/i/responses/default/responseTemplates',
          message: 'the body of the mock is not carried over; the answer has none',
          effect: 'dropped',
        },
      ],
    },
  )
  t.strictSame(read({ '/responses/default/responseTemplates': { 'application/json': null } }), {
    settings: { statusCode: 200, headers },
    notes: [],
  })
})

t.test('what is computed is refused', async (t) => {
  const vtl =
    '/i/requestTemplates: is a mock whose status is not a constant, and VTL is not evaluated here'
  for (const text of [
    '#set($a = 1){"statusCode": 200}',
    '{"statusCode": $a}',
    '{"statusCode": 20}',
    '{}',
    'text',
    5,
    null,
  ]) {
    t.strictSame(read(template(text)), vtl, String(text))
  }
  t.strictSame(read({ '/requestTemplates': undefined }), vtl)
  t.strictSame(
    read({ '/requestTemplates': { 'a/b': '{"statusCode":200}', 'c/d': '{"statusCode":400}' } }),
    vtl,
  )
  const noAnswer = '/i/responses: is a mock without a plain answer for 200'
  t.strictSame(read({ '/responses': undefined }), noAnswer)
  t.strictSame(read({ '/responses': { '404': {} } }), noAnswer)
  t.strictSame(read({ '/responses': { '2\\d{2}': {}, default: {} } }), noAnswer)
  const status = '/i/responses/default/statusCode: "700", which is no status from 200 to 599'
  t.strictSame(
    read({ '/responses/default/statusCode': '700' }),
    status.replace('"700"', 'answers "700"'),
  )
  t.match(read({ '/responses/default/statusCode': undefined }), /answers undefined/)
  t.strictSame(
    read({ '/responses/default/responseTemplates': { 'application/json': '#set($a = 1)' } }),
    '/i/responses/default/responseTemplates/application~1json: is a template, and VTL is not evaluated here',
  )
  t.match(read({ '/responses/default/responseTemplates': { 'a/b': 5 } }), /VTL/)
})

t.test('of a mock only literal headers are carried over', async (t) => {
  const at = '/responses/default/responseParameters'
  const cases = [
    ['method.response.header.A', 'integration.response.header.A'],
    ['method.response.header.A', "'a' + 'b'"],
    ['method.response.header.A', 5],
    ['method.response.body', "'a'"],
  ] as const
  for (const [key, value] of cases) {
    t.strictSame(
      read({ [at]: { [key]: value } }),
      `/i${at}/${key}: maps "${key}" to ${JSON.stringify(value)}; of a mock only literal headers are carried over`,
    )
  }
})
