// Upgrades that are refused, by the gate or by the upstream: RFC 9110 §7.8, RFC 6455 §4.2 and §4.4.
// Those that are taken are in ../websocket.test.ts.
import t from 'tap'
import { sampleKey } from '../../helpers/raw-websocket.ts'
import { startStrictGate } from './strict-gate.ts'

let answer = ''
const { tell } = await startStrictGate(t, () => answer)

const usual = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Key': sampleKey,
  'Sec-WebSocket-Version': '13',
}

/** A handshake with some lines changed; undefined leaves one out. */
const ask = (
  changes: Readonly<Record<string, string | undefined>> = {},
  line = 'GET /public/x HTTP/1.1',
  body = '',
): string => {
  const merged: Readonly<Record<string, string | undefined>> = { ...usual, ...changes }
  const lines = Object.entries(merged).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  )
  return [line, 'Host: gate', ...lines, '', body].join('\r\n')
}

t.test('a handshake that is not whole is a 400, and the upstream hears nothing', async (t) => {
  const cases = {
    'another method': ask({}, 'POST /public/x HTTP/1.1'),
    'no key': ask({ 'Sec-WebSocket-Key': undefined }),
    'a short key': ask({ 'Sec-WebSocket-Key': 'P5l8BJcZwRc=' }),
    'a key of another spelling': ask({ 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZR==' }),
    'two keys': ask({ 'Sec-WebSocket-Key': `${sampleKey}\r\nSec-WebSocket-Key: ${sampleKey}` }),
    'no version': ask({ 'Sec-WebSocket-Version': undefined }),
    'version 12': ask({ 'Sec-WebSocket-Version': '12' }),
    'version 8': ask({ 'Sec-WebSocket-Version': '8' }),
    'two versions': ask({ 'Sec-WebSocket-Version': '13, 8' }),
    'a subprotocol that is no token': ask({ 'Sec-WebSocket-Protocol': 'foo;bar' }),
    'a body': ask({ 'Content-Length': '2' }, undefined, 'hi'),
    'a chunked body': ask({ 'Transfer-Encoding': 'chunked' }, undefined, '0\r\n\r\n'),
  }
  for (const [name, text] of Object.entries(cases)) {
    const { statuses, lines, answers } = await tell(text, ['GET'])
    t.strictSame([statuses, lines], [[400], []], name)
    t.equal(answers[0]?.headers['connection'], 'close', name)
    const wantsVersion =
      / version/.test(name) || name.startsWith('version') || name === 'two versions'
    t.equal(answers[0]?.headers['sec-websocket-version'], wantsVersion ? '13' : undefined, name)
  }
})

t.test("the upstream's refusal is the client's answer, framed anew", async (t) => {
  const cases = [
    {
      name: 'a length',
      given: 'HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno',
      want: { status: 403, framing: 'length', body: 'no' },
    },
    {
      name: 'chunks',
      given: 'HTTP/1.1 401 Who\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nn\r\n1\r\no\r\n0\r\n\r\n',
      want: { status: 401, reason: 'Who', framing: 'chunked', body: 'no' },
    },
    {
      name: 'a version that it knows',
      given: 'HTTP/1.1 426 Upgrade\r\nSec-WebSocket-Version: 7\r\nContent-Length: 0\r\n\r\n',
      want: { status: 426, headers: { 'sec-websocket-version': '7' } },
    },
    {
      name: 'no body',
      given: 'HTTP/1.1 204 No\r\n\r\n',
      want: { status: 204, framing: 'none' },
    },
    {
      name: 'a redirection',
      given: 'HTTP/1.1 302 Found\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n',
      want: { status: 302, headers: { location: '/y' } },
    },
    {
      name: 'a plain answer',
      given: 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
      want: { status: 200, body: 'ok' },
    },
    {
      name: 'fields of the connection are left out',
      given: 'HTTP/1.1 403 F\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nContent-Length: 0\r\n\r\n',
      want: { status: 403, headers: { connection: 'close', 'x-hop': undefined } },
    },
  ]
  for (const { name, given, want } of cases) {
    answer = given
    const { answers, rest, lines } = await tell(ask(), ['GET'])
    t.match(answers, [want], name)
    t.strictSame([answers.length, rest, lines], [1, '', ['GET /public/x']], name)
    t.equal(answers[0]?.headers['connection'], 'close', name)
  }
})

t.test('an agreement that is none is a failure of the upstream', async (t) => {
  const accept = 'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo='
  const switching = 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\n'
  const cases = {
    'no Upgrade': `HTTP/1.1 101 Switching\r\n${accept}\r\n\r\n`,
    'another protocol': `${switching}Upgrade: h2c\r\n${accept}\r\n\r\n`,
    'no accept': `${switching}Upgrade: websocket\r\n\r\n`,
    'a wrong accept': `${switching}Upgrade: websocket\r\n${accept.replace('s3p', 'xxx')}\r\n\r\n`,
    'two accepts': `${switching}Upgrade: websocket\r\n${accept}\r\n${accept}\r\n\r\n`,
    'two subprotocols': `${switching}Upgrade: websocket\r\n${accept}\r\nSec-WebSocket-Protocol: a\r\nSec-WebSocket-Protocol: b\r\n\r\n`,
    'a transfer coding': `${switching}Upgrade: websocket\r\n${accept}\r\nTransfer-Encoding: gzip\r\n\r\n`,
  }
  for (const [name, given] of Object.entries(cases)) {
    answer = given
    t.match(await tell(ask(), ['GET']), { statuses: [504], rest: '' }, name)
  }
})

t.test('a request after an upgrade that was refused is not served on its connection', async (t) => {
  answer = 'HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n'
  const next = 'GET /public/next HTTP/1.1\r\nHost: gate\r\n\r\n'
  const { lines, statuses } = await tell(ask() + next, ['GET', 'GET'])
  t.strictSame([statuses, lines], [[403], ['GET /public/x']])
})
