import t from 'tap'
import type { RequestFacts } from '../../src/core/request.ts'
import { deny } from '../../src/core/denial.ts'
import {
  asksForKnownVersion,
  asksForWebSocket,
  clientHandshake,
  readHandshake,
  upstreamHandshake,
  withHandshake,
} from '../../src/proxy/websocket-handshake.ts'
import { acceptOf, sampleKey } from '../helpers/raw-websocket.ts'

const usual = ['Sec-WebSocket-Key', sampleKey, 'Sec-WebSocket-Version', '13']

const factsOf = (
  rawHeaders: readonly string[],
  changes: Partial<RequestFacts> = {},
): RequestFacts => ({
  method: 'GET',
  target: '/',
  rawHeaders,
  connectionOptions: undefined,
  host: 'gate',
  remoteAddress: '127.0.0.1',
  secure: false,
  httpVersion: '1.1',
  hasBody: false,
  contentLength: undefined,
  ...changes,
})

const protocols = (...offered: readonly string[]) =>
  offered.flatMap((value) => ['Sec-WebSocket-Protocol', value])

t.test('a WebSocket is asked for in any case, among others too', async (t) => {
  t.ok(asksForWebSocket(['UPGRADE', 'WebSocket']))
  t.ok(asksForWebSocket(['Upgrade', 'h2c, websocket']))
  t.notOk(asksForWebSocket(['Upgrade', 'h2c']))
  t.notOk(asksForWebSocket(['X', 'websocket']))
  t.notOk(asksForWebSocket(['websocket', 'Upgrade']))
  t.ok(asksForKnownVersion(usual))
  t.notOk(asksForKnownVersion(['Sec-WebSocket-Version', '8']))
})

t.test('a good handshake is read', async (t) => {
  t.strictSame(readHandshake(factsOf(usual)), { key: sampleKey, protocols: [] })
  t.strictSame(readHandshake(factsOf([...usual, ...protocols('chat,  super', ', bearer.a.b.c')])), {
    key: sampleKey,
    protocols: ['chat', 'super', 'bearer.a.b.c'],
  })
})

t.test('a broken handshake is malformed', async (t) => {
  const cases: readonly { name: string; given: RequestFacts }[] = [
    { name: 'POST', given: factsOf(usual, { method: 'POST' }) },
    { name: 'HTTP/1.0', given: factsOf(usual, { httpVersion: '1.0' }) },
    { name: 'a body', given: factsOf(usual, { hasBody: true }) },
    { name: 'no version', given: factsOf(usual.slice(0, 2)) },
    { name: 'two versions', given: factsOf([...usual, ...usual.slice(2)]) },
    { name: 'no key', given: factsOf(usual.slice(2)) },
    { name: 'two keys', given: factsOf([...usual, ...usual.slice(0, 2)]) },
    { name: 'a short key', given: factsOf(['Sec-WebSocket-Key', 'AAAA', ...usual.slice(2)]) },
    {
      name: 'a key that is not canonical',
      given: factsOf(['Sec-WebSocket-Key', sampleKey.replace('Q==', 'R=='), ...usual.slice(2)]),
    },
    { name: 'a subprotocol with a space', given: factsOf([...usual, ...protocols('a b')]) },
    { name: 'a subprotocol in quotes', given: factsOf([...usual, ...protocols('"a"')]) },
  ]
  for (const { name, given } of cases) {
    t.match(readHandshake(given), { code: 'request_malformed', cause: String }, name)
  }
})

t.test('facts get their handshake; a denial stays one', async (t) => {
  t.match(withHandshake(factsOf(usual)), { webSocket: { key: sampleKey } })
  t.match(withHandshake(factsOf([])), { code: 'request_malformed' })
  const denial = deny('request_malformed')
  t.equal(withHandshake(denial), denial)
})

const offer = (tokenPrefix: string, ...offered: readonly string[]) => ({
  handshake: { key: sampleKey, protocols: offered },
  tokenPrefix,
})

t.test('the upstream sees one handshake, and no token', async (t) => {
  const lines = [
    'A',
    '1',
    'sec-websocket-key',
    'x',
    'Sec_WebSocket_Version',
    '8',
    ...protocols('x'),
  ]
  const said = ['Connection', 'Upgrade', 'Upgrade', 'websocket', 'Sec-WebSocket-Version', '13']
  const key = ['Sec-WebSocket-Key', sampleKey]
  t.strictSame(upstreamHandshake(lines, offer('bearer.', 'bearer.a.b.c')), [
    ...['A', '1'],
    ...said,
    ...key,
  ])
  t.strictSame(
    upstreamHandshake([], offer('bearer.', 'chat', 'bearer.a.b.c', 'super')).slice(-2),
    protocols('chat, super'),
  )
  t.strictSame(upstreamHandshake([], offer('', 'bearer.a')).slice(-2), protocols('bearer.a'))
})

const accept = ['Upgrade', 'WebSocket', 'Sec-WebSocket-Accept', acceptOf(sampleKey)]
const switching = ['Connection', 'Upgrade', 'Upgrade', 'websocket']

t.test("the upstream's 101 is checked and cleaned", async (t) => {
  const given = [
    ...accept,
    ...['Connection', 'upgrade, X-Hop', 'X-Hop', '1', 'Keep-Alive', 'x', 'Content-Length', '5'],
    ...['Set-Cookie', 'a', 'Set-Cookie', '\xe9', 'Sec-WebSocket-Extensions', 'permessage-deflate'],
  ]
  t.strictSame(clientHandshake(given, offer('')), [
    ...accept.slice(2),
    ...['Set-Cookie', 'a', 'Set-Cookie', '\xe9', 'Sec-WebSocket-Extensions', 'permessage-deflate'],
    ...switching,
  ])
  const broken = [
    { name: 'no Upgrade', given: accept.slice(2) },
    { name: 'no accept', given: accept.slice(0, 2) },
    { name: 'another accept', given: [...accept.slice(0, 3), 'AAAA'] },
    { name: 'two', given: [...accept, ...accept.slice(2)] },
    { name: 'two subprotocols', given: [...accept, ...protocols('a', 'b')] },
    { name: 'a transfer coding', given: [...accept, 'Transfer-Encoding', 'gzip'] },
  ]
  for (const { name, given } of broken) {
    t.match(clientHandshake(given, offer('')), { denial: { code: 'upstream_broken' } }, name)
  }
})

t.test('the chosen subprotocol is one that keeps browsers content', async (t) => {
  const cases = [
    { name: 'chosen', chosen: ['chat'], offered: ['chat', 'b.t'], want: ['chat'] },
    { name: 'none chosen', chosen: [], offered: ['b.t', 'chat'], want: ['b.t'] },
    { name: 'only the token', chosen: [], offered: ['b.t'], want: ['b.t'] },
    { name: 'no token offered', chosen: [], offered: ['chat'], want: [] },
    { name: 'not offered', chosen: ['other'], offered: ['b.t'], want: ['other'] },
  ]
  for (const { name, chosen, offered, want } of cases) {
    const lines = clientHandshake([...accept, ...protocols(...chosen)], offer('b.', ...offered))
    const found = (lines as readonly string[]).filter(
      (_, index, all) => all[index - 1] === 'Sec-WebSocket-Protocol',
    )
    t.strictSame(found, want, name)
  }
})
