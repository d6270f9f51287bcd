// Requests that llhttp tests (nodejs/llhttp, test/request/*.md): what a strict parser takes or refuses,
// seen from both sides of the gate.
import { contentLength, transferEncoding } from './llhttp-framing.ts'
import { head, passed, refused, type RequestRow } from './row.ts'

const put = (...lines: readonly string[]): string => head('PUT /p HTTP/1.1', ...lines)
const post = (...lines: readonly string[]): string => head('POST /p HTTP/1.1', ...lines)
const took = (body: string) => passed('POST /p', body)

const get = (...lines: readonly string[]): string => head('GET /p HTTP/1.1', ...lines)

const invalid: readonly RequestRow[] = [
  { name: 'ICE protocol and GET', sent: head('GET /p ICE/1.0'), ...refused() },
  { name: 'ICE protocol, but not really', sent: head('GET /p IHTTP/1.0'), ...refused() },
  { name: 'RTSP protocol and PUT', sent: head('PUT /p RTSP/1.0'), ...refused() },
  { name: 'HTTP and ANNOUNCE', sent: head('ANNOUNCE /p HTTP/1.0'), ...refused() },
  { name: 'headers separated by CR', sent: get('Foo: 1\rBar: 2'), ...refused() },
  {
    name: 'headers separated by LF',
    sent: `${post('x:x\nTransfer-Encoding: chunked')}1\r\nA\r\n0\r\n\r\n`,
    ...refused(),
  },
  {
    name: 'headers separated by dummy characters',
    sent: `GET /p HTTP/1.1\r\nConnection: close\r\nHost: a\r\n\rZGET /evil: HTTP/1.1\r\nHost: a\r\n\r\n`,
    ...refused(),
  },
  {
    name: 'empty headers separated by CR',
    sent: `${post('x:\rTransfer-Encoding: chunked')}1\r\nA\r\n0\r\n\r\n`,
    ...refused(),
  },
  {
    name: 'empty headers separated by LF',
    sent: `${post('x:\nTransfer-Encoding: chunked')}1\r\nA\r\n0\r\n\r\n`,
    ...refused(),
  },
  { name: 'header token #1', sent: get('Fo@: Failure'), ...refused() },
  { name: 'header token #2', sent: get('Foo\x01test: Bar'), ...refused() },
  { name: 'header token #3', sent: get(': Bar'), ...refused() },
  { name: 'method', sent: head('MKCOLA /p HTTP/1.1'), ...refused() },
  { name: 'field name line folding', sent: get('name\r\n : value'), ...refused() },
  { name: 'corrupted Connection', sent: get('Connection\r\x1be\xd5eep-Alive'), ...refused() },
  { name: 'corrupted header name', sent: get('X-Some-Header\r\x1be\xd5eep-Alive'), ...refused() },
  {
    name: 'missing CR between headers',
    sent: `${get('Dummy: x\nContent-Length: 23')}GET / HTTP/1.1\r\nDummy: ${head('GET /admin HTTP/1.1')}`,
    ...refused(),
  },
  { name: 'HTTP version', sent: head('GET /p HTTP/5.6'), ...refused() },
  { name: 'space after start line', sent: 'GET /p HTTP/1.1\r\n Host: foo\r\n\r\n', ...refused() },
  {
    name: 'only LFs',
    sent: 'POST /p HTTP/1.1\nHost: gate\nTransfer-Encoding: chunked\n\n1\nA\n0\n\n',
    ...refused(),
  },
  {
    name: 'spaces before headers',
    sent: `${post('Foo: bar\r\n Content-Length: 38')}${head('GET /bye HTTP/1.1')}`,
    ...refused(),
  },
]

const basic = 'Proxy-authorization: basic aGVsbG86d29ybGQ='

