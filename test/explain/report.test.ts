import t, { type Test } from 'tap'
import { loadSettings } from '../../src/config/load.ts'
import { unwrap } from '../../src/core/result.ts'
import { createUserPool } from '../../src/demo/user-pool.ts'
import { composeRequest, type AskedRequest } from '../../src/explain/asked.ts'
import { createReport, type Report } from '../../src/explain/report.ts'
import { runRequest } from '../../src/explain/run.ts'
import { systemClock } from '../../src/observe/clock.ts'
import { compileRoutes } from '../../src/routing/table.ts'
import { readExport } from '../../src/openapi/read.ts'

const elsewhere = 'websocket: { tokenQuery: access_token, tokenProtocolPrefix: bearer. }'

const setUp = async (t: Test, upstreamUrl = 'http://127.0.0.1:9/legacy', more = elsewhere) => {
  const pool = await createUserPool({ poolId: 'eu-west-1_AbCdEf123', clientId: 'app' })
  t.teardown(() => pool.close())
  const dir = t.testdir({
    'gate.yaml': `
upstream: { url: '${upstreamUrl}' }
authorizers:
  pool: { type: COGNITO_USER_POOLS, userPoolIds: [${pool.poolId}], issuer: '${pool.issuer}' }
  gone: { type: JWT, jwtConfiguration: { issuer: 'http://127.0.0.1:9/gone', audience: [a] } }
claimsHeader: X-Payload
claimEncoding: utf8
${more}
routes:
  - { path: '/orders/{orderId}', method: GET, authorizer: pool }
  - { path: /gone, method: GET, authorizer: gone }
  - { path: '/public/{proxy+}', method: ANY, authorizationType: NONE }
`,
  })
  const file = `${dir}/gate.yaml`
  const settings = unwrap(await loadSettings({ file, env: {}, checkRoutes: () => [], readExport }))
  const options = { settings, table: unwrap(compileRoutes(settings.routes)), clock: systemClock }
  const report = async (asked: Partial<AskedRequest>): Promise<Report> => {
    const whole = { method: 'GET', path: '/public/a', headers: [], token: undefined, ...asked }
    const request = composeRequest(whole, options.settings, options.table)
    return createReport(options, request, await runRequest(options, request))
  }
  return { pool, report }
}

t.test('a request that passes, with everything that led to it', async (t) => {
  const { pool, report } = await setUp(t)
  const token = pool.idToken({ email: 'jürgen@example.com' })
  const path = '/orders/7?secret=very-secret'
  const { checks, keys, ...rest } = await report({ path, token, headers: ['X-Copy', token] })
  t.strictSame(rest, {
    verdict: 'allowed',
    answeredBy: null,
    denial: null,
    wouldDeny: null,
    reason: null,
    request: { method: 'GET', target: '/orders/7?<query>' },
    route: {
      label: 'GET /orders/{orderId}',
      access: { kind: 'token', authorizer: 'pool', scopes: [], groups: [], claims: [] },
      enforcement: 'enforce',
      parameters: { orderId: '7' },
      passedOver: [
        {
          path: '/gone',
          methods: ['GET'],
          fits: 0,
          why: 'segment 1 is "orders", not "gone"',
        },
      ],
      nearest: [],
      reason: null,
    },
    upstream: {
      url: 'http://127.0.0.1:9',
      requestLine: 'GET /legacy/orders/7?<query> HTTP/1.1',
      headers: [
        ['host', 'localhost'],
        ['connection', 'keep-alive'],
        ['X-Copy', '<the token>'],
        ['Authorization', 'Bearer <the token>'],
        ['X-Claim-Issuer', pool.issuer],
        ['X-Claim-Sub', '5f0c1c9e-70b1-70f5-1c2d-0a1b2c3d4e5f'],
        ['X-Claim-Username', 'jane'],
        ['X-Claim-Email', 'jürgen@example.com'],
        ['X-Claim-Email-Verified', 'true'],
        ['X-Claim-Client-Id', 'app'],
        ['X-Payload', `<the payload, ${payloadBytes(token)} bytes>`],
        ['X-Forwarded-For', '127.0.0.1'],
        ['X-Forwarded-Proto', 'http'],
        ['X-Forwarded-Host', 'localhost'],
        ['X-Request-Id', '<the request id>'],
      ],
    },
    answer: null,
  })
  t.match(keys, [{ issuer: pool.issuer, outcome: 'fetched', error: null }])
  t.ok(checks.every(({ outcome }) => outcome === 'passed' || outcome === 'not asked'))
})

t.test('a request that is refused, with the answer that it gets', async (t) => {
  const { pool, report } = await setUp(t)
  const refused = await report({ path: '/orders/7', token: pool.idToken({ exp: 1 }) })
  t.match(refused, {
    verdict: 'refused',
    denial: 'token_expired',
    reason: /^wanted later than now; found 1970-01-01T00:00:01Z \(\d+ d ago\)$/,
    route: { label: 'GET /orders/{orderId}' },
    upstream: null,
    answer: {
      status: 401,
      statusLine: 'HTTP/1.1 401 Unauthorized',
      body: '{"message":"The incoming token has expired"}',
    },
  })
  t.strictSame(
    refused.answer?.headers.filter(([name]) => /^(content-type|x-amzn-requestid)$/i.test(name)),
    [
      ['Content-Type', 'application/json'],
      ['x-amzn-RequestId', '<the request id>'],
    ],
  )
})

