// What every edge proxy has to do with the gate's decisions, whichever proxy it is: asserted by what the
// service behind it gets.
import t, { type Test } from 'tap'
import { requestText, valuesOf } from '../../helpers/gate.ts'
import { handshake } from '../../helpers/raw-websocket.ts'
import { startEdge, type Edge, type StartProxy } from './edge.ts'

const bearer = (token: string) => `Authorization: Bearer ${token}`

const targetOf = (reached: string): string => reached.split(' ', 2)[1] ?? ''

/** In what edge proxies differ. */
export interface EdgeTraits {
  /** The status when the gate does not answer. */
  readonly withoutGate: number
  /** What a request of more headers than the gate reads is answered with. */
  readonly tooManyHeaders: number
  /** It forwards trailers, whatever its file says. */
  readonly keepsTrailers?: true
}

/** The same tests for each edge proxy. */
export const testEdge = (name: string, startProxy: StartProxy, traits: EdgeTraits): void => {
  t.test(`${name} forwards what the gate permits, and nothing else`, async (t) => {
    const edge = await startEdge(t, startProxy)
    await t.test('tokens, scopes and groups', (t) => decides(t, edge))
    await t.test('absent claims and spoofed headers', (t) => cannotBeSpoofed(t, edge))
    await t.test('Connection', (t) => cannotBeDropped(t, edge))
    await t.test('aliases', (t) => knowsAliases(t, edge))
    if (traits.keepsTrailers === undefined) await t.test('trailers', (t) => dropsTrailers(t, edge))
    await t.test('heads', (t) => refusesHeads(t, edge, traits.tooManyHeaders))
    await t.test('paths', (t) => judgesWhatItForwards(t, edge))
    await t.test('bodies and handshakes', (t) => forwardsTheRest(t, edge))
    await t.test('without the gate', (t) => needsTheGate(t, edge, traits.withoutGate))
  })
}

