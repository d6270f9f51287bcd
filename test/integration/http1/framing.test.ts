// Where a message ends: RFC 9112 §6 and §7. What the client framed, the upstream gets framed anew.
import t from 'tap'
import { startStrictGate } from './strict-gate.ts'

const { tell } = await startStrictGate(t)

const ask = (lines: readonly string[], body = '', method = 'POST'): string =>
  [`${method} /public/x HTTP/1.1`, 'Host: gate', 'Connection: close', ...lines, '', body].join(
    '\r\n',
  )

const length = 'Content-Length: 2'
const chunked = 'Transfer-Encoding: chunked'

t.test('a body arrives as it is, framed in one way', async (t) => {
  const all = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join('')
  const cases = [
    { name: 'a length', given: ask([length], 'hi'), want: { framing: 'length', body: 'hi' } },
    {
      name: 'a length with zeros before it',
      given: ask(['Content-Length: 0002'], 'hi'),
      want: { framing: 'length', body: 'hi' },
    },
    {
      name: 'bytes of all values',
      given: ask(['Content-Length: 256'], all),
      want: { framing: 'length', body: all },
    },
    {
      name: 'chunks',
      given: ask([chunked], '1\r\nh\r\n1\r\ni\r\n0\r\n\r\n'),
      want: { framing: 'chunked', body: 'hi' },
    },
    {
      name: 'a chunk of all values',
      given: ask([chunked], `100\r\n${all}\r\n0\r\n\r\n`),
      want: { framing: 'chunked', body: all },
    },
    {
      name: 'the coding in another case (§7)',
      given: ask(['transfer-ENCODING: Chunked'], '2\r\nhi\r\n0\r\n\r\n'),
      want: { framing: 'chunked', body: 'hi' },
    },
    {
      name: 'sizes in both cases, with zeros before them',
      given: ask([chunked], `00A\r\n${'a'.repeat(10)}\r\n0b\r\n${'b'.repeat(11)}\r\n00\r\n\r\n`),
      want: { framing: 'chunked', body: 'a'.repeat(10) + 'b'.repeat(11) },
    },
    {
      name: 'extensions, which are dropped (§7.1.1)',
      given: ask([chunked], '2;a;b=c;d="e;f\\"g"\r\nhi\r\n0;x=y\r\n\r\n'),
      want: { framing: 'chunked', body: 'hi' },
    },
    {
      name: 'trailers, which are dropped (§7.1.2)',
      given: ask(
        [chunked, 'Trailer: X-Sum'],
        '2\r\nhi\r\n0\r\nX-Sum: 1\r\nX-Claim-Sub: admin\r\n\r\n',
      ),
      want: { framing: 'chunked', body: 'hi' },
    },
  ]
  for (const { name, given, want } of cases) {
    const { statuses, requests } = await tell(given)
    t.match({ statuses, requests }, { statuses: [200], requests: [want] }, name)
    t.notMatch(JSON.stringify(requests[0]?.headers), /x-sum|admin|trailer/i, name)
  }
})

t.test('no body is said so where a body is expected (RFC 9110 §8.6)', async (t) => {
  const cases = [
    { given: ask([], '', 'GET'), want: 'none' },
    { given: ask([], '', 'HEAD'), want: 'none' },
    { given: ask([], '', 'OPTIONS'), want: 'none' },
    { given: ask(['Content-Length: 0'], '', 'GET'), want: 'none' },
    { given: ask([], '', 'POST'), want: 'length' },
    { given: ask([], '', 'PUT'), want: 'length' },
    { given: ask([], '', 'PATCH'), want: 'length' },
    { given: ask(['Content-Length: 0'], '', 'POST'), want: 'length' },
  ]
  for (const { given, want } of cases) {
    const { requests } = await tell(given)
    t.match(requests, [{ framing: want, body: '' }], given.slice(0, 90))
  }
})

t.test('every method may have a body, in every framing (RFC 9110 §9.3)', async (t) => {
  for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
    const known = await tell(ask([length], 'hi', method))
    t.match(known.requests, [{ method, framing: 'length', body: 'hi' }], method)
    const unknown = await tell(ask([chunked], '2\r\nhi\r\n0\r\n\r\n', method))
    t.match(unknown.requests, [{ method, framing: 'chunked', body: 'hi' }], method)
    const empty = await tell(ask([chunked], '0\r\n\r\n', method))
    t.match(empty.requests, [{ method, body: '' }], method)
  }
})

t.test('two framings, or one that is none, are a 400 and the end (§6.1, §6.3)', async (t) => {
  const cases = [
    ask([length, chunked], '2\r\nhi\r\n0\r\n\r\n'),
    ask([chunked, length], '2\r\nhi\r\n0\r\n\r\n'),
    ask([length, length], 'hi'),
    ask([length, 'Content-Length: 3'], 'hi'),
    ask(['Content-Length: 2, 2'], 'hi'),
    ask(['Content-Length: '], 'hi'),
    ask(['Content-Length: two'], 'hi'),
    ask(['Content-Length: 2.0'], 'hi'),
    ask(['Content-Length: 1e0'], 'hi'),
    ask(['Content-Length: 0x2'], 'hi'),
    ask(['Content-Length: +2'], 'hi'),
    ask(['Content-Length: 9007199254740993'], 'hi'),
    ask([chunked, chunked], '2\r\nhi\r\n0\r\n\r\n'),
    ask(['Transfer-Encoding: gzip, chunked'], '2\r\nhi\r\n0\r\n\r\n'),
    ask(['Transfer-Encoding: chunked, gzip'], '2\r\nhi\r\n0\r\n\r\n'),
    ask(['Transfer-Encoding: gzip'], 'hi'),
    ask(['Transfer-Encoding: identity'], 'hi'),
    ask(['Transfer-Encoding:'], 'hi'),
    ask(['Transfer-Encoding: chunked;a=b'], '2\r\nhi\r\n0\r\n\r\n'),
    ask([chunked], '2\r\nhi\r\n0\r\n\r\n').replace('HTTP/1.1', 'HTTP/1.0'),
  ]
  for (const given of cases) {
    const { statuses, lines, answers, rest } = await tell(given)
    t.strictSame([statuses, lines, rest], [[400], [], ''], given.slice(26, 110))
    t.equal(answers[0]?.headers['connection'], 'close')
  }
})

t.test(
  'a chunk that is none ends the request, and the upstream sees no end of it (§7.1)',
  async (t) => {
    const first = '2\r\nhi\r\n'
    const bad = [
      'x\r\n',
      '-1\r\n',
      '0x2\r\nhi\r\n',
      '2 \r\nhi\r\n',
      ' 2\r\nhi\r\n',
      '\r\n',
      '2\nhi\r\n',
      '2\r\nhi\n',
      '2\r\nhiX\r\n',
      ';a=b\r\n',
      `2;${'x'.repeat(20_000)}\r\nhi\r\n`,
      '1ffffffffffffffff\r\n',
      '2;a\0b\r\nhi\r\n',
      '2;a\x01=b\r\nhi\r\n',
    ]
    for (const chunk of bad) {
      const { statuses, lines } = await tell(ask([chunked], `${first}${chunk}0\r\n\r\n`))
      t.strictSame([statuses, lines], [[400], []], JSON.stringify(chunk.slice(0, 20)))
    }
  },
)
