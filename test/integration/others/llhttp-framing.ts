// Requests that llhttp tests of lengths and codings (nodejs/llhttp, test/request/*.md), seen from both
// sides of the gate.
import { head, passed, refused, type RequestRow } from './row.ts'

const chunked = 'Transfer-Encoding: chunked'
const put = (...lines: readonly string[]): string => head('PUT /p HTTP/1.1', ...lines)
const post = (...lines: readonly string[]): string => head('POST /p HTTP/1.1', ...lines)
const chunks = (bytes: string): string => post(chunked) + bytes
const took = (body: string) => passed('POST /p', body)
/** The head was good and the upstream may have heard of it; whole it must not come there. */
const brokenBody = refused()

export const contentLength: readonly RequestRow[] = [
  { name: 'with zeroes', sent: `${put('Content-Length: 003')}abc`, ...passed('PUT /p', 'abc') },
  {
    name: 'with follow-up headers',
    sent: `${put('Content-Length: 003', 'Ohai: world')}abc`,
    ...passed('PUT /p', 'abc'),
    headers: { ohai: 'world' },
  },
  { name: 'overflow', sent: put('Content-Length: 1000000000000000000000'), ...refused() },
  { name: 'duplicate', sent: `${put('Content-Length: 1', 'Content-Length: 2')}ab`, ...refused() },
  {
    name: 'simultaneous with identity',
    sent: `${put('Content-Length: 1', 'Transfer-Encoding: identity')}a`,
    ...refused(),
  },
  {
    name: 'simultaneous with chunked',
    sent: `${put('Content-Length: 1', chunked)}0\r\n\r\n`,
    ...refused(),
  },
  {
    name: 'funky, with body',
    sent: `${head('GET /p HTTP/1.0', 'conTENT-Length: 5')}HELLO`,
    ...passed('GET /p', 'HELLO'),
  },
  {
    name: 'spaces around',
    sent: `${post('Content-Length:  42 ')}${'x'.repeat(42)}`,
    ...took('x'.repeat(42)),
  },
  { name: 'spaces #2', sent: `${post('Content-Length: 4 2')}xx`, ...refused() },
  { name: 'spaces #3', sent: `${post('Content-Length: 13 37')}xx`, ...refused() },
  { name: 'empty', sent: post('Content-Length:'), ...refused() },
  { name: 'CR instead of dash', sent: `${put('Content\rLength: 003')}abc`, ...refused() },
]

export const transferEncoding: readonly RequestRow[] = [
  {
    name: 'empty, with Content-Length',
    sent: `${post('Transfer-Encoding:', 'Content-Length: 5')}hello`,
    ...refused(),
  },
  {
    name: 'empty three times, with Content-Length',
    sent: `${post('Content-Length: 10', 'Transfer-Encoding:', 'Transfer-Encoding:', 'Transfer-Encoding:')}2\r\nAA\r\n0`,
    ...refused(),
  },
  { name: 'lower-case size', sent: chunks('a\r\n0123456789\r\n0\r\n\r\n'), ...took('0123456789') },
  { name: 'upper-case size', sent: chunks('A\r\n0123456789\r\n0\r\n\r\n'), ...took('0123456789') },
  {
    name: 'POST with chunked',
    sent: chunks(`1e\r\n${'b'.repeat(30)}\r\n0\r\n\r\n`),
    ...took('b'.repeat(30)),
  },
  {
    name: 'two chunks and triple zero prefixed end',
    sent: chunks('5\r\nhello\r\n6\r\n world\r\n000\r\n\r\n'),
    ...took('hello world'),
  },
  {
    name: 'trailing headers',
    sent: chunks('5\r\nhello\r\n6\r\n world\r\n0\r\nVary: *\r\nContent-Type: text/plain\r\n\r\n'),
    ...took('hello world'),
    headers: { vary: undefined, 'content-type': undefined },
  },
  {
    name: 'chunk extensions',
    sent: chunks('5;some;much=more;another=value\r\nhello\r\n6;a;b\r\n world\r\n0\r\n\r\n'),
    ...took('hello world'),
  },
  {
    name: 'no semicolon before extensions',
    sent: chunks('2 abc\r\naa\r\n0 r\r\n\r\n'),
    ...brokenBody,
  },
  { name: 'no extension after semicolon', sent: chunks('2;\r\naa\r\n0\r\n\r\n'), ...brokenBody },
  {
    name: 'extensions quoting',
    sent: chunks('5;a="I \\"love\\"; \\\\it\\\\";b="c";d;e=f\r\nhello\r\n0\r\n\r\n'),
    ...took('hello'),
  },
  {
    name: 'unbalanced extensions quoting',
    sent: chunks('5;a="b";c="d; e\r\nhello\r\n0\r\n\r\n'),
    ...brokenBody,
  },
  { name: 'pigeons', sent: put('Transfer-Encoding: pigeons'), ...refused() },
  {
    name: 'identity and Content-Length',
    sent: `${post('Transfer-Encoding: identity', 'Content-Length: 5')}World`,
    ...refused(),
  },
  {
    name: 'chunked before other codings',
    sent: `${post('Transfer-Encoding: chunked, deflate')}World`,
    ...refused(),
  },
  {
    name: 'chunked and a duplicate line',
    sent: `${post(chunked, 'Transfer-Encoding: deflate')}World`,
    ...refused(),
  },
  // llhttp takes these two, as the coding is chunked at last. The gate does not undo codings.
  {
    name: 'chunked as last coding',
    sent: `${post('Transfer-Encoding: deflate, chunked')}5\r\nWorld\r\n0\r\n\r\n`,
    ...refused(),
  },
  {
    name: 'chunked as last coding, multiple headers',
    sent: `${post('Transfer-Encoding: deflate', chunked)}5\r\nWorld\r\n0\r\n\r\n`,
    ...refused(),
  },
  {
    name: 'chunkedchunked',
    sent: `${post('Transfer-Encoding: chunkedchunked')}5\r\nWorld\r\n0\r\n\r\n`,
    ...refused(),
  },
  { name: 'missing last-chunk', sent: chunks('3\r\nfoo\r\n\r\n'), ...brokenBody },
  { name: 'validate chunk parameters', sent: chunks('3 \n  \r\nfoo\r\n\r\n'), ...brokenBody },
  {
    name: 'invalid fold after chunked value',
    sent: `${post('Transfer-Encoding: chunked\r\n  abc')}5\r\nWorld\r\n0\r\n\r\n`,
    ...refused(),
  },
  {
    name: 'chunk header not terminated by CRLF',
    sent: `${post(chunked)}5\r\r;ABCD\r\n34\r\nE\r\n0\r\n\r\n${head('GET /evil HTTP/1.1')}`,
    ...brokenBody,
  },
  { name: 'chunk data not terminated by CRLF', sent: chunks('5\r\nABCDE0\r\n\r\n'), ...brokenBody },
  {
    name: 'space after chunk header',
    sent: chunks('a \r\n0123456789\r\n0\r\n\r\n'),
    ...brokenBody,
  },
]
