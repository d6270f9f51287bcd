// What Go's reverse proxy is tested for (golang/go, src/net/http/httputil/reverseproxy_test.go). Where the
// gate does otherwise by its own rules, the row says what it does.
import { requestText } from '../../helpers/gate.ts'
import { head, passed, refused, type AnswerRow, type RequestRow } from './row.ts'

const get = (...lines: readonly string[]): string => head('GET /x HTTP/1.1', ...lines)
const took = passed('GET /x')
const query = (text: string): RequestRow => ({
  name: `QueryParameterSmuggling: ${text}`,
  sent: head(`GET /x${text} HTTP/1.1`),
  ...passed(`GET /x${text}`),
})

const requests: readonly RequestRow[] = [
  {
    name: 'ReverseProxy',
    sent: get('Connection: close', 'Te: trailers', 'Proxy-Connection: x', 'Upgrade: foo'),
    ...took,
    headers: { te: undefined, 'proxy-connection': undefined, upgrade: undefined },
  },
  {
    name: 'ReverseProxy: the host is the upstream sees',
    sent: get('Host: some-name'),
    ...took,
    headers: { 'x-forwarded-host': 'some-name' },
  },
  {
    name: 'StripHeadersPresentInConnection',
    sent: get('Connection: X-Some, X-Fake', 'X-Some: a', 'X-Fake: b', 'X-Other: c'),
    ...took,
    headers: { 'x-some': undefined, 'x-fake': undefined, 'x-other': 'c' },
  },
  {
    name: 'StripHeadersPresentInConnection: two lines, other case',
    sent: get('Connection: x-SOME', 'connection: X-FAKE', 'X-Some: a', 'X-Fake: b'),
    ...took,
    headers: { 'x-some': undefined, 'x-fake': undefined },
  },
  {
    name: 'StripEmptyConnection',
    sent: get('Connection:', 'Connection: , ', 'Connection: X-Some', 'X-Some: a'),
    ...took,
    headers: { 'x-some': undefined, connection: 'keep-alive' },
  },
  // Nobody is trusted unless configured; Go appends to what the client said.
  {
    name: 'XForwardedFor',
    sent: get('X-Forwarded-For: client ip'),
    ...took,
    headers: { 'x-forwarded-for': '127.0.0.1' },
  },
  {
    name: 'RewriteStripsForwarded',
    sent: get('Forwarded: for=x', 'X-Forwarded-Host: x', 'X-Forwarded-Proto: x'),
    ...took,
    headers: { forwarded: undefined, 'x-forwarded-host': 'gate', 'x-forwarded-proto': 'http' },
  },
  { name: 'Query: none', sent: get(), ...took },
  { name: 'Query: ?us=er', sent: head('GET /x?us=er HTTP/1.1'), ...passed('GET /x?us=er') },
  ...['?a=1', '?a=1;b=2', '?a=1&a=%zz&b=3', '?a=%', '?a=1&;', '?;', '?a&a=b'].map(query),
  {
    name: 'NilBody',
    sent: head('GET /x HTTP/1.0'),
    ...took,
    headers: { 'content-length': undefined },
  },
  {
    name: 'UserAgentHeader: explicit',
    sent: get('User-Agent: explicit UA'),
    ...took,
    headers: { 'user-agent': 'explicit UA' },
  },
  { name: 'UserAgentHeader: none', sent: get(), ...took, headers: { 'user-agent': undefined } },
  {
    name: 'UserAgentHeader: empty',
    sent: get('User-Agent:'),
    ...took,
    headers: { 'user-agent': '' },
  },
  {
    name: 'Post',
    sent: head('POST /x HTTP/1.1', 'Content-Length: 200000') + 'a'.repeat(200_000),
    ...passed('POST /x', 'a'.repeat(200_000)),
    headers: { 'content-length': '200000', 'transfer-encoding': undefined },
  },
  {
    name: 'Post: of unknown length',
    sent: `${head('POST /x HTTP/1.1', 'Transfer-Encoding: chunked')}2\r\nhi\r\n0\r\n\r\n`,
    ...passed('POST /x', 'hi'),
    headers: { 'content-length': undefined, 'transfer-encoding': 'chunked' },
  },
  {
    name: 'Trailers of a request are not passed on',
    sent: `${head('POST /x HTTP/1.1', 'Trailer: X-Sum', 'Transfer-Encoding: chunked')}2\r\nhi\r\n0\r\nX-Sum: 1\r\n\r\n`,
    ...passed('POST /x', 'hi'),
    headers: { trailer: undefined, 'x-sum': undefined },
  },
  // Go joins and cleans; here two readings are a refusal.
  { name: 'SingleJoinSlash: a//b', sent: head('GET /a//b HTTP/1.1'), ...refused() },
  { name: 'JoinURLPath: a slash in an escape', sent: head('GET /a%2Fb HTTP/1.1'), ...refused() },
  { name: 'JoinURLPath: a slash at the end', sent: head('GET /a/ HTTP/1.1'), ...passed('GET /a/') },
  { name: 'JoinURLPath: dots', sent: head('GET /a/../b HTTP/1.1'), ...refused() },
  {
    name: 'JoinURLPath: an escape stays',
    sent: head('GET /a%20b/%C3%A9 HTTP/1.1'),
    ...passed('GET /a%20b/%C3%A9'),
  },
  {
    name: 'UpgradeNoMatch: another protocol is not asked for',
    sent: get('Connection: Upgrade', 'Upgrade: a\tb'),
    ...took,
    headers: { upgrade: undefined },
  },
]

