// Answers that llhttp tests (nodejs/llhttp, test/response/*.md), from an upstream to a client.
import { type AnswerRow } from './row.ts'

const ok = (...lines: readonly string[]): string =>
  ['HTTP/1.1 200 OK', ...lines, '', ''].join('\r\n')
const chunked = 'Transfer-Encoding: chunked'
/** API Gateway's answer for an integration that says nothing of use. */
const bad = { statuses: [504] } as const
const whole = (body: string, status = 200) => ({ statuses: [status], body })
const status = (line: string, ...lines: readonly string[]): string =>
  [line, 'Content-Length: 2', ...lines, '', 'hi'].join('\r\n')

const samples: readonly AnswerRow[] = [
  {
    name: 'simple response',
    answered: ok('Header1: Value1', 'Header2:\t Value2', 'Content-Length: 0'),
    ...whole(''),
    headers: { header1: 'Value1', header2: 'Value2' },
  },
  // Taken by undici's llhttp as well; the client gets HTTP.
  { name: 'RTSP response', answered: status('RTSP/1.1 200 OK'), ...whole('hi') },
  { name: 'ICE response', answered: status('ICE/1.1 200 OK'), ...whole('hi') },
  { name: 'invalid response start', answered: status('HTTPER/1.1 200 OK'), ...bad },
  { name: 'empty body', answered: ok(), ends: true, ...whole('') },
  {
    name: 'Google 301',
    answered:
      'HTTP/1.1 301 Moved Permanently\r\nX-$PrototypeBI-Version: 1.6\r\nContent-Length:  5  \r\n\r\n<br/>',
    ...whole('<br/>', 301),
    headers: { 'x-$prototypebi-version': '1.6' },
  },
  {
    name: 'amazon.com',
    answered: `HTTP/1.1 301 MovedPermanently\r\np3p: policyref="http://a/p3p.xml",CP="CAO DSP"\r\n${chunked}\r\n\r\n1\r\n\n\r\n0\r\n\r\n`,
    ...whole('\n', 301),
  },
  {
    name: 'no headers and no body',
    answered: 'HTTP/1.1 404 Not Found\r\n\r\n',
    ends: true,
    ...whole('', 404),
  },
  { name: 'no reason phrase', answered: status('HTTP/1.1 301'), ...whole('hi', 301) },
  { name: 'empty reason phrase after space', answered: status('HTTP/1.1 200 '), ...whole('hi') },
  {
    name: 'no carriage ret',
    answered: 'HTTP/1.1 200 OK\nContent-Type: text/html\nConnection: close\n\nthese headers',
    ends: true,
    ...bad,
  },
  {
    name: 'underscore in header key',
    answered: ok('DCLK_imp: v7;x;1;0-0', 'Content-Length: 0'),
    ...whole(''),
    headers: { dclk_imp: 'v7;x;1;0-0' },
  },
  {
    name: 'bonjourmadame.fr',
    answered:
      'HTTP/1.0 301 Moved Permanently\r\nPragma: \r\nLocation: http://b.example/\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n',
    ...whole('', 301),
    headers: { pragma: '', location: 'http://b.example/' },
  },
  {
    name: 'spaces in header value',
    answered:
      ok('.et-Cookie: a=1; path=/', '_onnection: Keep-Alive', chunked, 'Connection: close') +
      '0\r\n\r\n',
    ends: true,
    ...whole(''),
    headers: { '.et-cookie': 'a=1; path=/' },
  },
]

const transferEncoding: readonly AnswerRow[] = [
  {
    name: 'empty, with Content-Length',
    answered: `${ok('Transfer-Encoding:', 'Content-Length: 5')}hello`,
    ...bad,
  },
  {
    name: 'trailing space on chunked body',
    answered: `${ok(chunked)}2  \r\nhi\r\n0  \r\n\r\n`,
    statuses: 'broken',
  },
  {
    name: 'chunked before other coding',
    answered: `${ok('Transfer-Encoding: chunked, deflate')}World`,
    ends: true,
    ...bad,
  },
  // Read until the end of the connection, as RFC 9112 §6.3 has it.
  {
    name: 'chunked is not the last of several',
    answered: `${ok(chunked, 'Transfer-Encoding: identity')}World`,
    ends: true,
    ...whole('World'),
  },
  {
    name: 'chunkedchunked',
    answered: `${ok('Transfer-Encoding: chunkedchunked')}2\r\nOK\r\n0\r\n\r\n`,
    ends: true,
    ...bad,
  },
  {
    name: 'chunk extensions',
    answered: `${ok(chunked)}5;some;much=more\r\nhello\r\n6;a;b\r\n world\r\n0\r\n\r\n`,
    ...whole('hello world'),
  },
  {
    name: 'no semicolon before extensions',
    answered: `${ok(chunked)}2 abc\r\naa\r\n0 r\r\n\r\n`,
    statuses: 'broken',
  },
  {
    name: 'no extension after semicolon',
    answered: `${ok(chunked)}2;\r\naa\r\n0\r\n\r\n`,
    statuses: 'broken',
  },
  {
    name: 'extensions quoting',
    answered: `${ok(chunked)}5;a="I love; it";b="c";d;e=f\r\nhello\r\n0\r\n\r\n`,
    ...whole('hello'),
  },
  {
    name: 'unbalanced quoting',
    answered: `${ok(chunked)}5;a="b";c="d; e\r\nhello\r\n0\r\n\r\n`,
    statuses: 'broken',
  },
  {
    name: 'fold after chunked value',
    answered: `${ok(`${chunked}\r\n  abc`)}5\r\nWorld\r\n0\r\n\r\n`,
    ends: true,
    ...bad,
  },
]

