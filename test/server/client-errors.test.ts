import t from 'tap'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import type { Exchange } from '../../src/proxy/exchange.ts'
import { linger } from '../../src/proxy/linger.ts'
import {
  codes,
  connectTo,
  eventually,
  parseAnswers,
  route,
  startListener,
} from './data-listener.ts'

const host = 'Host: a\r\n'

const badRequest = {
  status: 400,
  headers: {
    'content-type': 'application/json',
    'x-amzn-errortype': 'BadRequestException',
    connection: 'close',
  },
  body: '{"message":"Bad Request"}',
}

const post = (lines: string): string => `POST / HTTP/1.1\r\n${host}${lines}\r\n\r\n`

t.test('what could be framed in two ways is refused, and nothing of it is served', async (t) => {
  const smuggled = `GET /smuggled HTTP/1.1\r\n${host}\r\n`
  const cases = [
    { name: 'length and chunked', given: post('Content-Length: 5\r\nTransfer-Encoding: chunked') },
    { name: 'chunked and length', given: post('Transfer-Encoding: chunked\r\nContent-Length: 5') },
    { name: 'two lengths', given: post('Content-Length: 5\r\nContent-Length: 6') },
    { name: 'two equal lengths', given: post('Content-Length: 5\r\nContent-Length: 5') },
    { name: 'a list of lengths', given: post('Content-Length: 5, 5') },
    { name: 'a signed length', given: post('Content-Length: +5') },
    { name: 'a length beyond 64 bits', given: post('Content-Length: 99999999999999999999') },
    { name: 'two encodings', given: post('Transfer-Encoding: gzip, chunked') },
    { name: 'chunked not last', given: post('Transfer-Encoding: chunked, identity') },
    { name: 'identity', given: post('Transfer-Encoding: identity') },
    { name: 'chunked after a control', given: post('Transfer-Encoding: \vchunked') },
    {
      name: 'chunked in HTTP/1.0',
      given: post('Transfer-Encoding: chunked').replace('1.1', '1.0'),
    },
    { name: 'a folded line', given: post('X: a\r\n b') },
    { name: 'a folded encoding', given: post('Transfer-Encoding:\r\n chunked') },
    { name: 'a space before the colon', given: post('Transfer-Encoding : chunked') },
    { name: 'a bare LF after the start', given: `GET / HTTP/1.1\n${host}\r\n` },
    { name: 'a bare LF after a line', given: 'GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n' },
    { name: 'a CR in the end', given: `GET / HTTP/1.1\r\n${host}X: b\r\n\rX` },
    { name: 'a CR in a value', given: post('X: a\rTransfer-Encoding: chunked') },
    { name: 'a NUL', given: post('X: a\0b') },
    { name: 'a lower-case method', given: `get / HTTP/1.1\r\n${host}\r\n` },
    { name: 'HTTP/0.9', given: 'GET /\r\n\r\n' },
    { name: 'HTTP/2.0', given: `GET / HTTP/2.0\r\n${host}\r\n` },
    { name: 'the HTTP/2 preface', given: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' },
    { name: 'no HTTP at all', given: '\x16\x03\x01\x02\x00\x01\x00\x01' },
    { name: 'no Host', given: 'GET / HTTP/1.1\r\n\r\n' },
    { name: 'two Hosts', given: `GET / HTTP/1.1\r\n${host}${host}\r\n` },
    { name: 'Connection: content-length', given: post('Connection: content-length') },
  ]
  for (const { name, given } of cases) {
    const listener = await startListener(t, { forward: () => t.fail(`${name}: forwarded`) })
    const client = connectTo(t, listener.port)
    client.send(given + smuggled)
    const answers = parseAnswers(await client.ended)
    t.match(answers, [badRequest], name)
    t.equal(answers.length, 1, name)
    t.strictSame(listener.early, ['request_malformed'], name)
    await eventually(() => listener.lines.length > 0)
    t.strictSame(codes(listener.lines), ['request_malformed'], name)
    t.equal(listener.started, listener.finished.length, name)
  }
})

t.test('the log gets the reason, and not the bytes', async (t) => {
  const listener = await startListener(t)
  const client = connectTo(t, listener.port)
  client.send('GET / HTTP/1.1\r\nAuthorization: Bearer secret\r\nX : y\r\n\r\n')
  const [answer] = parseAnswers(await client.ended)
  const [line, ...others] = listener.lines
  t.strictSame(others, [])
  t.ok(Number(line?.bytesIn) > 0 && Number(line?.bytesOut) > 0)
  t.strictSame(
    { ...line, bytesIn: 0, bytesOut: 0 },
    {
      requestId: answer?.headers['x-amzn-requestid'],
      traceId: undefined,
      method: '-',
      route: 'none',
      template: undefined,
      status: 400,
      denial: 'request_malformed',
      wouldDeny: undefined,
      cause: 'HPE_INVALID_HEADER_TOKEN Parse Error: Invalid header token',
      authorizer: undefined,
      subject: undefined,
      remoteAddress: '127.0.0.1',
      verifyMs: undefined,
      upstreamMs: 0,
      totalMs: 0,
      bytesIn: 0,
      bytesOut: 0,
    },
  )
})

t.test('a head that is too large is a 431', async (t) => {
  const listener = await startListener(t, { limits: { maxHeaderBytes: 4096 } })
  const client = connectTo(t, listener.port)
  client.send(`GET / HTTP/1.1\r\n${host}X: ${'a'.repeat(5000)}`)
  t.match(parseAnswers(await client.until(/\}$/)), [
    {
      status: 431,
      headers: { 'x-amzn-errortype': 'RequestHeaderFieldsTooLargeException' },
      body: '{"message":"Request Header Fields Too Large"}',
    },
  ])
  t.strictSame(listener.early, ['headers_too_large'])
  t.match(listener.lines, [{ denial: 'headers_too_large', status: 431 }])
})

