// "Skip authentication for OPTIONS" as a way past it: a preflight, or what looks like one, that is to
// reach the upstream of a protected route, by itself or by what is smuggled in its body.
import t from 'tap'
import { requestText, startGate } from '../helpers/gate.ts'

const configuration = `
apiType: HTTP
cors: { allowOrigins: ['*'], allowMethods: ['*'], allowHeaders: ['*'] }
routes:
  - { path: /protected, method: ANY, authorizer: pool }
  - { path: '/public/{proxy+}', method: GET, authorizationType: NONE }
`
const origin = 'Origin: https://evil.example'
const asked = 'Access-Control-Request-Method: GET'

t.test('nothing that is or resembles a preflight reaches the upstream', async (t) => {
  const gate = await startGate(t, configuration)
  const cases = [
    { line: 'OPTIONS /protected', headers: [origin, asked], status: 204 },
    { line: 'OPTIONS /protected', headers: [origin], status: 401 },
    { line: 'OPTIONS /protected', headers: [asked], status: 401 },
    { line: 'OPTIONS /protected', headers: [], status: 401 },
    { line: 'GET /protected', headers: [origin, asked], status: 401 },
    {
      line: 'POST /protected',
      headers: [origin, asked, 'X-HTTP-Method-Override: OPTIONS'],
      status: 401,
    },
    {
      line: 'OPTIONS /protected',
      headers: [origin, asked, 'X-HTTP-Method-Override: GET'],
      status: 204,
    },
    { line: 'OPTIONS /public/../protected', headers: [origin, asked], status: 400 },
    { line: 'OPTIONS /public/%2e%2e/protected', headers: [origin, asked], status: 400 },
    { line: 'OPTIONS //protected', headers: [origin, asked], status: 400 },
    { line: 'OPTIONS *', headers: [origin, asked], status: 400 },
    { line: 'OPTIONS http://gate/protected', headers: [origin, asked], status: 400 },
  ]
  for (const { line, headers, status } of cases) {
    const answer = await gate.exchange(requestText(line, headers))
    t.equal(Number(answer.slice(9, 12)), status, `${line} ${headers.join()}`)
  }
  t.equal(gate.reached(), '')
})

t.test('what a preflight carries in its body is not served', async (t) => {
  const smuggled = 'GET /public/x HTTP/1.1\r\nHost: gate\r\n\r\n'
  const framings = [
    { headers: [`Content-Length: ${smuggled.length}`], body: smuggled },
    {
      headers: ['Transfer-Encoding: chunked'],
      body: `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`,
    },
  ]
  for (const { headers, body } of framings) {
    const gate = await startGate(t, configuration)
    const text = requestText('OPTIONS /protected', [origin, asked, ...headers], body)
    const answer = await gate.exchange(text.replace('Connection: close\r\n', ''))
    t.match(answer, /^HTTP\/1\.1 204 /)
    t.equal(answer.match(/HTTP\/1\.1 /g)?.length, 1)
    t.equal(gate.reached(), '')
  }
})

t.test('an answer that no page may read is not opened by two origins', async (t) => {
  const gate = await startGate(t, configuration)
  const answer = await gate.exchange(requestText('GET /public/x', [origin, 'Origin: null']))
  t.match(answer, /^HTTP\/1\.1 200 /)
  t.notMatch(answer, /access-control/i)
})
