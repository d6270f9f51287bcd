import t from 'tap'
import { createMockAnswer } from '../../src/answers/mock.ts'
import { requestIdHeaders } from '../../src/answers/request-ids.ts'

t.test('a mock has its status, its headers, the ids and no body', async (t) => {
  const headers = ['Access-Control-Allow-Origin', '*', 'X-Type', 'content-type']
  for (const apiType of ['REST', 'HTTP'] as const) {
    t.strictSame(createMockAnswer(apiType)({ statusCode: 204, headers }, 'id-1'), {
      status: 204,
      headers: [
        ...['Content-Type', 'application/json'],
        ...headers,
        ...requestIdHeaders(apiType, 'id-1'),
      ],
      body: '',
    })
  }
})

t.test('a content type of its own is kept, whatever its spelling', async (t) => {
  const headers = ['content-TYPE', 'text/plain']
  t.strictSame(createMockAnswer('HTTP')({ statusCode: 200, headers }, 'id-1').headers, [
    ...headers,
    ...['apigw-requestid', 'id-1'],
  ])
})
