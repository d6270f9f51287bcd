// Informational answers and what asks for them: RFC 9110 §10.1.1 and §15.2, RFC 8297.
import t from 'tap'
import { dialRaw } from '../../helpers/forwarding.ts'
import { headerValues } from '../../helpers/strict-request.ts'
import { startStrictGate } from './strict-gate.ts'

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
let answer = ok
const { gate, strict, tell } = await startStrictGate(t, () => answer)

const ask = (
  lines: readonly string[] = [],
  body = '',
  method = 'GET',
  target = '/public/x',
): string =>
  [`${method} ${target} HTTP/1.1`, 'Host: gate', 'Connection: close', ...lines, '', body].join(
    '\r\n',
  )

t.test('hints are passed on before the answer, by their links alone', async (t) => {
  const link = '</a.css>; rel=preload; as=style'
  const cases = [
    { name: 'one', given: [`103 Early Hints\r\nLink: ${link}`], want: [103, 200] },
    {
      name: 'two',
      given: [`103 E\r\nLink: ${link}`, `103 E\r\nLink: ${link}`],
      want: [103, 103, 200],
    },
    { name: 'without a link', given: ['103 Early Hints\r\nX: y'], want: [200] },
    { name: 'with a link that is none', given: ['103 Early Hints\r\nLink: a.css'], want: [200] },
    { name: '102 and 104', given: ['102 Processing', '104 Upload'], want: [200] },
    { name: 'one that nobody knows', given: ['199 Odd\r\nX: y'], want: [200] },
  ]
  for (const { name, given, want } of cases) {
    answer = given.map((each) => `HTTP/1.1 ${each}\r\n\r\n`).join('') + ok
    const { statuses, answers, rest } = await tell(ask())
    t.strictSame([statuses, rest], [want, ''], name)
    for (const hint of answers.slice(0, -1)) t.strictSame(hint.headers, { link }, name)
  }
})

t.test('an upstream that says 100 or 101 to who did not ask is broken', async (t) => {
  // The gate never sends Expect on. §15.2 lets a client ignore a 100; undici takes it for a fault.
  for (const given of [
    '100 Continue',
    '101 Switching Protocols',
    '101 S\r\nUpgrade: h2c\r\nConnection: upgrade',
  ]) {
    answer = `HTTP/1.1 ${given}\r\n\r\n${ok}`
    const { statuses, rest } = await tell(ask())
    t.strictSame([statuses, rest], [[504], ''], given)
  }
})

t.test('100 comes once the request is permitted, and Expect goes no further', async (t) => {
  answer = ok
  const length = ['Expect: 100-continue', 'Content-Length: 2']
  const chunked = ['Expect: 100-Continue', 'Transfer-Encoding: chunked']
  const cases = [
    { name: 'a length', given: ask(length, 'hi', 'POST'), want: [100, 200] },
    { name: 'chunks', given: ask(chunked, '2\r\nhi\r\n0\r\n\r\n', 'POST'), want: [100, 200] },
    { name: 'no token', given: ask(length, 'hi', 'POST', '/protected'), want: [401] },
    { name: 'an ambiguous target', given: ask(length, 'hi', 'POST', '/public/../x'), want: [400] },
    { name: 'no body', given: ask(['Expect: 100-continue']), want: [200] },
    {
      name: 'a body of none',
      given: ask(['Expect: 100-continue', 'Content-Length: 0'], '', 'POST'),
      want: [200],
    },
    // §10.1.1: what is not known may be answered with 417 or be ignored.
    { name: 'another expectation', given: ask(['Expect: the-unexpected']), want: [200] },
  ]
  for (const { name, given, want } of cases) {
    const { statuses, requests } = await tell(given)
    t.strictSame(statuses, want, name)
    for (const request of requests) t.strictSame(headerValues(request, 'expect'), [], name)
  }
})

t.test('a client that waits for 100 gets it before it sends, and not before', async (t) => {
  answer = ok
  const before = strict.requests.length
  const client = dialRaw(
    t,
    gate.port,
    ask(['Expect: 100-continue', 'Content-Length: 2'], '', 'PUT'),
  )
  await client.sees(/^HTTP\/1\.1 100 Continue\r\n\r\n$/)
  t.equal(strict.requests.length, before, 'no whole request is there yet')
  client.socket.write('hi')
  t.equal(await client.closed, 'end')
  t.match(client.text(), /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n[^]*ok$/)
})
