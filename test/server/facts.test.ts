import t from 'tap'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import { connect, Socket, type AddressInfo } from 'node:net'
import { TLSSocket } from 'node:tls'
import { isDenial } from '../../src/core/denial.ts'
import { peerAddress, readFacts } from '../../src/server/facts.ts'

const requestOf = (rawHeaders: readonly string[], httpVersion = '1.1'): IncomingMessage =>
  ({
    method: 'POST',
    url: '/a',
    httpVersion,
    rawHeaders,
    socket: { remoteAddress: '127.0.0.1' },
    get headers() {
      throw new Error('merged headers were read')
    },
  }) as unknown as IncomingMessage

const host = ['Host', 'api.example']

t.test('a request is told as it was received', async (t) => {
  let facts: unknown
  const server = createServer((request, response) => {
    facts = readFacts(request)
    response.end()
  })
  t.teardown(() => server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  t.teardown(() => socket.destroy())
  socket.write('PUT /a%20b/?q=%E9 HTTP/1.1\r\nhOST: a:80\r\nX: 1\r\nx: 2\r\n', 'latin1')
  socket.write('Connection: Close, X-Foo\r\nContent-Length: 3\r\n\r\nabc')
  await once(socket, 'data')
  t.strictSame(facts, {
    method: 'PUT',
    target: '/a%20b/?q=%E9',
    rawHeaders: [
      'hOST',
      'a:80',
      'X',
      '1',
      'x',
      '2',
      'Connection',
      'Close, X-Foo',
      'Content-Length',
      '3',
    ],
    connectionOptions: new Set(['close', 'x-foo']),
    host: 'a:80',
    remoteAddress: '127.0.0.1',
    secure: false,
    httpVersion: '1.1',
    hasBody: true,
    contentLength: 3,
  })
})

t.test('what frames, routes or breaks a request is refused', async (t) => {
  const cases: { name: string; given: string[]; version?: string; want: string }[] = [
    { name: 'HTTP/0.9', given: [], version: '0.9', want: 'HTTP version' },
    { name: 'HTTP/2.0', given: host, version: '2.0', want: 'HTTP version' },
    { name: 'no Host on 1.1', given: [], want: 'Host missing' },
    { name: 'two equal Hosts', given: [...host, ...host], want: 'Host repeated' },
    { name: 'two Hosts, another case', given: [...host, 'HOST', 'b'], want: 'Host repeated' },
    {
      name: 'chunked with a length',
      given: [...host, 'Content-Length', '1', 'Transfer-Encoding', 'chunked'],
      want: 'Content-Length and Transfer-Encoding',
    },
    {
      name: 'two lengths',
      given: [...host, 'Content-Length', '1', 'content-length', '1'],
      want: 'Content-Length repeated',
    },
    {
      name: 'two encodings',
      given: [...host, 'Transfer-Encoding', 'chunked', 'transfer-encoding', 'chunked'],
      want: 'Transfer-Encoding repeated',
    },
    {
      name: 'an encoding on 1.0',
      given: ['Transfer-Encoding', 'chunked'],
      version: '1.0',
      want: 'Transfer-Encoding in HTTP/1.0',
    },
    ...['gzip, chunked', 'identity', 'chunked, identity', 'xchunked', '', '\vchunked'].map(
      (value) => ({
        name: `encoding ${JSON.stringify(value)}`,
        given: [...host, 'Transfer-Encoding', value],
        want: 'Transfer-Encoding',
      }),
    ),
    ...['', '+1', '-1', '1,1', '1, 1', '0x1', '1e2', ' 1', '9'.repeat(16)].map((value) => ({
      name: `length ${JSON.stringify(value)}`,
      given: [...host, 'Content-Length', value],
      want: 'Content-Length',
    })),
    ...['content-length', 'x, Transfer-Encoding', 'keep-alive,host', 'HOST'].map((value) => ({
      name: `Connection: ${value}`,
      given: [...host, 'Connection', value],
      want: 'Connection names a framing header',
    })),
    {
      name: 'a second Connection line',
      given: [...host, 'Connection', 'close', 'Connection', 'content-length'],
      want: 'Connection names a framing header',
    },
    { name: 'a folded line', given: [...host, 'X', 'a\r\n b'], want: 'line break in a header' },
    { name: 'a NUL', given: [...host, 'X', 'a\0b'], want: 'line break in a header' },
  ]
  for (const { name, given, version, want } of cases) {
    t.strictSame(
      readFacts(requestOf(given, version)),
      { kind: 'denial', code: 'request_malformed', cause: want },
      name,
    )
  }
})

t.test('a Host is a name or an address, with or without a port', async (t) => {
  const good = ['a', 'A.example.', 'a_b-c~d.example:8080', '10.0.0.1', 'a:', 'a:65535', '[::1]:80']
  const bad = [
    '',
    'a,b',
    'a;proto=https',
    '"a"',
    'a b',
    'a/b',
    'u@a',
    'a:b',
    'a:65536',
    'a:000080',
    'a%41',
    '\xe9',
    '[::1',
    '[:::]',
    '[a]',
    '::1',
    'a?b',
    'a#b',
    'a\\b',
  ]
  for (const value of good) {
    const facts = readFacts(requestOf(['Host', value]))
    t.equal(isDenial(facts) ? facts.cause : facts.host, value, value)
  }
  for (const value of bad) {
    const facts = readFacts(requestOf(['Host', value]))
    t.equal(isDenial(facts) ? facts.cause : facts.host, 'Host invalid', value)
    const old = readFacts(requestOf(['Host', value], '1.0'))
    t.equal(isDenial(old) ? old.cause : old.host, 'Host invalid', `${value} on 1.0`)
  }
})

t.test('framing is told from the lines, whatever their case', async (t) => {
  const cases = [
    { given: [], hasBody: false, contentLength: undefined },
    { given: ['content-LENGTH', '0'], hasBody: false, contentLength: 0 },
    { given: ['Content-Length', '007'], hasBody: true, contentLength: 7 },
    { given: ['transfer-encoding', 'Chunked'], hasBody: true, contentLength: undefined },
    // Names as long as those that matter.
    { given: ['Date', 'x', 'User-Agent', 'y'], hasBody: false, contentLength: undefined },
    { given: ['X-Fourteen-Ch1', 'x'], hasBody: false, contentLength: undefined },
    { given: ['X-Seventeen-Chars', 'x'], hasBody: false, contentLength: undefined },
  ]
  for (const { given, hasBody, contentLength } of cases) {
    t.match(readFacts(requestOf([...host, ...given])), { hasBody, contentLength }, given.join(' '))
  }
})

t.test('HTTP/1.0 may come without a Host', async (t) => {
  t.match(readFacts(requestOf([], '1.0')), { host: undefined, httpVersion: '1.0' })
})

t.test('Connection options are a set of lower-case names', async (t) => {
  const cases: { given: string[]; want: Set<string> | undefined }[] = [
    { given: [], want: undefined },
    { given: ['Connection', ''], want: undefined },
    { given: ['Connection', ' , '], want: undefined },
    { given: ['Connection', 'Keep-Alive'], want: new Set(['keep-alive']) },
    {
      given: ['Connection', 'close,\tX-User-Sub', 'connection', 'TE'],
      want: new Set(['close', 'x-user-sub', 'te']),
    },
  ]
  for (const { given, want } of cases) {
    const facts = readFacts(requestOf([...host, ...given]))
    t.strictSame(isDenial(facts) ? facts : facts.connectionOptions, want, given.join(' '))
  }
})

t.test('a TLS listener is told from a plain one', async (t) => {
  const socket = new TLSSocket(new Socket())
  t.teardown(() => socket.destroy())
  const request = Object.defineProperty(requestOf(host), 'socket', { value: socket })
  t.match(readFacts(request), { secure: true, remoteAddress: '' })
})

t.test('a peer has its address in the form of its own family', async (t) => {
  const cases = [
    { given: '::ffff:10.1.2.3', want: '10.1.2.3' },
    { given: '::ffff:a01:203', want: '::ffff:a01:203' },
    { given: '10.1.2.3', want: '10.1.2.3' },
    { given: '::1', want: '::1' },
    { given: undefined, want: '' },
  ]
  for (const { given, want } of cases) t.equal(peerAddress(given), want, String(given))
})

t.test('whatever the lines are, facts that are told are unambiguous', async (t) => {
  const seed = Number(process.env['FUZZ_SEED'] ?? Date.now() % 2 ** 31)
  let state = seed
  const random = (below: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff
    return (state >>> 8) % below
  }
  const pick = <T>(items: readonly T[]): T => items[random(items.length)] as T
  const names = ['Host', 'host', 'Connection', 'Content-Length', 'Transfer-Encoding', 'X', '', 'TE']
  const values = [
    'a',
    '',
    '1',
    'chunked',
    'close',
    'content-length',
    'a,b',
    '\r\n',
    '[::1]',
    '\xff',
  ]
  for (let run = 0; run < 20_000; run++) {
    const lines = Array.from({ length: random(5) }, () => [pick(names), pick(values)]).flat()
    const given = random(2) === 0 ? lines : [...host, ...lines]
    const facts = readFacts(requestOf(given, pick(['1.0', '1.1', '1.1', '0.9'])))
    if (isDenial(facts)) continue
    const count = (name: string): number =>
      given.filter((text, index) => index % 2 === 0 && text.toLowerCase() === name).length
    const framings = count('content-length') + count('transfer-encoding')
    if (count('host') > 1 || framings > 1 || (count('host') === 0 && facts.httpVersion === '1.1')) {
      t.fail(`seed ${seed}: ${JSON.stringify(given)}`)
      return
    }
  }
  t.pass(`seed ${seed}`)
})
