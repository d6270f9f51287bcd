// Where an answer ends, and what becomes of what comes after it: RFC 9112 §6.3, RFC 9110 §6.4.1, §8.6
// and §15.
import t from 'tap'
import { startStrictGate } from './strict-gate.ts'

/** By target; what is not here is `honest`. */
let given: Readonly<Record<string, string>> = {}
const honest = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nhonest'
const { tell } = await startStrictGate(t, ({ target }, socket) => {
  const bytes = given[target] ?? honest
  if (!bytes.includes('<END>')) return bytes
  socket.end(bytes.replace('<END>', ''), 'latin1')
  return undefined
})

const ask = (method = 'GET', target = '/public/x', lines: readonly string[] = []): string =>
  [`${method} ${target} HTTP/1.1`, 'Host: gate', ...lines, '', ''].join('\r\n')
const last = ask('GET', '/public/next', ['Connection: close'])

/** The answer to a request, and that to the next one on the same connection. */
const both = async (bytes: string, method = 'GET') => {
  given = { '/public/x': bytes }
  const { answers, rest } = await tell(ask(method) + last)
  return { first: answers[0], second: answers[1]?.body, rest }
}

t.test('an answer arrives as it was framed, or framed anew', async (t) => {
  const cases = [
    { name: 'a length', given: honest, want: { framing: 'length', body: 'honest' } },
    {
      name: 'a length of 0',
      given: 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
      want: { framing: 'length', body: '' },
    },
    {
      name: 'chunks',
      given:
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhon\r\n3\r\nest\r\n0\r\n\r\n',
      want: { framing: 'chunked', body: 'honest' },
    },
    {
      name: 'chunks with extensions and trailers, which are dropped',
      given:
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n' +
        '6;a="b"\r\nhonest\r\n0;c\r\nX-Sum: 1\r\nX-Late: 2\r\n\r\n',
      want: { framing: 'chunked', body: 'honest' },
    },
    {
      name: 'the end of the connection',
      given: 'HTTP/1.1 200 OK\r\n\r\nhonest<END>',
      want: { framing: 'chunked', body: 'honest' },
    },
    {
      name: 'the end of the connection, HTTP/1.0',
      given: 'HTTP/1.0 200 OK\r\n\r\nhonest<END>',
      want: { framing: 'chunked', body: 'honest' },
    },
    {
      name: 'a length, HTTP/1.0 with keep-alive',
      given: 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 6\r\n\r\nhonest',
      want: { framing: 'length', body: 'honest' },
    },
    {
      name: 'a length that Connection names, which the client then need not see',
      given: 'HTTP/1.1 200 OK\r\nConnection: content-length\r\nContent-Length: 6\r\n\r\nhonest',
      want: { framing: 'chunked', body: 'honest' },
    },
    {
      name: 'bytes of all kinds',
      given: 'HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n\0\r\n\r\n\xff\x80',
      want: { framing: 'length', body: '\0\r\n\r\n\xff\x80' },
    },
  ]
  for (const { name, given: bytes, want } of cases) {
    const { first, second, rest } = await both(bytes)
    t.match(first, { status: 200, ...want }, name)
    t.notMatch(JSON.stringify(first?.headers), /x-sum|x-late|trailer/i, name)
    t.strictSame([second, rest], ['honest', ''], `${name}: the next one is its own`)
  }
})

