// Header fields on their way through, both ways: RFC 9110 §5, RFC 9112 §5.
import t from 'tap'
import { headerValues } from '../../helpers/strict-request.ts'
import { startStrictGate } from './strict-gate.ts'

let answer = ''
const { tell } = await startStrictGate(t, () => answer)

const plain = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const get = (lines: readonly string[]): string =>
  ['GET /public/x HTTP/1.1', 'Host: gate', 'Connection: close', ...lines, '', ''].join('\r\n')

/** The client's own lines among those that arrived. */
const own = (headers: readonly (readonly [string, string])[]): readonly string[] =>
  headers
    .filter(([name]) => !/^(?:host|connection|x-forwarded-.*|x-request-id)$/i.test(name))
    .map(([name, value]) => `${name}: ${value}`)

t.test('a request keeps the spelling, the order and the number of its lines (§5.3)', async (t) => {
  answer = plain
  const lines = [
    'aCCept: text/html, */*;q=0.1',
    'X-List: a',
    'Cookie: a=1',
    'x-list: b, ,c',
    'Cookie: b=2',
    'X-Empty: ',
    'X-Text: caf\xe9 \x80\xff',
    'X-Inner: a \t b',
    "!#$%&'*+-.^_`|~0: odd name",
    'Set-Cookie: a=b',
    '__proto__: x',
    'constructor: y',
  ]
  const { statuses, requests } = await tell(get(lines))
  t.strictSame(statuses, [200])
  t.strictSame(own(requests[0]!.headers), lines)
})

t.test('blanks around a value are no part of it (RFC 9112 §5.1)', async (t) => {
  answer = plain
  const { requests } = await tell(get(['X-A:a', 'X-B: \t b \t ', 'X-C:', 'X-D:\t']))
  t.strictSame(own(requests[0]!.headers), ['X-A: a', 'X-B: b', 'X-C: ', 'X-D: '])
})

t.test('a line that is none refuses the request', async (t) => {
  const bad = {
    'a blank before the colon (RFC 9112 §5.1)': 'X : a',
    'a tab before the colon': 'X\t: a',
    'a blank in the name': 'X y: a',
    'an empty name': ': a',
    'no colon': 'X',
    'a name in brackets': 'X(y): a',
    'a name beyond ASCII': 'X\xe9: a',
    'a NUL in the value (RFC 9110 §5.5)': 'X: a\0b',
    'a control in the value': 'X: a\x01b',
    'DEL in the value': 'X: a\x7fb',
    'a bare CR in the value (RFC 9112 §2.2)': 'X: a\rb',
    'a bare LF in the value': 'X: a\nY: b',
    'a fold by a blank (RFC 9112 §5.2)': 'X: a\r\n b',
    'a fold by a tab': 'X: a\r\n\tb',
    'an empty fold': 'X: a\r\n ',
  }
  for (const [name, line] of Object.entries(bad)) {
    const { statuses, lines } = await tell(get([line]))
    t.strictSame([statuses, lines], [[400], []], name)
  }
})

t.test('an answer keeps its lines, too', async (t) => {
  const lines = [
    'dATE: today',
    'Set-Cookie: a=1; Path=/',
    'X-Text: caf\xe9 \xff',
    'set-cookie: b=2',
    'X-Empty: ',
    'WWW-Authenticate: Basic realm="a, b"',
    'WWW-Authenticate: Bearer',
    'Server: theirs',
    'Content-Length: 2',
  ]
  answer = `HTTP/1.1 200 OK\r\n${lines.join('\r\n')}\r\n\r\nok`
  const { answers } = await tell(get([]))
  t.strictSame(answers, [
    {
      status: 200,
      reason: 'OK',
      headers: {
        date: 'today',
        'set-cookie': 'a=1; Path=/\nb=2',
        'x-text': 'caf\xe9 \xff',
        'x-empty': '',
        'www-authenticate': 'Basic realm="a, b"\nBearer',
        server: 'theirs',
        'content-length': '2',
        connection: 'close',
      },
      framing: 'length',
      body: 'ok',
    },
  ])
})

t.test('a recipient with a clock dates an answer that has no date (RFC 9110 §6.6.1)', async (t) => {
  answer = plain
  const { answers } = await tell(get([]))
  t.match(answers[0]?.headers['date'], /^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/)
})

t.test('a line of the answer that is none is a failure of the upstream', async (t) => {
  const bad = {
    // §5.1 would have the blank removed, §5.2 the fold replaced; both allow to answer 502 instead.
    'a blank before the colon': 'X : a',
    'a fold': 'X: a\r\n b',
    'an empty name': ': a',
    'no colon': 'X',
    'a bare CR': 'X: a\rb',
    'a bare LF': 'X: a\nSet-Cookie: b',
    'a NUL': 'X: a\0b',
    'a control': 'X: a\x1bb',
  }
  for (const [name, line] of Object.entries(bad)) {
    answer = `HTTP/1.1 200 OK\r\n${line}\r\nContent-Length: 2\r\n\r\nok`
    const { statuses, answers } = await tell(get([]))
    t.strictSame(statuses, [504], name)
    t.notMatch(answers[0]?.headers, { 'set-cookie': 'b' }, name)
  }
})

t.test('a hundred lines of one name stay a hundred', async (t) => {
  answer = plain
  const { requests } = await tell(get(Array.from({ length: 100 }, (_, index) => `X-A: ${index}`)))
  t.strictSame(
    headerValues(requests[0]!, 'x-a'),
    Array.from({ length: 100 }, (_, index) => String(index)),
  )
})
