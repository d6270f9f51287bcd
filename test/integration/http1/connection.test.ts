// What belongs to one connection and what to the message: Connection, TE, Trailer, Upgrade, Via and
// Max-Forwards. RFC 9110 §7.6, §7.8, §9.3.7 and §10.1.4.
import t from 'tap'
import { headerValues } from '../../helpers/strict-request.ts'
import { startStrictGate } from './strict-gate.ts'

let answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const { tell } = await startStrictGate(t, () => answer)

const ask = (lines: readonly string[], method = 'GET'): string =>
  [`${method} /public/x HTTP/1.1`, 'Host: gate', ...lines, '', ''].join('\r\n')

t.test('fields of the connection do not go on (RFC 9110 §7.6.1)', async (t) => {
  const cases = [
    { name: 'the usual ones', lines: ['Connection: close', 'Keep-Alive: timeout=5'] },
    { name: 'a field of its own', lines: ['Connection: close, X-Hop', 'X-Hop: 1'] },
    { name: 'in another case', lines: ['Connection: CLOSE,x-hop', 'X-HOP: 1', 'x-Hop: 2'] },
    { name: 'on two lines', lines: ['Connection: X-Hop', 'X-Hop: 1', 'connection: close'] },
    { name: 'with empty members', lines: ['Connection: ,, close ,\t, X-Hop ,', 'X-Hop: 1'] },
    { name: 'TE', lines: ['Connection: close, TE', 'TE: trailers, deflate;q=0.5'] },
    { name: 'TE alone', lines: ['TE: trailers', 'Connection: close'] },
    { name: 'Trailer', lines: ['Trailer: X-Sum', 'Connection: close'] },
    { name: 'Proxy-Connection', lines: ['Proxy-Connection: keep-alive', 'Connection: close'] },
    {
      name: 'Proxy-Authorization',
      lines: ['Proxy-Authorization: Basic eA==', 'Connection: close'],
    },
    { name: 'Upgrade', lines: ['Connection: close, Upgrade', 'Upgrade: TLS/1.0, h2c'] },
    { name: 'Upgrade alone', lines: ['Upgrade: foo/2', 'Connection: close'] },
    {
      name: 'h2c',
      lines: [
        'Connection: close, Upgrade, HTTP2-Settings',
        'Upgrade: h2c',
        'HTTP2-Settings: AAMAAABk',
      ],
    },
  ]
  const hop = /^(?:keep-alive|x-hop|te|trailer|proxy-.*|upgrade|http2-settings)$/i
  for (const { name, lines } of cases) {
    const { statuses, requests } = await tell(ask([...lines, 'X-End: 1']))
    t.strictSame(statuses, [200], name)
    const [request] = requests
    t.strictSame(
      request?.headers.filter(([each]) => hop.test(each)),
      [],
      name,
    )
    t.strictSame(headerValues(request!, 'connection'), ['keep-alive'], name)
    t.strictSame(headerValues(request!, 'x-end'), ['1'], name)
  }
})

t.test('nor do those of the answer', async (t) => {
  const lines = [
    'Connection: keep-alive, X-Hop, set-cookie',
    'Keep-Alive: timeout=9, max=2',
    'X-Hop: 1',
    'Set-Cookie: a=b',
    'Proxy-Authenticate: Basic',
    'Proxy-Connection: keep-alive',
    'TE: trailers',
    'Trailer: X-Sum',
    'Upgrade: h2c',
    'X-End: 1',
  ]
  answer = `HTTP/1.1 200 OK\r\nDate: D\r\n${lines.join('\r\n')}\r\nContent-Length: 2\r\n\r\nok`
  const { answers } = await tell(ask(['Connection: close']))
  t.strictSame(answers[0]?.headers, {
    date: 'D',
    'x-end': '1',
    'content-length': '2',
    connection: 'close',
  })
})

t.test('Via passes both ways, and the gate adds none (§7.6.3)', async (t) => {
  answer = 'HTTP/1.1 200 OK\r\nVia: 1.1 theirs\r\nContent-Length: 2\r\n\r\nok'
  const { requests, answers } = await tell(
    ask(['Via: 1.0 fred, 1.1 p.example', 'Connection: close', 'Via: 1.1 q']),
  )
  t.strictSame(headerValues(requests[0]!, 'via'), ['1.0 fred, 1.1 p.example', '1.1 q'])
  t.equal(answers[0]?.headers['via'], '1.1 theirs')
  answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
  const none = await tell(ask(['Connection: close']))
  t.strictSame(headerValues(none.requests[0]!, 'via'), [])
  t.equal(none.answers[0]?.headers['via'], undefined)
})

t.test(
  'Max-Forwards is counted down for OPTIONS, and ends with the gate at 0 (§7.6.2)',
  async (t) => {
    const cases = [
      { method: 'OPTIONS', given: '2', want: ['1'] },
      { method: 'OPTIONS', given: '1', want: ['0'] },
      { method: 'OPTIONS', given: 'many', want: ['many'] },
      { method: 'GET', given: '0', want: ['0'] },
      { method: 'POST', given: '5', want: ['5'] },
    ]
    for (const { method, given, want } of cases) {
      const lines = [`Max-Forwards: ${given}`, 'Connection: close']
      const { requests } = await tell(ask(lines, method))
      t.strictSame(headerValues(requests[0]!, 'max-forwards'), want, `${method} ${given}`)
    }
    const last = await tell(ask(['Max-Forwards: 0', 'Connection: close'], 'OPTIONS'))
    t.match(last, { statuses: [200], lines: [], answers: [{ framing: 'length', body: '' }] })
    // It is answered as the last recipient only where it was let in.
    const refused = ask(['Max-Forwards: 0', 'Connection: close'], 'OPTIONS')
    t.match(await tell(refused.replace('/public/x', '/protected')), { statuses: [401], lines: [] })
  },
)

t.test('an upgrade that is not a WebSocket is not taken up (§7.8)', async (t) => {
  const upgrade = ['Connection: Upgrade, close', 'Upgrade: h2c']
  const withBody = [
    'POST /public/x HTTP/1.1',
    'Host: gate',
    ...upgrade,
    'Content-Length: 2',
    '',
    'hi',
  ]
  t.match(await tell(withBody.join('\r\n')), {
    statuses: [200],
    requests: [{ method: 'POST', framing: 'length', body: 'hi' }],
  })
  const chunked = withBody.join('\r\n').replace('Content-Length: 2', 'Transfer-Encoding: chunked')
  t.match(await tell(`${chunked.slice(0, -2)}2\r\nhi\r\n0\r\n\r\n`), {
    statuses: [200],
    requests: [{ method: 'POST', framing: 'chunked', body: 'hi' }],
  })
})

t.test('an upgrade of the upstream that nobody asked for is a failure', async (t) => {
  answer = 'HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n'
  t.match(await tell(ask(['Connection: close'])), { statuses: [504] })
})
