import t from 'tap'
import { reportText } from '../../src/commands/explain-text.ts'
import type { Report } from '../../src/explain/report.ts'

const allowed: Report = {
  verdict: 'allowed',
  answeredBy: null,
  denial: null,
  wouldDeny: null,
  reason: null,
  request: { method: 'GET', target: '/orders/7?<query>' },
  route: {
    label: 'GET /orders/{orderId}',
    access: { kind: 'token', authorizer: 'pool', scopes: ['a', 'b'], groups: [], claims: [] },
    enforcement: 'enforce',
    parameters: { orderId: '7\u001b[2J' },
    passedOver: [{ path: '/health', methods: ['GET'], fits: 0, why: 'ends before segment 2' }],
    nearest: [],
    reason: null,
  },
  keys: [
    {
      issuer: 'https://issuer.example',
      outcome: 'fetched',
      ms: 12,
      kids: ['k1'],
      skipped: ['keys[1]: no kid'],
      error: null,
    },
    { issuer: 'https://b.example', outcome: 'failed', ms: 1, kids: [], skipped: [], error: 'no' },
  ],
  checks: [
    { check: 'found', outcome: 'passed', wanted: 'one in header authorization', found: '' },
    { check: 'expiry', outcome: 'passed', wanted: 'later than now', found: 'soon' },
    { check: 'client', outcome: 'not asked', wanted: '', found: '' },
  ],
  upstream: {
    url: 'http://127.0.0.1:3000',
    requestLine: 'GET /orders/7?<query> HTTP/1.1',
    headers: [
      ['host', 'localhost'],
      ['X-Claim-Sub', 'jane\u009b'],
    ],
  },
  answer: null,
}

t.test('a request that passes', async (t) => {
  t.equal(
    reportText(allowed),
    `Allowed: the upstream gets this request.

Route
  request    GET /orders/7?<query>
  route      GET /orders/{orderId}
  {orderId}  7\\u{1b}[2J
  asks for   a token of pool; scopes: a or b

Passed over
  /health  ends before segment 2

Keys
  https://issuer.example  1 key in 12 ms  passed over: keys[1]: no kid
  https://b.example       no

Checks of the token
  passed     found
  passed     expiry  soon
  not asked  client

Request to the upstream, http://127.0.0.1:3000
  GET /orders/7?<query> HTTP/1.1
  host: localhost
  X-Claim-Sub: jane\\u{9b}
`,
  )
})

t.test('a request that is refused', async (t) => {
  const refused: Report = {
    ...allowed,
    verdict: 'refused',
    denial: 'token_expired',
    reason: 'wanted later than now; found long ago',
    keys: [],
    checks: [
      { check: 'expiry', outcome: 'FAILED', wanted: 'later than now', found: 'long ago' },
      { check: 'token_use', outcome: 'not reached', wanted: 'id', found: '' },
    ],
    upstream: null,
    answer: {
      status: 401,
      statusLine: 'HTTP/1.1 401 Unauthorized',
      headers: [['Content-Length', '5']],
      body: 'a\n\nb\u0007',
    },
  }
  const text = reportText(refused)
  t.match(text, /^Refused: token_expired \(wanted later than now; found long ago\)\n\nRoute\n/)
  t.match(
    text,
    `
Checks of the token
  FAILED       expiry     wanted later than now; found long ago
  not reached  token_use  wanted id

Answer
  HTTP/1.1 401 Unauthorized
  Content-Length: 5

  a

  b\\u{7}
`,
  )
})

t.test('a request without a route, or before it', async (t) => {
  const passedOver = Array.from({ length: 14 }, (_, index) => ({
    path: `/r${index}`,
    methods: ['GET'],
    fits: index === 3 ? 0 : 1,
    why: 'no',
  }))
  const nowhere = { label: null, access: null, enforcement: null, parameters: {}, reason: 'none' }
  const bare = { ...allowed, keys: [], checks: [], upstream: null } as const
  const unmatched = reportText({
    ...bare,
    verdict: 'refused',
    denial: 'no_route',
    route: {
      ...nowhere,
      passedOver,
      nearest: [
        { path: '/r0', methods: ['GET', 'HEAD'] },
        { path: '/r1', methods: ['ANY'] },
      ],
    },
  })
  t.match(
    unmatched,
    '\n  request  GET /orders/7?<query>\n  route    none\n  nearest  GET, HEAD /r0\n  nearest  ANY /r1\n',
  )
  t.match(unmatched, /\n {2}\/r12 +no\n {2}and 2 more {2}less like this path\n/)
  t.notMatch(unmatched, /\/r3 |\/r13 /)
  t.match(
    reportText({ ...bare, verdict: 'refused', denial: 'request_malformed', route: null }),
    /^Refused: request_malformed\n\nRoute\n {2}request {2}GET \S+\n {2}route {4}not looked for\n$/,
  )
})

t.test('who answers in place of the upstream', async (t) => {
  const answer = { status: 204, statusLine: 'HTTP/1.1 204 No Content', body: '' }
  const text = (answeredBy: Report['answeredBy'], headers: [string, string][] = []) =>
    reportText({ ...allowed, verdict: 'answered', answeredBy, answer: { ...answer, headers } })
  const origin: [string, string] = ['access-control-allow-origin', '*']
  t.match(text('mock'), /\nAnswer\n {2}HTTP\/1\.1 204 No Content\n$/, 'no lines for no body')
  t.match(text('mock'), /^Answered by the gate itself, as the mock of the route says\.\n/)
  t.match(text('max-forwards'), /^Answered by the gate itself, for Max-Forwards is 0\.\n/)
  t.match(text('preflight', [origin]), /^Answered by the gate itself: .* from an allowed origin, /)
  t.match(text('preflight'), /^Answered by the gate itself: .* from a refused origin, /)
  t.match(
    reportText({ ...allowed, verdict: 'answered', answeredBy: 'preflight' }),
    / from a refused origin, /,
  )
})

t.test('what a route asks for, and an answer that is no refusal', async (t) => {
  const route = { ...allowed.route!, passedOver: [], parameters: {} }
  const text = (kind: 'public' | 'denied') =>
    reportText({ ...allowed, verdict: 'answered', route: { ...route, access: { kind } } })
  t.match(text('public'), /^Answered by the gate itself\.\n/)
  t.match(text('public'), '\n  asks for  nothing\n')
  t.match(text('denied'), '\n  asks for  what nobody has\n')
})

t.test('a request that report mode lets pass says what it would be denied for', async (t) => {
  const route = { ...allowed.route, enforcement: 'report' } as Report['route']
  const reported = { wouldDeny: 'token_missing', reason: 'wanted one', route } as const
  const passing = reportText({ ...allowed, ...reported }).split('\n')
  t.equal(
    passing[0],
    'Allowed: the upstream gets this request. Would be denied: token_missing (wanted one)',
  )
  t.ok(passing.some((line) => /^ {2}enforcement {2}report: /.test(line)))
  const mocked = { verdict: 'answered', answeredBy: 'mock', reason: null } as const
  t.match(
    reportText({ ...allowed, ...reported, ...mocked }),
    /^Answered by the gate itself, as the mock of the route says. Would be denied: token_missing\n/,
  )
})