t.test('why, for every stage at which a request can be refused', async (t) => {
  const { pool, report } = await setUp(t)
  const key = pool.idToken().split('.')[0] ?? ''
  const claims = Buffer.from(
    JSON.stringify({ iss: 'http://127.0.0.1:9/gone', exp: 2e9, aud: 'a' }),
  ).toString('base64url')
  const cases: readonly {
    asked: Partial<AskedRequest>
    denial: string
    reason: string | RegExp
  }[] = [
    {
      asked: { headers: ['Host', 'a', 'Host', 'b'] },
      denial: 'request_malformed',
      reason: 'Host repeated',
    },
    { asked: { path: '/a//b' }, denial: 'target_ambiguous', reason: 'segment 2 is empty' },
    {
      asked: { path: '/nowhere' },
      denial: 'no_route',
      reason: 'no route has this path and method',
    },
    {
      asked: { path: '/orders/7' },
      denial: 'token_missing',
      reason: 'wanted one in header authorization',
    },
    {
      asked: { path: '/gone', token: `${key}.${claims}.c2ln` },
      denial: 'keys_unavailable',
      reason: /^http:\/\/127\.0\.0\.1:9\/gone: .*ECONNREFUSED/,
    },
  ]
  for (const { asked, denial, reason } of cases) {
    const report1 = await report(asked)
    t.match(report1, { verdict: 'refused', denial, reason }, denial)
  }
})

t.test('a refusal after the checks, of which its code says all', async (t) => {
  const { report } = await setUp(t, undefined, 'limits: { maxBodyBytes: 5 }')
  const { verdict, denial, reason } = await report({ headers: ['Content-Length', '6'] })
  t.strictSame(
    { verdict, denial, reason },
    { verdict: 'refused', denial: 'body_too_large', reason: null },
  )
})

t.test('a handshake may have its token elsewhere, and its checks say so', async (t) => {
  const headers = [
    ...['Connection', 'Upgrade', 'Upgrade', 'websocket', 'Sec-WebSocket-Version', '13'],
    ...['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
  ]
  const cases = [
    {
      more: elsewhere,
      want: 'one in header authorization or query access_token or a subprotocol that begins with bearer.',
    },
    { more: '', want: 'one in header authorization' },
  ]
  for (const { more, want } of cases) {
    const { report } = await setUp(t, undefined, more)
    const { checks } = await report({ path: '/orders/7', headers })
    t.match(checks[0], { check: 'found', outcome: 'FAILED', wanted: want })
  }
})

t.test('an answer of the gate that is no refusal', async (t) => {
  const { report } = await setUp(t)
  const answered = await report({ method: 'OPTIONS', headers: ['Max-Forwards', '0'] })
  t.match(answered, {
    verdict: 'answered',
    answeredBy: 'max-forwards',
    denial: null,
    wouldDeny: null,
    reason: null,
    upstream: null,
    answer: { status: 200, body: '' },
  })
})

t.test('no token, payload or query is anywhere in a report', async (t) => {
  const { pool, report } = await setUp(t)
  const token = pool.idToken({ custom: 'only-in-the-payload' })
  const [, payload = '', signature = ''] = token.split('.')
  const wanted = '/orders/7?q=very-secret-query'
  for (const asked of [
    { path: wanted, token },
    { path: `/public/${token}?q=very-secret-query`, token },
    { path: wanted, token, headers: ['Authorization', token] },
    { path: `${wanted}&access_token=${token}` },
    { path: '/public/x', headers: ['X-A', `${token}.x`, 'Cookie', `a=${token}`] },
    { path: wanted, token: pool.accessToken({ custom: 'only-in-the-payload' }) },
  ]) {
    const text = JSON.stringify(await report(asked))
    for (const secret of [token, payload, signature, 'very-secret-query', 'only-in-the-payload']) {
      t.notOk(text.includes(secret), `${asked.path.slice(0, 20)} ${secret.slice(0, 12)}`)
    }
  }
})

t.test('what is no UTF-8 is shown byte by byte; a socket is shown by its path', async (t) => {
  const { report } = await setUp(t, 'unix:/run/app.sock')
  const { upstream } = await report({ headers: ['X-A', '\xff', 'X-B', 'Ã©'] })
  t.equal(upstream?.url, 'unix:/run/app.sock')
  t.strictSame(upstream?.headers.slice(2, 4), [
    ['X-A', '\xff'],
    ['X-B', 'é'],
  ])
})

const payloadBytes = (token: string): number =>
  Buffer.byteLength(token.split('.')[1] ?? '', 'base64url')

t.test('what report mode lets pass is allowed, with what it would be refused for', async (t) => {
  const { report } = await setUp(t, undefined, 'enforcement: report')
  const matched = await report({ path: '/orders/7' })
  t.match(matched, {
    verdict: 'allowed',
    denial: null,
    wouldDeny: 'token_missing',
    reason: 'wanted one in header authorization',
    route: { label: 'GET /orders/{orderId}', enforcement: 'report' },
    answer: null,
  })
  t.match(matched.checks, [{ check: 'found', outcome: 'FAILED' }])
  t.strictSame(
    matched.upstream?.headers.filter(([name]) => /gate/i.test(name)),
    [['X-Gate-Would-Deny', 'token_missing']],
  )
  t.match(await report({ path: '/nowhere' }), {
    verdict: 'allowed',
    wouldDeny: 'no_route',
    reason: 'no route has this path and method',
    route: { label: null, access: null, enforcement: null, parameters: {} },
  })
  t.match(await report({ method: 'OPTIONS', path: '/nowhere', headers: ['Max-Forwards', '0'] }), {
    verdict: 'answered',
    answeredBy: 'max-forwards',
    wouldDeny: 'no_route',
  })
})
