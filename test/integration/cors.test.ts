// CORS of an HTTP API in the gate as an operator runs it.
import t from 'tap'
import { requestText, startGate, type Gate } from '../helpers/gate.ts'
import { answering } from '../helpers/raw-upstream.ts'

const app = 'https://app.example.com'
const configuration = `
apiType: HTTP
cors:
  allowOrigins: ['${app}']
  allowMethods: [GET, PUT]
  allowHeaders: ['*']
  exposeHeaders: [X-Total]
  allowCredentials: true
  maxAge: 600
routes:
  - { path: /protected, method: GET, authorizer: pool }
  - { path: /mock, method: GET, authorizationType: NONE, mock: { statusCode: 200, headers: { Access-Control-Allow-Origin: '*' } } }
  - { path: '/public/{proxy+}', method: ANY, authorizationType: NONE }
`
const upstream = answering(
  'HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\naccess-control-allow-methods: TRACE\r\n' +
    'Vary: Accept\r\nX-Total: 7\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok',
)

const corsLines = (answer: string): readonly string[] =>
  answer
    .split('\r\n\r\n')[0]!
    .split('\r\n')
    .filter((line, index) => index === 0 || /^(?:access-control-|vary|content-length)/i.test(line))

const ask = (gate: Gate, line: string, ...more: string[]) =>
  gate.exchange(requestText(line, [`Origin: ${app}`, ...more]))

const own = [
  'vary: Origin',
  `access-control-allow-origin: ${app}`,
  'access-control-allow-credentials: true',
]

t.test('a preflight is answered without a route, a token and the upstream', async (t) => {
  const gate = await startGate(t, configuration, upstream)
  const asked = 'Access-Control-Request-Method: PUT'
  const headers = 'Access-Control-Request-Headers: authorization'
  for (const path of ['/protected', '/nowhere', '/public/a']) {
    const answer = await ask(gate, `OPTIONS ${path}`, asked, headers)
    t.strictSame(
      corsLines(answer),
      [
        'HTTP/1.1 204 No Content',
        ...own,
        'access-control-allow-methods: GET,PUT',
        'access-control-allow-headers: authorization',
        'access-control-max-age: 600',
      ],
      path,
    )
    t.match(answer, /\r\napigw-requestid: \S+\r\n/)
  }
  const other = await gate.exchange(
    requestText('OPTIONS /protected', ['Origin: https://evil.example', asked]),
  )
  t.strictSame(corsLines(other), ['HTTP/1.1 204 No Content', 'vary: Origin'])
  t.equal(gate.reached(), '')
  const metrics = await (await fetch(`http://127.0.0.1:${gate.adminPort}/metrics`)).text()
  t.match(metrics, '\ncognito_gate_requests_total{route="none",code="204"} 4\n')
  const decided = metrics
    .split('\n')
    .filter((line) => /^cognito_gate_authorizations_total.*[1-9]$/.test(line))
  t.strictSame(decided, [])
})

t.test('every answer says anew which page may read it', async (t) => {
  const gate = await startGate(t, configuration, upstream)
  const exposed = 'access-control-expose-headers: X-Total'
  const cases = [
    ['GET /public/a', ['HTTP/1.1 200 OK', 'Vary: Accept', 'Content-Length: 2', ...own, exposed]],
    ['GET /mock', ['HTTP/1.1 200 OK', ...own, exposed, 'Content-Length: 0']],
    ['GET /protected', ['HTTP/1.1 401 Unauthorized', ...own, exposed, 'Content-Length: 26']],
  ] as const
  for (const [line, want] of cases) t.strictSame(corsLines(await ask(gate, line)), want, line)
  const unknown = corsLines(await ask(gate, 'GET /nowhere'))
  t.strictSame(unknown.slice(1, -1), [...own, exposed])
  t.strictSame(corsLines(await gate.exchange(requestText('GET /public/a'))), [
    'HTTP/1.1 200 OK',
    'Vary: Accept',
    'Content-Length: 2',
    'vary: Origin',
  ])
})

t.test('an OPTIONS that is no preflight goes its way', async (t) => {
  const gate = await startGate(t, configuration, upstream)
  t.strictSame(corsLines(await ask(gate, 'OPTIONS /public/a'))[0], 'HTTP/1.1 200 OK')
  t.match(gate.reached(), /^OPTIONS \/public\/a HTTP\/1\.1\r\n/)
})

t.test('without cors the upstream speaks for itself', async (t) => {
  const plain = configuration.replace(/cors:[\s\S]*?routes:/, 'routes:')
  const gate = await startGate(t, plain, upstream)
  t.strictSame(corsLines(await ask(gate, 'GET /public/a')), [
    'HTTP/1.1 200 OK',
    'Access-Control-Allow-Origin: *',
    'access-control-allow-methods: TRACE',
    'Vary: Accept',
    'Content-Length: 2',
  ])
})