const upgrade = ['Connection: upgrade', 'Upgrade: h2c'] as const

const connection: readonly AnswerRow[] = [
  {
    name: 'Proxy-Connection',
    answered: `${ok('Content-Length: 11', 'Proxy-Connection: close')}hello world`,
    ...whole('hello world'),
    headers: { 'proxy-connection': undefined },
  },
  {
    name: '1.0 with keep-alive, ended by EOF',
    answered: 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nHTTP/1.0 200 OK',
    ends: true,
    ...whole('HTTP/1.0 200 OK'),
  },
  {
    name: '1.0 with keep-alive and 204',
    answered: 'HTTP/1.0 204 No content\r\nConnection: keep-alive\r\n\r\nHTTP/1.0 200 OK',
    ends: true,
    ...whole('', 204),
  },
  {
    name: '1.1 ended by EOF',
    answered: `${ok()}HTTP/1.1 200 OK`,
    ends: true,
    ...whole('HTTP/1.1 200 OK'),
  },
  {
    name: '1.1 with 204 and more',
    answered: 'HTTP/1.1 204 No content\r\n\r\nHTTP/1.1 200 OK',
    ends: true,
    ...whole('', 204),
  },
  {
    name: '204 with keep-alive off, and more',
    answered: 'HTTP/1.1 204 No content\r\nConnection: close\r\n\r\nHTTP/1.1 200 OK',
    ends: true,
    ...whole('', 204),
  },
  {
    name: 'keep-alive off, and more than the length',
    answered: `${ok('Content-Length: 5', 'Connection: close')}2ad731e3-4dcd`,
    ends: true,
    ...whole('2ad73'),
  },
  {
    name: '101 with Content-Length',
    answered: `HTTP/1.1 101 Switching Protocols\r\n${upgrade.join('\r\n')}\r\nContent-Length: 4\r\n\r\nbodyproto`,
    ...bad,
  },
  {
    name: '101 with Transfer-Encoding',
    answered: `HTTP/1.1 101 Switching Protocols\r\n${upgrade.join('\r\n')}\r\n${chunked}\r\n\r\n2\r\nbo\r\n0\r\n\r\nproto`,
    ...bad,
  },
  {
    name: '200 with Upgrade',
    answered: `${ok(...upgrade)}body`,
    ends: true,
    ...whole('body'),
    headers: { upgrade: undefined },
  },
  {
    name: '200 with Upgrade and a length',
    answered: `${ok(...upgrade, 'Content-Length: 4')}body`,
    ...whole('body'),
  },
  {
    name: '200 with Upgrade and chunks',
    answered: `${ok(...upgrade, chunked)}2\r\nbo\r\n2\r\ndy\r\n0\r\n\r\n`,
    ...whole('body'),
  },
]

const invalid: readonly AnswerRow[] = [
  ...[
    'HTP/1.1 200 OK',
    'HTTP/01.1 200 OK',
    'HTTP/11.1 200 OK',
    'HTTP/1.01 200 OK',
    'HTTP/1.1\t200 OK',
    '\rHTTP/1.1\t200 OK',
    'HTTP/5.6 200 OK',
    'HTTP/1.1  200 OK',
    'HTTP/1.1 2 OK',
  ].map((line) => ({ name: JSON.stringify(line), answered: status(line), ...bad })),
  {
    name: 'headers separated by CR',
    answered: status('HTTP/1.1 200 OK', 'Foo: 1\rBar: 2'),
    ...bad,
  },
  {
    name: 'space after start line',
    answered: 'HTTP/1.1 200 OK\r\n Host: foo\r\n\r\n',
    ends: true,
    ...bad,
  },
  { name: 'extra space before the reason', answered: status('HTTP/1.1 200  OK'), ...whole('hi') },
  {
    name: 'only LFs, no body',
    answered: 'HTTP/1.1 200 OK\nContent-Length: 0\n\n',
    ends: true,
    ...bad,
  },
  { name: 'only LFs', answered: 'HTTP/1.1 200 OK\nFoo: abc\n\nBODY\n', ends: true, ...bad },
]

const contentLength: readonly AnswerRow[] = [
  {
    name: 'none, but a body',
    answered: `${ok('Content-Type: text/xml', 'Connection: close')}<a>\n</a>`,
    ends: true,
    ...whole('<a>\n</a>'),
  },
  {
    name: 'Content-Length-X',
    answered: `${ok('Content-Length-X: 0', chunked)}2\r\nOK\r\n0\r\n\r\n`,
    ...whole('OK'),
    headers: { 'content-length-x': '0' },
  },
  {
    name: 'no body is received',
    method: 'HEAD',
    answered: ok('Content-Length: 123'),
    ends: true,
    statuses: [200],
    headers: { 'content-length': '123' },
  },
  { name: 'tabs around', answered: `${ok('Content-Length:\t2\t')}hi`, ...bad },
]

const from = (file: string, rows: readonly AnswerRow[]): readonly AnswerRow[] =>
  rows.map((row) => ({ ...row, name: `llhttp response/${file}: ${row.name}` }))

export const llhttpAnswers: readonly AnswerRow[] = [
  ...from('sample', samples),
  ...from('transfer-encoding', transferEncoding),
  ...from('connection', connection),
  ...from('invalid', invalid),
  ...from('content-length', contentLength),
]
