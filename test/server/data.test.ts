import t from 'tap'
import {
  connectTo,
  echo,
  eventually,
  parseAnswers,
  permit,
  refusal,
  startListener,
} from './data-listener.ts'

const host = 'Host: a\r\n'

t.test('the limits are those of the settings', async (t) => {
  const { server } = await startListener(t, {
    limits: {
      headersTimeoutMs: 7000,
      keepAliveTimeoutMs: 8000,
      bodyIdleTimeoutMs: 9000,
      maxConnections: 10,
    },
  })
  t.match(server, {
    headersTimeout: 7000,
    keepAliveTimeout: 8000,
    timeout: 9000,
    requestTimeout: 0,
    maxConnections: 10,
    maxHeadersCount: 0,
  })
})

t.test('no header line is lost, however many there are', async (t) => {
  const { port } = await startListener(t, {
    forward: (_permit, { response, facts }) => {
      response.end(`${facts.rawHeaders.length} ${facts.rawHeaders.at(-1) ?? ''}`)
    },
  })
  const client = connectTo(t, port)
  client.send(`GET / HTTP/1.1\r\n${host}${'a:b\r\n'.repeat(1500)}Connection: close\r\n\r\n`)
  t.match(await client.ended, /3004 close$/)
})

t.test('more connections than the limit are turned away', async (t) => {
  const { port } = await startListener(t, { limits: { maxConnections: 1 } })
  const first = connectTo(t, port)
  first.send(`GET / HTTP/1.1\r\n${host}\r\n`)
  await first.until(/GET \/$/)
  const second = connectTo(t, port)
  t.equal(await second.ended, '')
})

t.test('HTTP/1.0 is served, without a Host too', async (t) => {
  const { port } = await startListener(t)
  const client = connectTo(t, port)
  client.send('GET /old HTTP/1.0\r\n\r\n')
  t.match(parseAnswers(await client.ended), [{ status: 200, body: 'GET /old' }])
})

t.test('an expectation is left to the forwarder, or ignored', async (t) => {
  const { port } = await startListener(t, {
    forward: (permit, exchange) => {
      const expected = exchange.facts.rawHeaders.includes('100-continue')
      if (expected) exchange.response.writeContinue()
      echo(permit, exchange)
    },
  })
  const client = connectTo(t, port)
  client.send(`POST /a HTTP/1.1\r\n${host}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n`)
  await client.until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/)
  client.send('ab')
  await client.until(/POST \/a$/)
  client.send(`GET /b HTTP/1.1\r\n${host}Expect: miracles\r\nConnection: close\r\n\r\n`)
  t.match(await client.ended, /200 OK[^]*GET \/b$/)
})

t.test('a refused expectation gets no 100', async (t) => {
  const { port } = await startListener(t, { authorize: () => refusal('token_missing') })
  const client = connectTo(t, port)
  client.send(`POST /a HTTP/1.1\r\n${host}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n`)
  t.match(await client.until(/\}$/), /^HTTP\/1\.1 401 /)
})

t.test(
  'an upgrade to something else than a WebSocket is not taken up: the request is served as it is',
  async (t) => {
    const upgrade =
      'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n'
    const cases = [
      { given: `GET /a HTTP/1.1\r\n${host}${upgrade}\r\n`, want: 'GET /a' },
      {
        given: `POST /b HTTP/1.1\r\n${host}${upgrade}Content-Length: 3\r\n\r\nabc`,
        want: 'POST /b',
      },
    ]
    const { port } = await startListener(t)
    for (const { given, want } of cases) {
      const client = connectTo(t, port)
      client.send(given)
      t.match(parseAnswers(await client.until(new RegExp(`${want}$`))), [
        { status: 200, body: want },
      ])
      client.send(`GET /next HTTP/1.1\r\n${host}\r\n`)
      t.match(await client.until(/GET \/next$/), /200/, 'and the connection goes on')
    }
  },
)

t.test('an idle connection ends after the keep-alive time', async (t) => {
  const { port } = await startListener(t, { limits: { keepAliveTimeoutMs: 50 } })
  const client = connectTo(t, port)
  client.send(`GET / HTTP/1.1\r\n${host}\r\n`)
  t.match(await client.ended, /GET \/$/)
})

t.test('a client that does not take its answers is let go', async (t) => {
  const listener = await startListener(t, {
    authorize: () => refusal('no_route'),
    answer: () => ({ status: 403, headers: [], body: 'x'.repeat(2 ** 20) }),
    limits: { bodyIdleTimeoutMs: 100 },
  })
  const client = connectTo(t, listener.port)
  client.socket.pause()
  client.send(`GET / HTTP/1.1\r\n${host}\r\n`.repeat(50))
  await eventually(() => listener.started > 0 && listener.finished.length === listener.started)
  t.equal(client.text(), '')
  client.socket.resume()
  t.ok((await client.ended).length < 50 * 2 ** 20, 'the rest was never sent')
})

t.test('nor is it kept by a request that waits behind an answer it does not take', async (t) => {
  const listener = await startListener(t, {
    authorize: ({ target }) => (target === '/forwarded' ? permit : refusal('no_route')),
    answer: () => ({ status: 403, headers: [], body: 'x'.repeat(2 ** 24) }),
    limits: { bodyIdleTimeoutMs: 100 },
    // Waits for its turn, as the forwarder does.
    forward: (_permit, { response }) => {
      response.once('socket', () => response.end('its turn came'))
    },
  })
  const client = connectTo(t, listener.port)
  client.socket.pause()
  client.send(`GET / HTTP/1.1\r\n${host}\r\nGET /forwarded HTTP/1.1\r\n${host}\r\n`)
  await eventually(() => listener.started === 2 && listener.finished.length === 2)
  client.socket.resume()
  t.notMatch(await client.ended, /its turn came/)
})

t.test('a connection that the forwarder works for is not let go', async (t) => {
  const { server, port } = await startListener(t, {
    limits: { bodyIdleTimeoutMs: 50 },
    forward: (_permit, { response }) => {
      server.once('timeout', () => response.end('late'))
    },
  })
  const client = connectTo(t, port)
  client.send(`GET / HTTP/1.1\r\n${host}Connection: close\r\n\r\n`)
  t.match(await client.ended, /late$/)
})