const decides = async (t: Test, { pool, strike }: Edge): Promise<void> => {
  const good = bearer(pool.idToken({ sub: 'honest', 'cognito:groups': ['a', 'b,c'] }))
  const allowed = await strike(requestText('GET /protected?x=%2F&y', [good]))
  t.equal(allowed.status, 200, allowed.answer)
  t.match(allowed.answer, /\r\n\r\nok$/)
  t.equal(targetOf(allowed.reached), '/protected?x=%2F&y')
  t.strictSame(valuesOf(allowed.reached, 'X-Claim-Sub'), ['honest'])
  t.strictSame(valuesOf(allowed.reached, 'X-Claim-Groups'), ['a,b%2Cc'])
  t.strictSame(valuesOf(allowed.reached, 'X-Claim-Client-Id'), ['app'])

  const scoped = bearer(pool.accessToken({ scope: 'orders/read' }))
  t.equal((await strike(requestText('GET /orders/7', [scoped]))).status, 200)
  const admin = bearer(pool.idToken({ 'cognito:groups': ['admins'] }))
  t.equal((await strike(requestText('DELETE /admin/x', [admin]))).status, 200)

  for (const [line, headers, want] of [
    ['GET /protected', [], 401],
    ['GET /protected', [`${good.slice(0, -6)}AAAAAA`], 401],
    ['GET /protected', [bearer(pool.idToken({ exp: 1_000_000_000 }))], 401],
    ['GET /orders/7', [bearer(pool.accessToken({ scope: 'other' }))], 401],
    ['POST /orders/7', [scoped], 403],
    ['GET /admin/x', [good], 403],
    ['GET /nowhere', [good], 403],
  ] as const) {
    const { status, answer, reached } = await strike(requestText(line, headers))
    t.equal(status, want, line)
    t.equal(reached, '', line)
    t.match(answer, /"[mM]essage":"/)
  }
}

const spoofed = [
  'X-Claim-Sub: root',
  'x-claim-EMAIL: root',
  'X-Claim-Groups: root',
  'X-Claim-Groups: root',
  'X-Gate-Would-Deny: root',
]
const overrides = [
  'X-HTTP-Method-Override: root',
  'X-HTTP-Method: root',
  'X-Method-Override: root',
  'X-Original-URL: http://root/public/x',
  'X-Original-Method: GET',
  'X-Rewrite-URL: /public/root',
  'X-Forwarded-Uri: /public/root',
  'X-Forwarded-Method: GET',
  'X-Forwarded-Prefix: /root',
  'Proxy: root',
]

const cannotBeSpoofed = async (t: Test, { pool, strike }: Edge): Promise<void> => {
  const token = bearer(pool.idToken({ sub: 'honest', email: undefined }))
  for (const [target, headers, sub] of [
    ['/protected', [token], ['honest']],
    ['/public/x', [], []],
    ['/public/x', [token], []],
  ] as const) {
    const lines = [...headers, ...spoofed, ...overrides]
    const { status, reached } = await strike(requestText(`GET ${target}`, lines))
    t.equal(status, 200, target)
    t.strictSame(
      valuesOf(reached, 'X-Claim-Sub').filter((value) => value !== ''),
      sub,
    )
    t.notMatch(reached, /root/, target)
    for (const name of ['X-Original-Method', 'X-Forwarded-Method', 'X-Forwarded-Uri']) {
      t.strictSame(valuesOf(reached, name), [], name)
    }
  }
  const { status, reached } = await strike(requestText('GET /protected', overrides))
  t.equal(status, 401, 'no header chooses another path or method')
  t.equal(reached, '')
}

/** What `Connection` names, whoever forwards next drops, the gate's headers too (CVE-2021-32813). */
const cannotBeDropped = async (t: Test, { pool, strike }: Edge): Promise<void> => {
  const token = bearer(pool.idToken({ sub: 'honest' }))
  for (const lines of [
    ['Connection: close, X-Claim-Sub'],
    ['Connection: x-claim-sub'],
    ['Connection: X-CLAIM-SUB,x-claim-email', 'Connection: close'],
    ['Connection: close', 'Connection: x-forwarded-for,\tx-claim-sub'],
    ['Connection: close, X-Forwarded-Uri, X-Forwarded-Method, X-Claim-Sub'],
    ['Connection: X-Original-URI, X-Original-Method, X-Claim-Sub, close'],
    ['Connection: close, x-claim-sub', 'Proxy-Connection: x-claim-sub', 'Keep-Alive: x-claim-sub'],
    ['Connection: Upgrade, X-Claim-Sub', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'],
  ]) {
    const text = ['GET /protected HTTP/1.1', 'Host: gate', token, ...lines, '', ''].join('\r\n')
    const { status, reached } = await strike(text, head)
    const told = `${lines.join()} ${status}`
    if (reached === '') t.equal(status, 400, told)
    else t.strictSame(valuesOf(reached, 'X-Claim-Sub'), ['honest'], told)
    t.notMatch(valuesOf(reached, 'Connection').join(), /claim|forwarded/i, told)
  }
  const handshaken = handshake('/protected', [token]).replace(/^Connection: /m, '$&X-Claim-Sub, ')
  const { status, reached } = await strike(handshaken, head)
  t.ok([400, 101].includes(status), String(status))
  if (status === 101) t.strictSame(valuesOf(reached, 'X-Claim-Sub'), ['honest'])
  t.notMatch(valuesOf(reached, 'Connection').join(), /claim/i)
}

const aliases = [
  'X_Claim_Sub',
  'x_claim_email',
  'X_CLAIM-SUB',
  'X.Claim.Sub',
  'X~Claim~Sub',
  "X'Claim'Sub",
  'X!Claim-Email',
  'X-Claim|Sub',
  'X^Claim`Sub',
  'X_HTTP_Method_Override',
  'X.HTTP.Method',
  'X_Original-URL',
  'X.Rewrite.URL',
  'x_forwarded_prefix',
]

const knowsAliases = async (t: Test, { pool, strike }: Edge): Promise<void> => {
  const token = bearer(pool.idToken({ sub: 'honest', email: undefined }))
  for (const alias of aliases) {
    for (const target of ['/protected', '/public/x']) {
      const text = requestText(`GET ${target}`, [token, `${alias}: root`])
      const { status, reached } = await strike(text)
      t.ok([200, 400, 403].includes(status), `${alias} ${status}`)
      t.notMatch(reached, /root/, alias)
    }
  }
}

/** Some services make headers of trailers (CVE-2013-5704). */
const dropsTrailers = async (t: Test, { pool, strike }: Edge): Promise<void> => {
  const token = bearer(pool.idToken({ sub: 'honest', email: undefined }))
  for (const declared of [[], ['Trailer: X-Claim-Sub, X-Claim-Email']]) {
    const lines = [token, 'Transfer-Encoding: chunked', ...declared]
    const body = '3\r\nabc\r\n0\r\nX-Claim-Sub: root\r\nX-Claim-Email: root\r\n\r\n'
    const { status, reached } = await strike(requestText('POST /protected', lines, body))
    t.equal(status, 200)
    t.match(reached, /abc/)
    t.notMatch(reached, /root/)
  }
}

/** Heads that the gate would not read. */
const refusesHeads = async (t: Test, { strike }: Edge, tooMany: number): Promise<void> => {
  const control = await strike(requestText('GET /public/x', ['X-A: a\x01b']))
  t.match(control, { status: 400, reached: '' })
  const many = Array.from({ length: 3 }, (_, index) => `X-A${index}: ${'a'.repeat(12_000)}`)
  t.match(await strike(requestText('GET /public/x', many)), { status: tooMany, reached: '' })
  const pipelined = requestText('GET /admin/x').replace(
    /^/,
    'GET /public/x HTTP/1.1\r\nHost: a\r\n\r\n',
  )
  t.notMatch((await strike(pipelined)).reached, /admin/, 'the second request on a connection')
}

/** By whether a request without a token may reach the service; where it does, with these bytes. */
const targets: Readonly<Record<'may' | 'must not', readonly string[]>> = {
  may: [
    '/public/a;b=c',
    '/public/a%2Db/%7E',
    '/public/x?a=/../admin/x&b=%2F',
    '/public/x?',
    '/public/...',
    '/public/x/',
    '/public/%E2%82%AC',
  ],
  'must not': [
    '/admin/x',
    '/%61dmin/x',
    '/ADMIN/x',
    '/admin;a/x',
    '/admin/x?/public/x',
    '/public/../admin/x',
    '/public/%2e%2e/admin/x',
    '/public/.%2E/admin/x',
    '/public/%252e%252e/admin/x',
    '/public/..%2fadmin/x',
    '/public%2f..%2fadmin/x',
    '/public/..;/admin/x',
    '/public/%5c..%5cadmin/x',
    '/public/\\..\\admin/x',
    '/public/./x',
    '//admin/x',
    '//public/x',
    '/public//x',
    '/public//../admin/x',
    '/;/admin/x',
    '/public/a%2Fb',
    '/public/%00',
    '/public/x%0d%0aX-Claim-Sub:%20root',
    '*',
  ],
}

const judgesWhatItForwards = async (t: Test, { strike }: Edge): Promise<void> => {
  for (const target of targets.may) {
    const { status, reached } = await strike(requestText(`GET ${target}`))
    t.equal(status, 200, target)
    t.equal(targetOf(reached), target)
  }
  for (const target of targets['must not']) {
    const { status, reached } = await strike(requestText(`GET ${target}`))
    t.equal(reached, '', target)
    t.ok([400, 401, 403, 404].includes(status), `${target} ${status}`)
  }
  // Some escape or cut off a fragment before they ask and forward: the service sees none.
  for (const target of ['/public/x#/admin', '/admin/x#/public/x', 'http://gate/admin/x']) {
    const { reached } = await strike(requestText(`GET ${target}`))
    t.notMatch(targetOf(reached), /#|^\/admin/, target)
  }
  const odd = ['GET /protected HTTP/1.1', 'Host: a/public/x?', 'Connection: close', '', '']
  t.equal((await strike(odd.join('\r\n'))).reached, '', 'a Host chooses no path')
}

const head = /\r\n\r\n/

const forwardsTheRest = async (t: Test, { pool, strike }: Edge): Promise<void> => {
  const token = bearer(pool.idToken({ sub: 'honest' }))
  const headers = [token, 'Content-Type: text/plain', 'Content-Length: 9']
  const posted = await strike(requestText('POST /protected', headers, 'some text'))
  t.equal(posted.status, 200)
  t.match(posted.reached, /^POST \/protected HTTP\/1\.1\r\n[^]*\r\n\r\nsome text$/)
  const chunked = [token, 'Transfer-Encoding: chunked']
  const sent = await strike(requestText('PUT /protected', chunked, '3\r\nabc\r\n0\r\n\r\n'))
  t.equal(sent.status, 200)
  t.match(sent.reached, /^PUT [^]*abc/)

  t.match(await strike(handshake('/protected', [token]), head), { status: 101 })
  t.match(await strike(handshake('/protected'), head), { status: 401, reached: '' })
  for (const lines of [
    ['Upgrade: h2c'],
    ['Upgrade: h2c, websocket'],
    ['Upgrade: websocket, h2c'],
    ['Upgrade: h2c', 'Upgrade: websocket'],
    ['Upgrade: websocket', 'Upgrade: h2c'],
  ]) {
    const headers = [
      'Host: gate',
      'Connection: Upgrade, HTTP2-Settings',
      'HTTP2-Settings: AAMAAABk',
    ]
    const text = ['GET /public/x HTTP/1.1', ...headers, ...lines, '', ''].join('\r\n')
    const { reached } = await strike(text, head)
    t.notMatch(reached, 'h2c', lines.join())
  }
}

const needsTheGate = async (t: Test, { gate, strike }: Edge, want: number): Promise<void> => {
  await gate.stop('SIGINT')
  const { status, reached } = await strike(requestText('GET /public/x'))
  t.equal(status, want)
  t.equal(reached, '')
}
