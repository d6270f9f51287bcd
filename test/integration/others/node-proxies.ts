// What httpxy (unjs/httpxy, test/) and http-proxy-3 (sagemathinc/http-proxy-3, lib/test/) are tested for,
// both descendants of http-proxy.
import { requestText } from '../../helpers/gate.ts'
import { head, passed, refused, type AnswerRow, type RequestRow } from './row.ts'

const hidden = 'GET /secret HTTP/1.1\r\nHost: gate\r\n\r\n'
const smuggling = (method: string, connection: string): string =>
  `${head(`${method} /poc HTTP/1.1`, 'Transfer-Encoding: chunked', `Connection: ${connection}`)}${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`

const httpxy: readonly RequestRow[] = [
  ...['keep-alive', 'keep-alive, upgrade'].flatMap((connection) =>
    ['DELETE', 'OPTIONS'].map((method) => ({
      name: `request-smuggling: ${method}, ${connection}`,
      sent: smuggling(method, connection),
      ...passed(`${method} /poc`, hidden),
    })),
  ),
  ...['DELETE', 'OPTIONS'].map((method) => ({
    name: `request-smuggling: ${method}, Transfer-Encoding named in Connection`,
    sent: smuggling(method, 'Transfer-Encoding, upgrade'),
    ...refused(),
  })),
  ...['DELETE', 'OPTIONS'].map((method) => ({
    name: `web-incoming deleteLength: ${method} without a body`,
    sent: head(`${method} /x HTTP/1.1`),
    ...passed(`${method} /x`),
    headers: { 'transfer-encoding': undefined, 'content-length': undefined },
  })),
  ...['DELETE', 'OPTIONS'].map((method) => ({
    name: `web-incoming deleteLength: ${method} with a length`,
    sent: `${head(`${method} /x HTTP/1.1`, 'Content-Length: 2')}hi`,
    ...passed(`${method} /x`, 'hi'),
    headers: { 'content-length': '2' },
  })),
  {
    name: 'web-incoming XHeaders',
    sent: head('GET /x HTTP/1.1', 'X-Forwarded-For: 10.0.0.1', 'X-Forwarded-Port: 1'),
    ...passed('GET /x'),
    headers: {
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-port': undefined,
    },
  },
  {
    name: 'index: hop-by-hop headers',
    sent: head(
      'GET /x HTTP/1.1',
      'Keep-Alive: timeout=9',
      'Proxy-Authorization: Basic eDp5',
      'HTTP2-Settings: AAMA',
      'Proxy-Connection: close',
    ),
    ...passed('GET /x'),
    headers: {
      'keep-alive': undefined,
      'proxy-authorization': undefined,
      'http2-settings': undefined,
      'proxy-connection': undefined,
    },
  },
  {
    name: 'http-proxy: Expect',
    sent: `${head('POST /x HTTP/1.1', 'Expect: 100-continue', 'Content-Length: 2')}hi`,
    ...passed('POST /x', 'hi'),
    headers: { expect: undefined },
  },
  {
    name: 'http-proxy: two Hosts',
    sent: head('GET /x HTTP/1.1', 'Host: gate', 'Host: evil'),
    ...refused(),
  },
]

const httpProxy3: readonly RequestRow[] = [
  {
    name: 'blacklist-headers: Trailer1 passes',
    sent: head('GET /x HTTP/1.1', 'Trailer1: xxx'),
    ...passed('GET /x'),
    headers: { trailer1: 'xxx' },
  },
  {
    name: 'blacklist-headers: Trailer does not',
    sent: head('GET /x HTTP/1.1', 'Trailer: xxx'),
    ...passed('GET /x'),
    headers: { trailer: undefined },
  },
  // It must not collapse them; here they are refused.
  ...['//', '//x', '/x//', '/x//y', '///'].map((path) => ({
    name: `double-slashes: ${path}`,
    sent: head(`GET ${path} HTTP/1.1`),
    ...refused(),
  })),
  ...['?a=b', '#a', 'x'].map((target) => ({
    name: `empty-req-url: ${target}`,
    sent: head(`GET ${target} HTTP/1.1`),
    ...refused(),
  })),
  {
    name: 'http-proxy-common: a query with slashes',
    sent: head('GET /x?a=http://b//c HTTP/1.1'),
    ...passed('GET /x?a=http://b//c'),
  },
  {
    name: 'http-proxy-common: a bare question mark',
    sent: head('GET /x? HTTP/1.1'),
    ...passed('GET /x?'),
  },
]