const hi = 'Content-Length: 2\r\n\r\nhi'
const whole = { statuses: [200], body: 'hi' } as const

const answers: readonly AnswerRow[] = [
  {
    name: 'ReverseProxy',
    answered: `HTTP/1.1 404 Not Found\r\nTrailers: no special name\r\nUpgrade: foo\r\nX-Multi: a\r\nX-Multi: b\r\nSet-Cookie: c=d\r\n${hi}`,
    statuses: [404],
    body: 'hi',
    headers: {
      trailers: 'no special name',
      upgrade: undefined,
      'x-multi': 'a\nb',
      'set-cookie': 'c=d',
    },
  },
  { name: 'ReverseProxy: hangup', answered: '', ends: true, statuses: [504] },
  {
    name: 'StripHeadersPresentInConnection',
    answered: `HTTP/1.1 200 OK\r\nConnection: X-Some, X-Fake\r\nX-Some: a\r\nX-Fake: b\r\n${hi}`,
    ...whole,
    headers: { 'x-some': undefined, 'x-fake': undefined },
  },
  {
    name: 'StripEmptyConnection',
    answered: `HTTP/1.1 200 OK\r\nConnection: \r\nConnection: X-Some\r\nX-Some: a\r\n${hi}`,
    ...whole,
    headers: { 'x-some': undefined },
  },
  {
    name: 'ReverseProxy: trailers, announced and not',
    answered:
      'HTTP/1.1 200 OK\r\nTrailer: X-A\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-A: 1\r\nX-B: 2\r\n\r\n',
    ...whole,
    headers: { trailer: undefined, 'x-a': undefined, 'x-b': undefined },
  },
  {
    name: 'UnannouncedTrailer',
    answered: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-A: 1\r\n\r\n',
    ...whole,
  },
  {
    name: 'CopyBuffer: the upstream leaves in the middle of a length',
    answered: 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhi',
    ends: true,
    statuses: 'broken',
  },
  {
    name: 'CopyBuffer: the upstream leaves in the middle of a chunk',
    answered: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhi',
    ends: true,
    statuses: 'broken',
  },
  {
    name: '1xxResponses: 103 passes',
    answered: `HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\nHTTP/1.1 200 OK\r\n${hi}`,
    statuses: [103, 200],
    body: 'hi',
  },
  {
    name: '1xxResponses: several',
    answered: `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </b>\r\n\r\nHTTP/1.1 200 OK\r\n${hi}`,
    statuses: [103, 103, 200],
    body: 'hi',
  },
  {
    name: '1xxResponses: 102 is between gate and upstream',
    answered: `HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\n${hi}`,
    ...whole,
  },
  {
    name: '1xxHeadersNotModifiedAfterRoundTrip',
    answered: `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nX-A: 1\r\n\r\nHTTP/1.1 200 OK\r\nX-A: 2\r\n${hi}`,
    statuses: [103, 200],
    headers: { 'x-a': '2' },
  },
  {
    name: 'UpgradeNoMatch: the upstream switches unasked',
    sent: requestText('GET /x', ['Upgrade: a']),
    answered: 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: b\r\n\r\n',
    statuses: [504],
  },
  {
    name: 'ContentLength: of an answer to HEAD',
    method: 'HEAD',
    answered: 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n',
    ends: true,
    statuses: [200],
    headers: { 'content-length': '1000' },
  },
  {
    name: 'ContentLength: of a 304',
    answered: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\nETag: "a"\r\n\r\n',
    ends: true,
    statuses: [304],
    headers: { etag: '"a"' },
  },
]

const from = <T extends { readonly name: string }>(rows: readonly T[]): readonly T[] =>
  rows.map((row) => ({ ...row, name: `go reverseproxy_test: ${row.name}` }))

export const goRequests = from(requests)
export const goAnswers = from(answers)