t.test('a head that does not end in time is a 408', async (t) => {
  const listener = await startListener(t, { limits: { headersTimeoutMs: 100 } })
  const client = connectTo(t, listener.port)
  client.send('GET / HTTP/1.1\r\n')
  // A line now and then does not help.
  const drip = setInterval(() => {
    client.send('X: y\r\n')
  }, 20)
  t.teardown(() => {
    clearInterval(drip)
  })
  t.match(parseAnswers(await client.until(/\}$/)), [
    { status: 408, headers: { connection: 'close' }, body: '{"message":"Request Timeout"}' },
  ])
  await client.ended
  t.strictSame(listener.early, ['request_timeout'])
  t.strictSame(codes(listener.lines), ['request_timeout'])
})

t.test('a head that comes after its 408 is not served', async (t) => {
  const listener = await startListener(t, { limits: { headersTimeoutMs: 60 } })
  const client = connectTo(t, listener.port)
  client.socket.allowHalfOpen = true
  client.send('GET / HTTP/1.1\r\n')
  const text = await client.until(/\}$/)
  client.send(`${host}\r\n`)
  await once(listener.server, 'request')
  client.socket.end()
  t.equal(await client.ended, text)
  t.equal(listener.started, 0)
})

t.test('a connection that never spoke is closed without a word', async (t) => {
  const listener = await startListener(t, { limits: { headersTimeoutMs: 50 } })
  const client = connectTo(t, listener.port)
  t.equal(await client.ended, '')
  t.strictSame([listener.early, listener.lines], [[], []])
})

t.test('a refused client that goes on sending is cut off', async (t) => {
  const listener = await startListener(t)
  let bytesRead = 0
  listener.server.on('connection', (socket) => {
    socket.on('close', () => (bytesRead = socket.bytesRead))
  })
  const client = connectTo(t, listener.port)
  const startMs = performance.now()
  const pieces = setInterval(() => {
    client.send(' x'.repeat(8192))
  }, 2)
  t.teardown(() => {
    clearInterval(pieces)
  })
  t.match(parseAnswers(await client.ended), [{ status: 400 }])
  t.ok(performance.now() - startMs < linger.maxMs * 3)
  await eventually(() => bytesRead > 0)
  t.ok(bytesRead < 4 * linger.maxBytes, `${bytesRead} bytes were read`)
  t.equal(listener.lines.length, 1, 'and it is one line, however much comes')
})