t.test('an answer without a body has none, whatever it says (RFC 9110 §6.4.1)', async (t) => {
  const length = 'Content-Length: 6\r\n'
  const cases = [
    { name: 'HEAD', method: 'HEAD', given: `HTTP/1.1 200 OK\r\n${length}\r\n`, length: '6' },
    { name: 'HEAD without a length', method: 'HEAD', given: 'HTTP/1.1 200 OK\r\n\r\n' },
    {
      name: 'HEAD, said to be chunked',
      method: 'HEAD',
      given: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n',
    },
    {
      name: 'HEAD with a body',
      method: 'HEAD',
      given: `HTTP/1.1 200 OK\r\n${length}\r\nhonest`,
      length: '6',
    },
    {
      name: 'HEAD of an error',
      method: 'HEAD',
      given: `HTTP/1.1 404 No\r\n${length}\r\n`,
      length: '6',
    },
    { name: '204', given: 'HTTP/1.1 204 No Content\r\n\r\n' },
    { name: '204 with a length (§8.6)', given: `HTTP/1.1 204 No Content\r\n${length}\r\n` },
    { name: '204 with a body', given: `HTTP/1.1 204 No Content\r\n${length}\r\nhonest` },
    {
      name: '204 with chunks',
      given: 'HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    },
    { name: '304', given: 'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n' },
    {
      name: '304 with a length (§8.6)',
      given: `HTTP/1.1 304 Not Modified\r\n${length}\r\n`,
      length: '6',
    },
    {
      name: '304 with a body',
      given: `HTTP/1.1 304 Not Modified\r\n${length}\r\nhonest`,
      length: '6',
    },
    { name: '304 to HEAD', method: 'HEAD', given: 'HTTP/1.1 304 Not Modified\r\n\r\n' },
  ]
  for (const { name, method, given: bytes, length: want } of cases) {
    const { first, second, rest } = await both(bytes, method)
    t.match(first, { framing: 'none', body: '' }, name)
    t.equal(first?.headers['content-length'], want, name)
    t.equal(first?.headers['transfer-encoding'], undefined, name)
    t.strictSame([second, rest], ['honest', ''], `${name}: the next one is its own`)
  }
})

t.test('205 is framed like any other: it has a length (§15.3.6)', async (t) => {
  const { first, second } = await both('HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n')
  t.match(first, { status: 205, framing: 'length', body: '' })
  t.equal(second, 'honest')
})

t.test('what comes after an answer is nobody’s answer', async (t) => {
  const evil = 'HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil'
  const cases = {
    'another answer': `${honest}${evil}`,
    'the beginning of one': `${honest}HTTP/1.1 200 OK\r\nX-Evil: `,
    'bytes of no kind': `${honest}evil`,
    'an answer after 204': `HTTP/1.1 204 No Content\r\n\r\n${evil}`,
    'an answer after 304': `HTTP/1.1 304 Not Modified\r\n\r\n${evil}`,
    'an answer after the last chunk': `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${evil}`,
  }
  for (const [name, bytes] of Object.entries(cases)) {
    const { second, rest } = await both(bytes)
    t.strictSame([second, rest], ['honest', ''], name)
  }
})

t.test(
  'an answer that cannot be framed is a failure, and then nothing of it is sent',
  async (t) => {
    const broken = [
      'Content-Length: 6\r\nContent-Length: 7\r\n\r\nhonest',
      'Content-Length: 6\r\nContent-Length: 6\r\n\r\nhonest',
      'Content-Length: 6, 6\r\n\r\nhonest',
      'Content-Length: six\r\n\r\nhonest',
      'Content-Length: -6\r\n\r\nhonest',
      'Content-Length: +6\r\n\r\nhonest',
      'Content-Length: 0x6\r\n\r\nhonest',
      'Content-Length:\r\n\r\nhonest',
      'Content-Length: 99999999999999999999\r\n\r\nhonest',
      'Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nhonest\r\n0\r\n\r\n',
      'Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n6\r\nhonest\r\n0\r\n\r\n',
      'Transfer-Encoding: gzip\r\n\r\nhonest<END>',
      'Transfer-Encoding: gzip, chunked\r\n\r\n6\r\nhonest\r\n0\r\n\r\n',
      'Transfer-Encoding: chunked, gzip\r\n\r\nhonest<END>',
      'Transfer-Encoding:\r\nContent-Length: 6\r\n\r\nhonest',
      'Transfer-Encoding : chunked\r\n\r\n6\r\nhonest\r\n0\r\n\r\n',
    ]
    for (const rest of broken) {
      const { first, second } = await both(`HTTP/1.1 200 OK\r\n${rest}`)
      t.match(first, { status: 504 }, rest.slice(0, 60))
      t.notMatch(first?.body, 'honest', rest.slice(0, 60))
      t.equal(second, 'honest', rest.slice(0, 60))
    }
  },
)

t.test('a body that breaks off its framing is broken off, too', async (t) => {
  const broken = [
    'Transfer-Encoding: chunked\r\n\r\n2\r\nhozz\r\n',
    'Transfer-Encoding: chunked\r\n\r\n2\nho\r\n0\r\n\r\n',
    'Transfer-Encoding: chunked\r\n\r\n2 \r\nho\r\n0\r\n\r\n',
    'Transfer-Encoding: chunked\r\n\r\n2;\r\nho\r\n0\r\n\r\n',
    'Transfer-Encoding: chunked\r\n\r\n2;a="b\r\nho\r\n0\r\n\r\n',
    'Transfer-Encoding: chunked\r\n\r\n2\r\nho\r\n<END>',
    'Content-Length: 6\r\n\r\nhon<END>',
    'Connection: close, Content-Length\r\nContent-Length: 6\r\n\r\nhon<END>',
  ]
  for (const rest of broken) {
    given = { '/public/x': `HTTP/1.1 200 OK\r\n${rest}` }
    const told = await tell(ask() + last)
    t.strictSame(told.answers, [], `${rest.slice(0, 50)}: no whole answer`)
    t.match(told.rest, /^HTTP\/1\.1 200 OK\r\n/, rest.slice(0, 50))
    t.strictSame(told.lines, ['GET /public/x'], 'and nothing after it')
  }
})
