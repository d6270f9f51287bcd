// Heads, hints, ends and breaks, as the client sees them.
import t from 'tap'
import { dialRaw, exchangeRaw, startForwarding } from '../helpers/forwarding.ts'
import { answering, ok, startRawUpstream, until } from '../helpers/raw-upstream.ts'

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

/** What a client gets when the upstream answers with these bytes. */
const answerTo = async (t: Parameters<typeof exchangeRaw>[0], given: string, request = get) => {
  const upstream = await startRawUpstream(t, answering(given))
  const gate = await startForwarding(t, { port: upstream.port })
  const text = await exchangeRaw(t, gate.port, request)
  return { text, gate, upstream }
}

t.test('a head is passed on byte for byte', async (t) => {
  const cases = [
    {
      name: 'lines',
      given:
        'HTTP/1.1 200 OK\r\nSET-cookie: a=1\r\nx-B: caf\xe9\r\nSet-Cookie: b=2\r\nDate: D\r\nContent-Length: 0\r\n\r\n',
      want: 'HTTP/1.1 200 OK\r\nSET-cookie: a=1\r\nx-B: caf\xe9\r\nSet-Cookie: b=2\r\nDate: D\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
    },
    {
      name: 'a reason phrase of its own',
      given: 'HTTP/1.1 422 No such customer\r\nDate: D\r\nContent-Length: 0\r\n\r\n',
      want: 'HTTP/1.1 422 No such customer\r\nDate: D\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
    },
    {
      name: 'no reason phrase, or one beyond ASCII',
      given: 'HTTP/1.1 404\r\nDate: D\r\nContent-Length: 0\r\n\r\n',
      want: 'HTTP/1.1 404 Not Found\r\nDate: D\r\nContent-Length: 0\r\nConnection: close\r\n\r\n',
    },
    {
      name: 'trailers are dropped with their announcement',
      given:
        'HTTP/1.1 200 OK\r\nDate: D\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n',
      want: 'HTTP/1.1 200 OK\r\nDate: D\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    },
    {
      name: 'a body that ends with the connection is chunked',
      given: 'HTTP/1.1 200 OK\r\nDate: D\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\n\r\n',
      want: 'HTTP/1.1 200 OK\r\nDate: D\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    },
    {
      name: '204',
      given: 'HTTP/1.1 204 No Content\r\nDate: D\r\nContent-Length: 0\r\n\r\n',
      want: 'HTTP/1.1 204 No Content\r\nDate: D\r\nConnection: close\r\n\r\n',
    },
    {
      name: '304 with the length of what it stands for',
      given: 'HTTP/1.1 304 Not Modified\r\nDate: D\r\nContent-Length: 1234\r\nETag: "e"\r\n\r\n',
      want: 'HTTP/1.1 304 Not Modified\r\nDate: D\r\nContent-Length: 1234\r\nETag: "e"\r\nConnection: close\r\n\r\n',
    },
  ]
  for (const { name, given, want } of cases) {
    const upstream = await startRawUpstream(t, ({ socket, text }) => {
      if (text.endsWith('\r\n\r\n'))
        socket[given.includes('X-Hop') ? 'end' : 'write'](given, 'latin1')
    })
    const gate = await startForwarding(t, { port: upstream.port })
    t.equal(await exchangeRaw(t, gate.port, get), want, name)
    t.strictSame([gate.counted, gate.refusals], [['finished'], []], name)
  }
})

t.test('HTTP/1.0 gets no transfer coding, whatever it says it takes', async (t) => {
  const chunked =
    'HTTP/1.1 200 OK\r\nDate: D\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n'
  for (const lines of [
    '',
    'TE: chunked\r\n',
    'TE: trailers, chunked\r\nConnection: keep-alive\r\n',
  ]) {
    const upstream = await startRawUpstream(t, answering(chunked))
    const gate = await startForwarding(t, { port: upstream.port })
    const client = dialRaw(t, gate.port, `GET / HTTP/1.0\r\n${lines}\r\n`)
    t.equal(await client.closed, 'end')
    t.equal(client.text(), 'HTTP/1.1 200 OK\r\nDate: D\r\nConnection: close\r\n\r\nok', lines)
  }
})

t.test('the answer to HEAD has a length and no body', async (t) => {
  const { text } = await answerTo(
    t,
    'HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 9\r\n\r\n',
    get.replace('GET', 'HEAD'),
  )
  t.equal(text, 'HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 9\r\nConnection: close\r\n\r\n')
})

t.test('an answer that cannot be passed on is refused, and the gate lives', async (t) => {
  const answers = [
    'HTTP/1.1 000 Zero\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 099 Low\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 600 High\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 999 High\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n',
    'HTTP/1.1 101 Switching Protocols\r\n\r\n',
    'HTTP/1.1 200 OK\r\nX: a\x01b\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nX: a\x7fb\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nX Y: 1\r\nContent-Length: 0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab',
    'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
    `HTTP/1.1 200 OK\r\nX: ${'a'.repeat(70_000)}\r\nContent-Length: 0\r\n\r\n`,
    'SSH-2.0-OpenSSH_9.2\r\n',
  ]
  for (const given of answers) {
    const { text, gate, upstream } = await answerTo(t, given)
    t.match(
      text,
      'HTTP/1.1 500 Internal Server Error\r\nX-Denial: upstream_broken\r\n',
      given.slice(0, 60),
    )
    t.strictSame(gate.counted, ['failed protocol'], given.slice(0, 60))
    await until(() => upstream.open() === 0)
  }
})

t.test('a reason phrase that Node would not write is replaced', async (t) => {
  const { text } = await answerTo(t, 'HTTP/1.1 200 caf\xe9 \r\nContent-Length: 0\r\n\r\n')
  t.match(text, /^HTTP\/1.1 (200 OK|500 )/)
})

t.test('hints go before the answer, other informational answers do not', async (t) => {
  const hint =
    'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nX: 1\r\nLink: </b.js>; rel=preload\r\n\r\n'
  const cases = [
    {
      name: 'a hint',
      given: hint,
      want: 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload, </b.js>; rel=preload\r\n\r\n',
    },
    {
      name: 'two',
      given: hint.repeat(2),
      want: 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload, </b.js>; rel=preload\r\n\r\n'.repeat(
        2,
      ),
    },
    { name: 'a hint of nothing', given: 'HTTP/1.1 103 Early Hints\r\n\r\n', want: '' },
    {
      name: 'links that Node refuses',
      given: 'HTTP/1.1 103 X\r\nLink: nonsense\r\n\r\n',
      want: '',
    },
    { name: 'processing', given: 'HTTP/1.1 102 Processing\r\nX: 1\r\n\r\n', want: '' },
  ]
  for (const { name, given, want } of cases) {
    const { text } = await answerTo(t, given + ok)
    t.equal(text.slice(0, text.indexOf('HTTP/1.1 200 OK')), want, name)
    t.match(text, /\r\n\r\nok$/)
  }
})

t.test('a client that leaves while a hint is written is sent nothing more', async (t) => {
  const hint = 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n'
  const upstream = await startRawUpstream(t, answering(hint + ok))
  const gate = await startForwarding(t, {
    port: upstream.port,
    before: ({ response }) => {
      response.writeEarlyHints = () => response.emit('close')
    },
  })
  const client = dialRaw(t, gate.port, get)
  await until(() => upstream.received.length === 1 && upstream.open() === 0)
  t.strictSame([client.text(), gate.counted, gate.refusals], ['', [], []])
})

t.test('HTTP/1.0 gets no hints, no chunks, and a break that is no end', async (t) => {
  const old = 'GET / HTTP/1.0\r\n\r\n'
  const hinted = await answerTo(t, `HTTP/1.1 103 X\r\nLink: </a>; rel=preload\r\n\r\n${ok}`, old)
  t.match(hinted.text, /^HTTP\/1.1 200 OK[^]*\r\n\r\nok$/)
  const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n'
  const whole = await answerTo(t, `${chunked}0\r\n\r\n`, old)
  t.match(whole.text, /^HTTP\/1.1 200 OK\r\n[^]*Connection: close\r\n\r\nok$/)
  t.notMatch(whole.text, /transfer-encoding/i)

  const upstream = await startRawUpstream(t, answering(chunked))
  const gate = await startForwarding(t, { port: upstream.port })
  const client = dialRaw(t, gate.port, old)
  await client.sees(/ok$/)
  upstream.sockets[0]!.destroy()
  t.equal(await client.closed, 'reset')
})

t.test(
  'an early answer reaches the client whole, and the rest of its body is bounded',
  async (t) => {
    const early = [
      'HTTP/1.1 413 Payload Too Large\r\nContent-Length: 3\r\n\r\nbig',
      'HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n',
      'HTTP/1.1 413 Payload Too Large\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nbig\r\n0\r\n\r\n',
    ]
    for (const given of early) {
      const upstream = await startRawUpstream(t, ({ socket, text }) => {
        if (text.includes('start')) socket.write(given)
      })
      const gate = await startForwarding(t, { port: upstream.port })
      const post = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\nstart'
      const client = dialRaw(t, gate.port, post)
      await client.sees(/^HTTP\/1.1 4[^]*Connection: close\r\n(?:[^]*\r\n)?\r\n/)
      client.socket.write(Buffer.alloc(200_000))
      await client.closed
      t.match(client.text(), /\r\n\r\n(?:big|3\r\nbig\r\n0\r\n\r\n)?$/)
      t.ok(gate.exchanges[0]!.request.socket.bytesRead < 1_000_000)
      t.strictSame(gate.counted, ['finished'])
      await until(() => upstream.open() === 0)
    }
  },
)

t.test('after an early answer, a client that neither sends nor leaves is closed', async (t) => {
  const upstream = await startRawUpstream(t, ({ socket, text }) => {
    if (text.includes('start')) socket.write(ok)
  })
  const gate = await startForwarding(t, { port: upstream.port })
  const post = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nstart'
  const idle = dialRaw(t, gate.port, post)
  const finishing = dialRaw(t, gate.port, post)
  const leaving = dialRaw(t, gate.port, post)
  for (const client of [idle, finishing, leaving]) await client.sees(/ok$/)
  finishing.socket.write('12345')
  await finishing.closed
  leaving.socket.destroy()
  const begun = performance.now()
  await idle.closed
  t.ok(performance.now() - begun < 2500)
  await until(() => gate.clients() === 0)
})