const methods: readonly RequestRow[] = [
  ...['REPORT', 'PATCH', 'PURGE', 'SEARCH', 'LINK', 'UNLINK', 'SOURCE'].map((method) => ({
    name: `${method} request`,
    sent: `${head(`${method} /p HTTP/1.1`, 'Content-Length: 3')}abc`,
    ...refused(403),
    ...(method === 'PATCH' ? passed('PATCH /p', 'abc') : {}),
  })),
  {
    name: 'CONNECT request',
    sent: `${head('CONNECT home.example:443 HTTP/1.0', basic)}some data`,
    ...refused(),
  },
  {
    name: 'CONNECT with caps',
    sent: head('CONNECT HOME.EXAMPLE:443 HTTP/1.0', basic),
    ...refused(),
  },
  {
    name: 'CONNECT with body',
    sent: `${head('CONNECT foo.example:443 HTTP/1.0', basic, 'Content-Length: 10')}blarfcicle`,
    ...refused(),
  },
  {
    name: 'underscore in hostname',
    sent: head('CONNECT home_0.example:443 HTTP/1.0'),
    ...refused(),
  },
  {
    name: 'M-SEARCH request',
    sent: head('M-SEARCH * HTTP/1.1', 'HOST: 239.255.255.250:1900', 'MAN: "ssdp:discover"'),
    ...refused(),
  },
]

const uris: readonly RequestRow[] = [
  {
    name: 'quotes',
    sent: head('GET /with_"lovely"_quotes?foo="bar" HTTP/1.1'),
    ...passed('GET /with_"lovely"_quotes?foo="bar"'),
  },
  {
    name: 'query with question mark',
    sent: head('GET /test.cgi?foo=bar?baz HTTP/1.1'),
    ...passed('GET /test.cgi?foo=bar?baz'),
  },
  { name: 'host and query', sent: head('GET http://gate?hail=all HTTP/1.1'), ...refused() },
  {
    name: 'host:port and query',
    sent: head('GET http://gate:1234?hail=all HTTP/1.1'),
    ...refused(),
  },
  {
    name: 'query with vertical bar',
    sent: head('GET /test.cgi?query=| HTTP/1.1'),
    ...passed('GET /test.cgi?query=|'),
  },
  { name: 'host:port and space', sent: head('GET http://gate:1234 HTTP/1.1'), ...refused() },
  { name: 'UTF-8 in path', sent: head('GET /\xce\xb4/pope?q=1 HTTP/1.1'), ...refused() },
  { name: 'fragment', sent: head('GET /forums/1?page=1#posts-17408 HTTP/1.1'), ...refused() },
  { name: 'basic auth', sent: head('GET http://a%12:b!&*$@gate:1234/toto HTTP/1.1'), ...refused() },
  { name: 'space', sent: head('GET /foo bar/ HTTP/1.1'), ...refused() },
]

const connection: readonly RequestRow[] = [
  {
    name: 'keep-alive flag',
    sent: put('Connection: keep-alive'),
    ...passed('PUT /p'),
    headers: { connection: 'keep-alive' },
  },
  {
    name: 'restart when keep-alive is explicit',
    sent: put('Connection: keep-alive') + put('Connection: keep-alive'),
    statuses: [200, 200],
    lines: ['PUT /p', 'PUT /p'],
  },
  {
    name: 'no restart when keep-alive is off (1.0)',
    sent: head('PUT /p HTTP/1.0') + put(),
    ...passed('PUT /p'),
  },
  {
    name: 'CRLF between requests, implicit keep-alive',
    sent: `${post('Content-Length: 4')}q=42\r\n\r\n${get()}`,
    statuses: [200, 200],
    lines: ['POST /p', 'GET /p'],
    bodies: ['q=42', ''],
  },
  {
    name: 'CRLF between requests, explicit close',
    sent: `${post('Content-Length: 4', 'Connection: close')}q=42\r\n\r\n${get()}`,
    ...took('q=42'),
  },
  {
    name: 'multiple tokens',
    sent: put('Connection: close, token, upgrade, token, keep-alive', 'Token: x'),
    ...passed('PUT /p'),
    headers: { token: undefined, upgrade: undefined },
  },
  {
    name: 'multiple tokens with folding',
    sent: get('Connection: Something,\r\n Upgrade, ,Keep-Alive', 'Upgrade: WebSocket'),
    ...refused(),
  },
  {
    name: 'multiple tokens and LWS',
    sent: `${get('Connection: keep-alive, upgrade', 'Upgrade: WebSocket')}Hot diggity dogg`,
    ...refused(),
  },
  {
    name: 'upgrade flag',
    sent: put('Connection: upgrade', 'Upgrade: ws'),
    ...passed('PUT /p'),
    headers: { upgrade: undefined },
  },
  {
    name: 'part of body before the upgrade',
    sent: `${put('Connection: upgrade', 'Content-Length: 4', 'Upgrade: ws')}abcd`,
    ...passed('PUT /p', 'abcd'),
  },
  {
    name: 'upgrade GET request',
    sent: get('Connection: Upgrade', 'Sec-WebSocket-Key2: 1', 'Upgrade: WebSocket'),
    ...refused(),
  },
  {
    name: 'upgrade POST request',
    sent: `${post('Connection: Upgrade', 'Upgrade: HTTP/2.0', 'Content-Length: 15')}sweet post body`,
    ...took('sweet post body'),
  },
]

