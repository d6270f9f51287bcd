// What explain says is sent and answered, byte for byte what a running gate sends and answers.
import t, { type Test } from 'tap'
import { loadSettings } from '../../src/config/load.ts'
import { unwrap } from '../../src/core/result.ts'
import { requestText, type Composed } from '../../src/explain/asked.ts'
import { runRequest, type Run } from '../../src/explain/run.ts'
import { systemClock } from '../../src/observe/clock.ts'
import { compileRoutes } from '../../src/routing/table.ts'
import { startGate, type Gate } from '../helpers/gate.ts'
import { sampleKey } from '../helpers/raw-websocket.ts'
import { listenTls, tlsFiles } from '../helpers/tls.ts'
import { readExport } from '../../src/openapi/read.ts'

const extra = `
upstream: { url: 'http://UPSTREAM/legacy', preserveHost: false, headers: { X-Fixed: gate } }
claimsHeader: X-Payload
forwardToken: false
websocket: { tokenQuery: access_token, tokenProtocolPrefix: bearer. }
limits: { maxBodyBytes: 100, maxHeaderBytes: 8192 }
routes:
  - { path: '/public/{proxy+}', method: ANY, authorizationType: NONE }
  - { path: /protected, method: ANY, authorizer: pool }
  - { path: /denied, method: ANY, authorizationType: DENY }
`

interface Ask {
  readonly name: string
  readonly method?: string
  readonly target?: string
  readonly headers?: readonly string[]
}

const closing = ['Host', 'localhost', 'Connection', 'close']

const composed = ({ method = 'GET', target = '/public/a', headers = [] }: Ask): Composed => ({
  method,
  target,
  headers: headers.includes('Upgrade')
    ? ['Host', 'localhost', ...headers]
    : [...closing, ...headers],
})

const opening = [
  ...['Connection', 'Upgrade', 'Upgrade', 'websocket'],
  ...['Sec-WebSocket-Key', sampleKey, 'Sec-WebSocket-Version', '13'],
]

const setUp = async (t: Test, more = '') => {
  const gate = await startGate(t, `${more}${extra}`)
  const file = `${t.testdirName}/gate.yaml`
  const settings = unwrap(await loadSettings({ file, env: {}, checkRoutes: () => [], readExport }))
  const table = unwrap(compileRoutes(settings.routes))
  const run = (ask: Ask): Promise<Run> =>
    runRequest({ settings, table, clock: systemClock }, composed(ask))
  return { gate, run }
}

/** Head of what the upstream got of one request, and all that the client got. */
const send = async ({ upstream, exchange }: Gate, ask: Ask) => {
  const before = upstream.received.length
  const answer = await exchange(requestText(composed(ask)))
  const text = upstream.received[before] ?? ''
  return { sent: text.slice(0, text.indexOf('\r\n\r\n') + 4), answer }
}

/** Without what differs from one request to the next. */
const steady = (text: string): string =>
  text
    .replace(/^(X-Request-Id|x-amzn-RequestId|x-amz-apigw-id|apigw-requestid|Date): .*$/gim, '$1')
    .replace(/^(X-Payload): .*$/m, '$1')

const certificates = t.testdir(tlsFiles)

t.test(
  'a gate that speaks TLS tells the upstream so, and has no handshake with itself',
  async (t) => {
    for (const mutual of [false, true]) {
      const { run } = await setUp(t, listenTls(certificates, mutual))
      t.match((await run({ name: 'https' })).sent, /\r\nX-Forwarded-Proto: https\r\n/)
    }
  },
)

