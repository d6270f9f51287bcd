import t from 'tap'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createAdminServer, type AdminServerOptions } from '../../src/server/admin.ts'
import { connectTo, parseAnswers } from './data-listener.ts'

const contentType = 'text/plain; version=0.0.4; charset=utf-8'

const start = async (
  t: { teardown: (action: () => unknown) => void },
  options: Partial<AdminServerOptions> = {},
): Promise<number> => {
  const server = createAdminServer({
    metrics: { render: () => Promise.resolve('up 1\n'), contentType },
    notReady: () => [],
    ...options,
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return (server.address() as AddressInfo).port
}

const plain = 'text/plain; charset=utf-8'

t.test('it shows metrics and probes, and nothing else', async (t) => {
  const port = await start(t)
  const cases = [
    { given: 'GET /metrics', status: 200, type: contentType, body: 'up 1\n' },
    { given: 'GET /metrics?name=x', status: 200, type: contentType, body: 'up 1\n' },
    { given: 'GET /livez', status: 200, type: plain, body: 'alive\n' },
    { given: 'GET /readyz', status: 200, type: plain, body: 'ready\n' },
    { given: 'GET /', status: 404, type: plain, body: 'not found\n' },
    { given: 'GET /metrics/', status: 404, type: plain, body: 'not found\n' },
    { given: 'GET http://x/metrics', status: 404, type: plain, body: 'not found\n' },
    { given: 'POST /nothing', status: 404, type: plain, body: 'not found\n' },
    { given: 'POST /metrics', status: 405, type: plain, body: 'method not allowed\n' },
    { given: 'OPTIONS /livez', status: 405, type: plain, body: 'method not allowed\n' },
  ]
  for (const { given, status, type, body } of cases) {
    const client = connectTo(t, port)
    client.send(`${given} HTTP/1.1\r\nHost: a\r\nAccept: application/openmetrics-text\r\n`)
    client.send('Connection: close\r\n\r\n')
    t.match(
      parseAnswers(await client.ended),
      [{ status, headers: { 'content-type': type }, body }],
      given,
    )
  }
})

t.test('405 says what is allowed', async (t) => {
  const client = connectTo(t, await start(t))
  client.send('DELETE /readyz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  t.match(parseAnswers(await client.ended), [{ status: 405, headers: { allow: 'GET, HEAD' } }])
})

t.test('HEAD gets the head alone', async (t) => {
  const client = connectTo(t, await start(t))
  client.send('HEAD /metrics HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  t.match(await client.ended, /^HTTP\/1\.1 200 [^]*\r\nContent-Length: 5\r\n[^]*\r\n\r\n$/)
})

t.test('not ready is 503, with a line per reason', async (t) => {
  const client = connectTo(t, await start(t, { notReady: () => ['no keys of a', 'draining'] }))
  client.send('GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n')
  t.match(parseAnswers(await client.until(/draining\n$/)), [
    {
      status: 503,
      headers: { 'content-type': plain, 'cache-control': 'no-store' },
      body: 'no keys of a\ndraining\n',
    },
  ])
  client.send('GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  t.match(await client.ended, /alive\n$/, 'it is alive all the same')
})

t.test('a page that fails is a 500 without its reason, and the listener goes on', async (t) => {
  const port = await start(t, {
    metrics: { render: () => Promise.reject(new Error('secret')), contentType },
    notReady: () => {
      throw new Error('secret')
    },
  })
  const client = connectTo(t, port)
  client.send('GET /metrics HTTP/1.1\r\nHost: a\r\n\r\nGET /readyz HTTP/1.1\r\nHost: a\r\n\r\n')
  client.send('GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  t.match(parseAnswers(await client.ended), [
    { status: 500, body: 'internal error\n' },
    { status: 500, body: 'internal error\n' },
    { status: 200, body: 'alive\n' },
  ])
})

t.test('who sends a body is answered before it has come', async (t) => {
  const client = connectTo(t, await start(t))
  client.send('POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n')
  t.match(parseAnswers(await client.until(/allowed\n$/)), [
    { status: 405, headers: { connection: 'close' } },
  ])
})

t.test('a scraper that leaves early is no error', async (t) => {
  let render: (text: string) => void = () => undefined
  let rendering: () => void = () => undefined
  const started = new Promise<void>((resolve) => (rendering = resolve))
  const port = await start(t, {
    metrics: {
      render: () => {
        rendering()
        return new Promise((resolve) => (render = resolve))
      },
      contentType,
    },
  })
  const client = connectTo(t, port)
  client.send('GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n')
  await started
  client.socket.destroy()
  const other = connectTo(t, port)
  other.send('GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  await other.ended
  render('late')
  await new Promise(setImmediate)
  t.pass('still here')
})

t.test('remarks stand below, ready or not', async (t) => {
  for (const { notReady, want } of [
    { notReady: [], want: { status: 200, body: 'ready\nreport mode\n' } },
    { notReady: ['no keys'], want: { status: 503, body: 'no keys\nreport mode\n' } },
  ]) {
    const options = { notReady: () => notReady, remarks: () => ['report mode'] }
    const client = connectTo(t, await start(t, options))
    client.send('GET /readyz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    t.match(parseAnswers(await client.ended), [want])
  }
})