const hi = 'Content-Length: 2\r\n\r\nhi'
const whole = { statuses: [200], body: 'hi' } as const

const httpxyAnswers: readonly AnswerRow[] = [
  {
    name: 'web-outgoing removeChunked: to HTTP/1.0',
    sent: 'GET /x HTTP/1.0\r\nHost: gate\r\n\r\n',
    answered: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n',
    ...whole,
    headers: { 'transfer-encoding': undefined },
  },
  {
    name: 'web-outgoing setConnection',
    answered: `HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nKeep-Alive: timeout=9\r\n${hi}`,
    ...whole,
    headers: { connection: 'close', 'keep-alive': undefined },
  },
  {
    name: 'web-outgoing setRedirectHostRewrite: not rewritten',
    answered: `HTTP/1.1 302 Found\r\nLocation: http://backend.example/f\r\n${hi}`,
    statuses: [302],
    body: 'hi',
    headers: { location: 'http://backend.example/f' },
  },
  {
    name: 'web-outgoing writeHeaders: two cookies',
    answered: `HTTP/1.1 200 OK\r\nSet-Cookie: a=1; Domain=x\r\nSet-Cookie: b=2\r\n${hi}`,
    ...whole,
    headers: { 'set-cookie': 'a=1; Domain=x\nb=2' },
  },
  {
    name: 'web-outgoing writeStatusCode',
    answered: `HTTP/1.1 299 Odd\r\n${hi}`,
    statuses: [299],
    body: 'hi',
  },
  {
    name: 'web-outgoing: a status of three zeros',
    answered: `HTTP/1.1 000 No\r\n${hi}`,
    statuses: [504],
  },
  {
    name: 'web-outgoing: a status below 100',
    answered: `HTTP/1.1 099 No\r\n${hi}`,
    statuses: [504],
  },
  {
    name: 'web-outgoing: a control in the reason',
    answered: `HTTP/1.1 200 O\x01K\r\n${hi}`,
    ...whole,
  },
  {
    name: 'web-outgoing: Trailer beside a length',
    answered: `HTTP/1.1 200 OK\r\nTrailer: X-A\r\n${hi}`,
    ...whole,
    headers: { trailer: undefined },
  },
  {
    name: 'early-response: 413 before the body, and the connection ends',
    sent: `${requestText('POST /x', ['Content-Length: 100000'])}part`,
    method: 'POST',
    answered: `HTTP/1.1 413 Too Large\r\n${hi}`,
    statuses: [413],
    body: 'hi',
  },
  {
    name: 'ws-response: a handshake refused, chunked',
    sent: head(
      'GET /x HTTP/1.1',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ),
    answered: 'HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n',
    statuses: [403],
    body: 'hi',
  },
  {
    name: 'ws-response: a handshake refused, with a length',
    sent: head(
      'GET /x HTTP/1.1',
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ),
    answered: `HTTP/1.1 404 No\r\n${hi}`,
    statuses: [404],
    body: 'hi',
  },
]

const httpProxy3Answers: readonly AnswerRow[] = [
  { name: 'error-handling: hangup', answered: '', ends: true, statuses: [504] },
  {
    name: 'error-handling: half a head',
    answered: 'HTTP/1.1 200 OK\r\nX-A',
    ends: true,
    statuses: [504],
  },
  {
    name: 'server-sent-events',
    answered: 'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: a\n\ndata: b\n\n',
    ends: true,
    statuses: [200],
    body: 'data: a\n\ndata: b\n\n',
  },
  {
    name: 'set-cookie: none',
    answered: `HTTP/1.1 200 OK\r\n${hi}`,
    ...whole,
    headers: { 'set-cookie': undefined },
  },
  {
    name: 'gzip-middleware: a coded body passes as it is',
    answered: 'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x08',
    statuses: [200],
    body: '\x1f\x8b\x08',
    headers: { 'content-encoding': 'gzip' },
  },
]

const from = <T extends { readonly name: string }>(
  project: string,
  rows: readonly T[],
): readonly T[] => rows.map((row) => ({ ...row, name: `${project} ${row.name}` }))

export const proxyRequests = [...from('httpxy', httpxy), ...from('http-proxy-3', httpProxy3)]
export const proxyAnswers = [
  ...from('httpxy', httpxyAnswers),
  ...from('http-proxy-3', httpProxy3Answers),
]