t.test('the head for the upstream is the one that a running gate sends', async (t) => {
  const { gate, run } = await setUp(t)
  const authorization = ['Authorization', `Bearer ${gate.pool.idToken({ email: 'jürgen@x' })}`]
  const token = gate.pool.idToken()
  const cases: readonly Ask[] = [
    { name: 'a public path with its query', target: '/public/a%20b/?c=%64&e' },
    { name: 'a token', target: '/protected', headers: ['X-Claim-Sub', 'root', ...authorization] },
    { name: 'HEAD', method: 'HEAD' },
    { name: 'POST without a body', method: 'POST' },
    { name: 'a body with its length', method: 'POST', headers: ['Content-Length', '1'] },
    { name: 'a body in chunks', method: 'PUT', headers: ['Transfer-Encoding', 'chunked'] },
    {
      name: 'a body that waits',
      method: 'POST',
      headers: ['Content-Length', '1', 'Expect', '100-continue'],
    },
    { name: 'lines of one name', headers: ['Accept', 'a', 'X-A', '1', 'accept', 'b', 'X_A', '2'] },
    { name: 'OPTIONS that may go on', method: 'OPTIONS', headers: ['Max-Forwards', '2'] },
    {
      name: 'an upgrade that is not taken',
      headers: ['Connection', 'Upgrade, close', 'Upgrade', 'h2c'],
    },
    { name: 'a WebSocket', headers: [...opening, 'X-A', '1', 'X-B', '2', 'x-a', '3'] },
    {
      name: 'its token in the query',
      target: `/protected?access_token=${token}&a`,
      headers: opening,
    },
    {
      name: 'its token in a subprotocol',
      target: '/protected',
      headers: [...opening, 'Sec-WebSocket-Protocol', `chat, bearer.${token}`],
    },
  ]
  for (const ask of cases) {
    const { sent } = await send(gate, ask)
    const ran = await run(ask)
    t.match(sent, /^[A-Z]+ \/legacy\/.*\r\n\r\n$/s, ask.name)
    t.equal(steady(ran.sent), steady(sent), ask.name)
    t.equal(ran.line.denial, undefined, ask.name)
  }
})

t.test('an answer of its own is the one that a running gate gives', async (t) => {
  const { gate, run } = await setUp(t)
  const cases: readonly (Ask & { readonly want: string | undefined })[] = [
    { name: 'no token', target: '/protected', want: 'token_missing' },
    {
      name: 'no token for a body',
      method: 'POST',
      target: '/protected',
      headers: ['Content-Length', '7'],
      want: 'token_missing',
    },
    {
      name: 'no token for a body that waits',
      method: 'POST',
      target: '/protected',
      headers: ['Content-Length', '7', 'Expect', '100-continue'],
      want: 'token_missing',
    },
    { name: 'a bad token on HEAD', method: 'HEAD', target: '/protected', want: 'token_missing' },
    { name: 'no route', target: '/nowhere', headers: ['Authorization', 'é'], want: 'no_route' },
    { name: 'a denied route', target: '/denied', want: 'route_denied' },
    { name: 'dot segments', target: '/public/../a', want: 'target_ambiguous' },
    { name: 'a space', target: '/a b', want: 'request_malformed' },
    { name: 'a method of nobody', method: 'get', want: 'request_malformed' },
    { name: 'two hosts', headers: ['Host', 'other'], want: 'request_malformed' },
    {
      name: 'a framing header to be dropped',
      headers: ['Connection', 'Content-Length'],
      want: 'request_malformed',
    },
    {
      name: 'a body too large',
      method: 'POST',
      headers: ['Content-Length', '101'],
      want: 'body_too_large',
    },
    { name: 'too many headers', headers: ['X-A', 'a'.repeat(9000)], want: 'headers_too_large' },
    { name: 'CONNECT', method: 'CONNECT', target: 'a:1', want: 'target_ambiguous' },
    {
      name: 'a WebSocket without a token',
      target: '/protected',
      headers: opening,
      want: 'token_missing',
    },
    { name: 'a WebSocket without a key', headers: opening.slice(0, 4), want: 'request_malformed' },
    {
      name: 'OPTIONS that may not go on',
      method: 'OPTIONS',
      headers: ['Max-Forwards', '0'],
      want: undefined,
    },
  ]
  for (const { want, ...ask } of cases) {
    const { answer } = await send(gate, ask)
    const ran = await run(ask)
    t.match(answer, /HTTP\/1\.1 [2-5]/, ask.name)
    t.equal(steady(ran.answer), steady(answer), ask.name)
    t.equal(ran.sent, '', ask.name)
    t.equal(ran.line.denial, want, ask.name)
  }
})

t.test('what it saw on the way', async (t) => {
  const { gate, run } = await setUp(t)
  const token = gate.pool.idToken()
  const ran = await run({ name: '', target: '/protected', headers: ['Authorization', token] })
  t.match(ran, {
    facts: { method: 'GET', target: '/protected', remoteAddress: '127.0.0.1', secure: false },
    decision: { kind: 'authorized', route: { label: 'ANY /protected' } },
    fetches: [{ issuer: gate.pool.issuer, error: undefined }],
    answer: '',
  })
  const early = await run({ name: '', method: 'get' })
  t.strictSame([early.facts, early.decision, early.fetches], [undefined, undefined, []])
})
