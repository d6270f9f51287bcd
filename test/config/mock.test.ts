import t from 'tap'
import { readRoutes } from '../../src/config/entries.ts'
import { mockOf } from '../../src/config/mock.ts'
import { createProblems } from '../../src/config/problem.ts'

const read = (entry: Readonly<Record<string, unknown>>) => {
  const problems = createProblems()
  const [first] = readRoutes(
    [{ path: '/a', method: 'GET', authorizationType: 'NONE', ...entry }],
    problems.report,
  )
  const mock = mockOf(first!, problems.report)
  return { mock, problems: problems.all().map(({ path, message }) => `${path}: ${message}`) }
}

t.test('a mock is a status and headers', async (t) => {
  t.strictSame(read({}), { mock: undefined, problems: [] })
  t.strictSame(read({ mock: { statusCode: 204 } }), {
    mock: { statusCode: 204, headers: [] },
    problems: [],
  })
  const headers = { 'Access-Control-Allow-Origin': '*', 'Content-Type': 'text/plain', 'X-A': '' }
  t.strictSame(read({ mock: { statusCode: 200, headers } }), {
    mock: {
      statusCode: 200,
      headers: ['Access-Control-Allow-Origin', '*', 'Content-Type', 'text/plain', 'X-A', ''],
    },
    problems: [],
  })
})

t.test('what could not be answered, or says two things, is refused', async (t) => {
  const cases: readonly (readonly [Readonly<Record<string, unknown>>, readonly string[]])[] = [
    [{ mock: {} }, ['.mock.statusCode: is missing; give one from 200 to 599']],
    [
      { mock: { headers: { 'X-A': 'b' } } },
      ['.mock.statusCode: is missing; give one from 200 to 599'],
    ],
    [
      { mock: { statusCode: 200 }, responseTimeoutMs: 5 },
      [
        '.mock: stands beside responseTimeoutMs, but a mock waits for nothing; leave one of them out',
      ],
    ],
    [
      {
        mock: { statusCode: 200 },
        requestParameters: { 'integration.request.header.X-A': "'a'" },
      },
      ['.mock: stands beside requestParameters, but a mock sends nothing; leave one of them out'],
    ],
    [
      {
        mock: {
          statusCode: 200,
          headers: {
            'Content-Length': '5',
            Connection: 'close',
            'a b': 'c',
            'X-Amzn-RequestId': 'x',
            'apigw-requestid': 'x',
            'X-A': 'ä',
          },
        },
      },
      [
        '.mock.headers.Content-Length: Content-Length belongs to the connection and cannot be used here',
        '.mock.headers.Connection: Connection belongs to the connection and cannot be used here',
        '.mock.headers["a b"]: "a b" is not a header name',
        '.mock.headers.X-Amzn-RequestId: X-Amzn-RequestId is kept for the gate or for the body; choose another name',
        '.mock.headers.apigw-requestid: apigw-requestid is kept for the gate or for the body; choose another name',
        '.mock.headers.X-A: a header value is plain ASCII without controls',
      ],
    ],
  ]
  for (const [entry, want] of cases) {
    t.strictSame(
      read(entry).problems,
      want.map((line) => `routes[0]${line}`),
    )
  }
  for (const statusCode of [199, 600, 101, '200', 204.5]) {
    t.match(read({ mock: { statusCode } }).problems[0], /^routes\[0\]\.mock\.statusCode: /)
  }
})
