import t from 'tap'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createStatusServer, type MakeReport } from '../../src/status/server.ts'
import { connectTo, eventually, parseAnswers, type Teardown } from '../server/data-listener.ts'
import { report } from './fixtures.ts'

const start = async (t: Teardown, make: MakeReport = async () => report) => {
  const server = createStatusServer(make)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return { server, port: (server.address() as AddressInfo).port }
}

const ask = async (t: Teardown, port: number, text: string) => {
  const client = connectTo(t, port)
  client.send(`${text}\r\nConnection: close\r\n\r\n`)
  return parseAnswers(await client.ended)[0]!
}

const local = 'HTTP/1.1\r\nHost: 127.0.0.1:9092'

const guarded = {
  'cache-control': 'no-store',
  'content-security-policy': /^default-src 'none'; script-src 'self'; .*frame-ancestors 'none'/,
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

t.test('it has a page, its parts and the same as JSON, and nothing else', async (t) => {
  const { port } = await start(t)
  for (const [path, status, type] of [
    ['/', 200, 'text/html'],
    ['/?a=b', 200, 'text/html'],
    ['/status', 200, 'application/json'],
    ['/status.js', 200, 'text/javascript'],
    ['/status.css', 200, 'text/css'],
    ['/status.svg', 200, 'image/svg+xml'],
    ['/metrics', 404, 'text/plain'],
    ['//', 404, 'text/plain'],
    ['/status/', 404, 'text/plain'],
    ['/constructor', 404, 'text/plain'],
    ['http://localhost/status', 404, 'text/plain'],
  ] as const) {
    const answer = await ask(t, port, `GET ${path} ${local}`)
    t.match(answer, { status, headers: { 'content-type': `${type}; charset=utf-8`, ...guarded } })
    t.notOk('access-control-allow-origin' in answer.headers)
  }
  const { body } = await ask(t, port, `GET /status ${local}`)
  t.strictSame(JSON.parse(Buffer.from(body, 'latin1').toString()), report)
})

t.test('it is asked with GET and HEAD', async (t) => {
  const { port } = await start(t)
  const client = connectTo(t, port)
  client.send(`HEAD /status ${local}\r\nConnection: close\r\n\r\n`)
  t.match(await client.ended, /^HTTP\/1\.1 200 [^]*\r\n\r\n$/, 'a head alone')
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
    const answer = await ask(t, port, `${method} /status ${local}\r\nContent-Length: 0`)
    t.match(answer, { status: 405, headers: { allow: 'GET, HEAD', ...guarded } }, method)
  }
})

t.test('a name that was rebound, and a page of elsewhere, learn nothing', async (t) => {
  let reports = 0
  const { port } = await start(t, async () => {
    reports += 1
    return report
  })
  for (const path of ['/', '/status', '/status.js', '/nowhere']) {
    for (const [head, status] of [
      ['HTTP/1.1\r\nHost: evil.example', 421],
      ['HTTP/1.0', 421],
      [`${local}\r\nOrigin: http://localhost:3000`, 403],
      [`${local}\r\nSec-Fetch-Site: cross-site`, 403],
    ] as const) {
      const answer = await ask(t, port, `GET ${path} ${head}`)
      t.match(answer, { status, headers: guarded })
      t.ok(answer.body.length < 60)
    }
  }
  t.equal(reports, 0)
})

t.test('a report that fails is a 500 that says nothing, and the next one is made', async (t) => {
  let fails = true
  const { port } = await start(t, async () => {
    if (fails) throw new Error('secret')
    return report
  })
  const answer = await ask(t, port, `GET /status ${local}`)
  t.match(answer, { status: 500, body: 'internal error\n', headers: guarded })
  fails = false
  t.equal((await ask(t, port, `GET / ${local}`)).status, 200)
})

t.test('it holds against heads too large, too slow, and too many clients', async (t) => {
  const { port, server } = await start(t)
  t.match(
    [server.maxConnections, server.headersTimeout, server.requestTimeout, server.timeout],
    [32, 5000, 10_000, 30_000],
  )
  const large = await ask(t, port, `GET / ${local}\r\nX: ${'x'.repeat(17_000)}`)
  t.equal(large.status, 431)
  const clients = Array.from({ length: 40 }, () => connectTo(t, port))
  await eventually(() => clients.filter(({ socket }) => socket.closed).length === 8)
  for (const { socket } of clients) socket.destroy()
})

t.test('a client that leaves before its answer ends nothing', async (t) => {
  let release = (): void => undefined
  const { port } = await start(t, async () => {
    await new Promise<void>((resolve) => (release = resolve))
    return report
  })
  const client = connectTo(t, port)
  client.send(`GET /status ${local}\r\n\r\n`)
  await eventually(() => release.length === 1)
  client.socket.destroy()
  release()
  const other = ask(t, port, `GET /status ${local}`)
  await eventually(() => {
    release()
    return true
  })
  setTimeout(() => release(), 50)
  t.equal((await other).status, 200)
})
