// The request line: RFC 9112 §2.2, §2.3, §3 and §3.2, RFC 9110 §9.1.
import t from 'tap'
import { startStrictGate } from './strict-gate.ts'

const { tell } = await startStrictGate(t)

const end = 'Host: gate\r\nConnection: close\r\n\r\n'

const passed = (line = 'GET /public/x') => ({ statuses: [200], lines: [line] })
const refused = (status = 400) => ({ statuses: [status], lines: [] })

t.test('forms of the target (RFC 9112 §3.2)', async (t) => {
  const cases = [
    { name: 'origin-form', given: 'GET /public/x', want: passed() },
    { name: 'with a query', given: 'GET /public/x?a=b?c', want: passed('GET /public/x?a=b?c') },
    { name: 'with an empty query', given: 'GET /public/x?', want: passed('GET /public/x?') },
    // §3.2.2 wants servers to take it; two readers could then disagree on the authority.
    { name: 'absolute-form', given: 'GET http://gate/public/x', want: refused() },
    { name: 'absolute-form without a path', given: 'GET http://gate', want: refused() },
    { name: 'absolute-form, another scheme', given: 'GET ftp://gate/public/x', want: refused() },
    { name: 'absolute-form in capitals', given: 'GET HTTP://GATE/public/x', want: refused() },
    { name: 'authority-form', given: 'GET gate:80', want: refused() },
    { name: 'asterisk-form', given: 'OPTIONS *', want: refused() },
    { name: 'asterisk-form by another method', given: 'GET *', want: refused() },
    { name: 'a relative path', given: 'GET public/x', want: refused() },
    { name: 'CONNECT', given: 'CONNECT gate:443', want: refused() },
    { name: 'CONNECT with a path', given: 'CONNECT /public/x', want: refused() },
  ]
  for (const { name, given, want } of cases) {
    t.match(await tell(`${given} HTTP/1.1\r\n${end}`), want, name)
  }
})

t.test('blanks and line breaks (RFC 9112 §2.2 and §3)', async (t) => {
  const cases = [
    { name: 'empty lines before it', given: '\r\n\r\nGET /public/x HTTP/1.1\r\n', want: passed() },
    { name: 'a blank before it', given: ' GET /public/x HTTP/1.1\r\n', want: refused() },
    { name: 'a tab between', given: 'GET\t/public/x HTTP/1.1\r\n', want: refused() },
    { name: 'a tab after the target', given: 'GET /public/x\tHTTP/1.1\r\n', want: refused() },
    { name: 'a blank in the target', given: 'GET /public/x y HTTP/1.1\r\n', want: refused() },
    { name: 'a blank behind it', given: 'GET /public/x HTTP/1.1 \r\n', want: refused() },
    {
      name: 'a blank before the first field',
      given: 'GET /public/x HTTP/1.1\r\n ',
      want: refused(),
    },
    { name: 'a bare LF', given: 'GET /public/x HTTP/1.1\n', want: refused() },
    { name: 'a bare CR', given: 'GET /public/x HTTP/1.1\r', want: refused() },
    { name: 'no target', given: 'GET HTTP/1.1\r\n', want: refused() },
    { name: 'no version', given: 'GET /public/x\r\n', want: refused() },
    // Read as one blank, which §3 allows, and written as one.
    { name: 'two blanks', given: 'GET  /public/x  HTTP/1.1\r\n', want: passed() },
  ]
  for (const { name, given, want } of cases) {
    t.match(await tell(`${given}${end}`, ['GET']), want, name)
  }
})

t.test('versions (RFC 9112 §2.3)', async (t) => {
  const cases = [
    { given: 'HTTP/1.1', want: passed() },
    { given: 'HTTP/1.0', want: passed() },
    ...['HTTP/0.9', 'HTTP/1.2', 'HTTP/2.0', 'HTTP/3.0', 'HTTP/1', 'HTTP/11', 'HTTP/01.1'].map(
      (version) => ({ given: version, want: refused() }),
    ),
    ...['http/1.1', 'HTTPS/1.1', 'XTTP/1.1', '1.1', 'HTTP/1.1.1', 'HTTP/+1.1', 'HTTP/1,1'].map(
      (version) => ({ given: version, want: refused() }),
    ),
  ]
  for (const { given, want } of cases) {
    t.match(await tell(`GET /public/x ${given}\r\n${end}`, ['GET']), want, given)
  }
})

t.test('methods are case-sensitive, and unknown ones are none (RFC 9110 §9.1)', async (t) => {
  for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
    t.match(await tell(`${method} /public/x HTTP/1.1\r\n${end}`), passed(`${method} /public/x`))
  }
  for (const method of ['get', 'Get', 'gET', 'FOO', 'GETX', 'G', 'G=T', 'GET,', '"GET"']) {
    t.match(await tell(`${method} /public/x HTTP/1.1\r\n${end}`, ['GET']), refused(), method)
  }
  for (const method of ['TRACE', 'LINK', 'COPY', 'MKCOL', 'REPORT', 'PURGE']) {
    t.match(await tell(`${method} /public/x HTTP/1.1\r\n${end}`), refused(403), method)
  }
})

t.test('a line that is too long is refused, one that is just not is taken', async (t) => {
  const long = `/public/${'a'.repeat(8000)}?${'b'.repeat(16_000)}`
  t.match(await tell(`GET ${long} HTTP/1.1\r\n${end}`), passed(`GET ${long}`))
  // RFC 9112 §3 would have 414; Node's parser counts the line among the header bytes.
  t.match(await tell(`GET ${long}${'c'.repeat(16_000)} HTTP/1.1\r\n${end}`), refused(431))
  t.match(await tell(`GET ${long}${'c'.repeat(60_000)}`, ['GET']), refused(431))
})
