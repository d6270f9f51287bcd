// Connections over TLS and unix sockets, as requests use them.
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { UpstreamTls } from '../../src/core/settings.ts'
import { certificate, privateKey } from '../fixtures/upstream-certificate.ts'
import { dialRaw, exchangeRaw, startForwarding } from '../helpers/forwarding.ts'
import { answering, ok, startRawUpstream, until } from '../helpers/raw-upstream.ts'

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const trusting: UpstreamTls = {
  ca: certificate,
  cert: undefined,
  key: undefined,
  serverName: 'upstream.internal',
}
const serverTls = { key: privateKey, cert: certificate }

t.test("a client's Host neither names the certificate nor costs a connection", async (t) => {
  const upstream = await startRawUpstream(t, answering(ok), { tls: serverTls })
  const gate = await startForwarding(t, {
    upstream: { origin: `https://127.0.0.1:${upstream.port}`, tls: trusting },
  })
  for (const host of ['evil.example', 'other.example:444', '127.0.0.1']) {
    t.match(await exchangeRaw(t, gate.port, get.replace('a', host)), /ok$/)
  }
  t.strictSame(upstream.serverNames, ['upstream.internal'])
  t.match(upstream.received[0], 'host: evil.example\r\n')
})

t.test('a certificate that is not believed is refused and counted', async (t) => {
  const upstream = await startRawUpstream(t, answering(ok), { tls: serverTls })
  const cases = [
    { ...trusting, ca: undefined },
    { ...trusting, serverName: 'evil.example' },
  ]
  for (const tls of cases) {
    const gate = await startForwarding(t, {
      upstream: { origin: `https://127.0.0.1:${upstream.port}`, tls },
    })
    for (let count = 0; count < 2; count += 1) {
      const answer = await exchangeRaw(t, gate.port, get.replace('a', 'upstream.internal'))
      t.match(answer, 'X-Denial: upstream_unreachable')
    }
    t.strictSame(gate.counted, ['failed tls', 'failed tls'])
  }
  t.strictSame(upstream.received.join(''), '', 'no request was sent')
})

t.test('an upstream that speaks no TLS, or wants a certificate, is so counted', async (t) => {
  const plain = await startRawUpstream(t, ({ socket }) => socket.end('HTTP/1.1 400 X\r\n\r\n'))
  const asking = await startRawUpstream(t, answering(ok), {
    tls: { ...serverTls, ca: certificate, requestCert: true, rejectUnauthorized: true },
  })
  for (const { port } of [plain, asking]) {
    const gate = await startForwarding(t, {
      upstream: { origin: `https://127.0.0.1:${port}`, tls: trusting },
    })
    t.match(await exchangeRaw(t, gate.port, get), /X-Denial: upstream_(unreachable|broken)/)
    t.match(gate.counted, [/failed (tls|reset)/])
  }
})

t.test('a slow handshake is a time-out of its own', async (t) => {
  const upstream = await startRawUpstream(t, () => undefined)
  const gate = await startForwarding(t, {
    upstream: {
      origin: `https://127.0.0.1:${upstream.port}`,
      tls: trusting,
      connectTimeoutMs: 80,
    },
  })
  t.match(await exchangeRaw(t, gate.port, get), 'X-Denial: upstream_unreachable')
  t.strictSame(gate.counted, ['failed timeout'])
  await until(() => upstream.open() === 0)
})

t.test('an upstream on a unix socket', async (t) => {
  const path = join(mkdtempSync(join(tmpdir(), 'connection-')), 'app.sock')
  const upstream = await startRawUpstream(t, answering(ok), { path })
  const gate = await startForwarding(t, {
    upstream: { origin: 'http://localhost', socketPath: path, preserveHost: false },
  })
  t.match(await exchangeRaw(t, gate.port, get), /ok$/)
  t.match(upstream.received[0], 'host: localhost\r\n')
})

t.test('a failure that cannot even be answered is logged, and the gate lives', async (t) => {
  const upstream = await startRawUpstream(t, ({ socket, text }) => {
    if (text.includes('/bad')) socket.destroy()
    else socket.write(ok)
  })
  const gate = await startForwarding(t, {
    port: upstream.port,
    before: (exchange) => {
      if (exchange.request.url !== '/bad') return
      Object.assign(exchange, {
        refuse: () => {
          throw new Error('no answer')
        },
      })
    },
  })
  dialRaw(t, gate.port, get.replace('/', '/bad'))
  await until(() => gate.logged.length === 1)
  t.strictSame(gate.logged, ['a failure of the upstream could not be answered'])
  t.match(await exchangeRaw(t, gate.port, get), /ok$/)
})

t.test('an upstream may end while the client does not read: the answer is whole', async (t) => {
  for (const size of [65_536, 1_048_576, 4_194_304]) {
    for (const framing of [`Content-Length: ${size}`, 'X-Length: none']) {
      const upstream = await startRawUpstream(t, ({ socket, text }) => {
        if (!text.endsWith('\r\n\r\n')) return
        socket.write(`HTTP/1.1 200 OK\r\n${framing}\r\nConnection: close\r\n\r\n`)
        socket.end(Buffer.alloc(size, 'x'))
      })
      const gate = await startForwarding(t, {
        upstream: { origin: `http://127.0.0.1:${upstream.port}` },
      })
      const client = dialRaw(t, gate.port)
      client.socket.pause()
      client.socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
      await until(() => upstream.received.length === 1)
      await new Promise((resolve) => setTimeout(resolve, 50))
      client.socket.resume()
      t.equal(await client.closed, 'end', `${size}, ${framing}`)
      t.equal(client.text().split('x').length - 1 >= size, true, `${size}, ${framing}`)
      t.strictSame(
        gate.counted.filter((word) => word.startsWith('failed')),
        [],
      )
    }
  }
})