const samples: readonly RequestRow[] = [
  {
    name: 'simple request',
    sent: head('OPTIONS /p HTTP/1.1', 'Header1: Value1', 'Header2:\t Value2'),
    ...passed('OPTIONS /p'),
    headers: { header1: 'Value1', header2: 'Value2' },
  },
  { name: 'method starting with H', sent: head('HEAD /p HTTP/1.1'), ...passed('HEAD /p') },
  {
    name: 'curl GET',
    sent: get('User-Agent: curl/7.18.0 (i486) zlib/1.2', 'Accept: */*'),
    ...passed('GET /p'),
  },
  { name: 'odd Host', sent: get('Host: 0.0.0.0=5000'), ...refused() },
  {
    name: 'Firefox GET',
    sent: get('Accept: text/html,*/*;q=0.8', 'Keep-Alive: 300', 'Connection: keep-alive'),
    ...passed('GET /p'),
    headers: { accept: 'text/html,*/*;q=0.8', 'keep-alive': undefined },
  },
  {
    name: 'DUMBPACK',
    sent: get('aaaaaaa:++++++'),
    ...passed('GET /p'),
    headers: { aaaaaaa: '++++++' },
  },
  { name: 'no headers and no body', sent: 'GET /p HTTP/1.1\r\n\r\n', ...refused() },
  { name: 'Apache bench GET', sent: head('GET /p HTTP/1.0', 'Accept: */*'), ...passed('GET /p') },
  { name: 'prefix newline', sent: `\r\n${get()}`, ...passed('GET /p') },
  { name: 'no HTTP version', sent: 'GET /p\r\n\r\n', ...refused() },
  {
    name: 'line folding with CRLF',
    sent: get('Line1:   abc\r\n\tdef\r\n ghi', 'Line3:\r\n line3', 'Line4: \r\n '),
    ...refused(),
  },
  { name: 'line folding with LF', sent: 'GET /p HTTP/1.1\nHost: gate\nA: b\n c\n\n', ...refused() },
  {
    name: 'extended characters',
    sent: get('Test: D\xc3\xbcsseldorf'),
    ...passed('GET /p'),
    headers: { test: 'D\xc3\xbcsseldorf' },
  },
  {
    name: '255 in header value',
    sent: get('Header2: \xffValue2'),
    ...passed('GET /p'),
    headers: { header2: '\xffValue2' },
  },
  {
    name: 'X-SSL-Nonsense',
    sent: get('X-SSL-Nonsense: --BEGIN--\r\n\tMIIF\r\n\t--END--'),
    ...refused(),
  },
]

const from = (file: string, rows: readonly RequestRow[]): readonly RequestRow[] =>
  rows.map((row) => ({ ...row, name: `llhttp request/${file}: ${row.name}` }))

export const llhttpRequests: readonly RequestRow[] = [
  ...from('content-length', contentLength),
  ...from('transfer-encoding', transferEncoding),
  ...from('invalid', invalid),
  ...from('method', methods),
  ...from('uri', uris),
  ...from('connection', connection),
  ...from('sample', samples),
]