t.test('a body that breaks off its framing ends the request it belongs to', async (t) => {
  const cases = [
    { name: 'a bad chunk', given: 'zz\r\n' },
    { name: 'a flood of chunk extensions', given: `1;${'x'.repeat(20_000)}\r\n` },
    { name: 'a chunk beyond its length', given: '1\r\nabc\r\n0\r\n\r\n' },
  ]
  for (const { name, given } of cases) {
    const closed: string[] = []
    const listener = await startListener(t, {
      forward: (_permit, { request, response, refuse }) => {
        request.resume()
        response.on('close', () => {
          closed.push(name)
          refuse({ kind: 'denial', code: 'internal' })
        })
      },
    })
    const client = connectTo(t, listener.port)
    client.send(post('Transfer-Encoding: chunked') + given)
    t.match(parseAnswers(await client.ended), [badRequest], name)
    await eventually(() => closed.length === 1)
    t.match(listener.lines, [{ status: 400, denial: 'request_malformed', route: route.label }])
    t.match(listener.finished, [{ status: 400 }], name)
    t.strictSame(listener.early, [], `${name}: it had a route`)
  }
})

t.test('an answer under way is broken off, never followed by another', async (t) => {
  const listener = await startListener(t, {
    forward: (_permit, { request, response }) => {
      request.resume()
      response.writeHead(200, ['Content-Length', '10'])
      response.write('half')
    },
  })
  const client = connectTo(t, listener.port)
  client.send(post('Transfer-Encoding: chunked'))
  await client.until(/half$/)
  client.send('zz\r\n')
  t.match(parseAnswers(await client.ended), [{ status: 200, body: 'half' }])
  t.match(listener.lines, [{ status: 200 }])
})

t.test('an answer is never given to another request of the pipeline', async (t) => {
  const rubbish = ['\0\0\r\n\r\n', `CONNECT a:1 HTTP/1.1\r\n${host}\r\n`]
  for (const given of rubbish) {
    const listener = await startListener(t, { forward: () => undefined })
    const client = connectTo(t, listener.port)
    client.send(`GET / HTTP/1.1\r\n${host}\r\n${given}`)
    t.equal(await client.ended, '')
    await eventually(() => listener.lines.length === 1)
    t.match(listener.lines, [{ status: 499, denial: undefined }])
  }
})

t.test('what follows the last request of a connection does it no harm', async (t) => {
  const held: Exchange[] = []
  const listener = await startListener(t, {
    forward: (_permit, exchange) => void held.push(exchange),
  })
  const client = connectTo(t, listener.port)
  client.send(`GET / HTTP/1.1\r\n${host}Connection: close\r\n\r\nrubbish`)
  await eventually(() => held.length === 1)
  held[0]?.response.end('ok')
  t.match(parseAnswers(await client.ended), [{ status: 200, body: 'ok' }])
})

t.test('CONNECT is refused: there is nothing to tunnel to', async (t) => {
  const listener = await startListener(t, { forward: () => t.fail('forwarded') })
  const client = connectTo(t, listener.port)
  client.send(`CONNECT a:443 HTTP/1.1\r\n${host}\r\n`)
  t.match(parseAnswers(await client.ended), [badRequest])
  t.strictSame(listener.early, ['target_ambiguous'])
  t.match(listener.lines, [{ method: 'CONNECT', denial: 'target_ambiguous', status: 400 }])
})

t.test('a network error is no request: nothing is counted', async (t) => {
  const listener = await startListener(t)
  const errors = [Object.assign(new Error('reset'), { code: 'ECONNRESET' }), new Error('no code')]
  for (const error of errors) {
    const client = connectTo(t, listener.port)
    const [socket] = (await once(listener.server, 'connection')) as [Socket]
    listener.server.emit('clientError', error, socket)
    t.ok(socket.destroyed)
    t.equal(await client.ended, '')
  }
  t.strictSame([listener.early, listener.lines], [[], []])
})

t.test('a client that leaves within its head does no harm', async (t) => {
  const listener = await startListener(t)
  for (const leave of ['end', 'destroy', 'resetAndDestroy'] as const) {
    const client = connectTo(t, listener.port)
    const [socket] = (await once(listener.server, 'connection')) as [Socket]
    client.send('GET / HTTP/1.1\r\n')
    await eventually(() => socket.bytesRead > 0)
    client.socket[leave]()
    const text = await client.ended
    t.equal(text.slice(0, 12), leave === 'end' ? 'HTTP/1.1 400' : '', leave)
    await eventually(() => socket.destroyed)
  }
  t.equal(listener.started, 0)
})
