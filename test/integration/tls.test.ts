// The gate as an operator runs it with `listen.tls`: who is let in, what the upstream is told, and that
// limits, upgrades, draining and broken answers are what they are without TLS.
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import type { ConnectionOptions } from 'node:tls'
import t, { type Test } from 'tap'
import { otherCertificate } from '../fixtures/issuer-certificates.ts'
import { certificate, privateKey } from '../fixtures/upstream-certificate.ts'
import { dialRaw } from '../helpers/forwarding.ts'
import { startGate, valuesOf, type Gate } from '../helpers/gate.ts'
import { answering, ok, startRawUpstream, until } from '../helpers/raw-upstream.ts'
import { agreement, frame, handshake, opcode } from '../helpers/raw-websocket.ts'
import {
  badClients,
  dialTls,
  goodClient,
  listenTls,
  recordTypes,
  startRelay,
  tlsFiles,
} from '../helpers/tls.ts'

const folder = t.testdir({ ...tlsFiles, changing: tlsFiles })

const routes = `
routes:
  - { path: /protected, method: ANY, authorizer: pool }
  - { path: '/public/{proxy+}', method: ANY, authorizationType: NONE }
`
const plain = `${listenTls(folder)}${routes}`
const mutual = `${listenTls(folder, true)}${routes}`

const get = 'GET /public/a HTTP/1.1\r\nHost: gate\r\n\r\n'

const linesOf = (gate: Gate): readonly Record<string, unknown>[] =>
  gate.logged.map((line) => JSON.parse(line) as Record<string, unknown>)

const failures = (gate: Gate): readonly unknown[] =>
  linesOf(gate).flatMap(({ msg, reason }) => (msg === 'TLS handshakes failed' ? [reason] : []))

t.test('a request in TLS is a request, and the upstream is told of https', async (t) => {
  const gate = await startGate(t, plain, answering(ok))
  const token = gate.pool.idToken({ sub: 'honest' })
  const client = dialTls(t, gate.port, get)
  await client.sees(/^HTTP\/1\.1 200 OK\r\n[^]*ok$/)
  client.socket.write(`GET /protected HTTP/1.1\r\nHost: gate\r\nAuthorization: ${token}\r\n\r\n`)
  await client.sees(/ok[^]*ok$/)
  client.socket.write('GET /protected HTTP/1.1\r\nHost: gate\r\nConnection: close\r\n\r\n')
  t.equal(await client.closed, 'end')
  t.match(client.text(), /HTTP\/1\.1 401 /)
  for (const seen of gate.reached().split(/(?<=\r\n\r\n)/)) {
    t.strictSame(valuesOf(seen, 'X-Forwarded-Proto'), ['https'])
    t.strictSame(valuesOf(seen, 'X-Forwarded-For'), ['127.0.0.1'])
  }
  t.strictSame(valuesOf(gate.reached().split(/(?<=\r\n\r\n)/)[1]!, 'X-Claim-Sub'), ['honest'])
})

/** Whether a handshake and a request come through; a refused client may see its handshake end well. */
const isServed = async (t: Test, gate: Gate, options: ConnectionOptions): Promise<boolean> => {
  const client = dialTls(t, gate.port, get.replace('Host', 'Connection: close\r\nHost'), options)
  await client.closed
  return client.text().includes(' 200 OK')
}

t.test('TLS 1.2 or later, HTTP/1.1, and nothing else', async (t) => {
  const gate = await startGate(t, plain, answering(ok))
  const legacy = { minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
  for (const { name, options, served } of [
    { name: '1.3', options: { minVersion: 'TLSv1.3' }, served: true },
    { name: '1.2', options: { maxVersion: 'TLSv1.2' }, served: true },
    { name: '1.1', options: { ...legacy, maxVersion: 'TLSv1.1' }, served: false },
    { name: '1.0', options: { ...legacy, maxVersion: 'TLSv1' }, served: false },
    { name: 'HTTP/1.1', options: { ALPNProtocols: ['h2', 'http/1.1'] }, served: true },
    { name: 'HTTP/2 alone', options: { ALPNProtocols: ['h2'] }, served: false },
  ] as const) {
    const before = gate.upstream.received.length
    t.equal(await isServed(t, gate, options as ConnectionOptions), served, name)
    if (!served) t.equal(gate.upstream.received.length, before, name)
  }
  const client = dialTls(t, gate.port, '', { ALPNProtocols: ['h2', 'http/1.1'] })
  await once(client.socket, 'secureConnect')
  t.equal(client.socket.alpnProtocol, 'http/1.1')
  const spoken = dialRaw(t, gate.port, get)
  await spoken.closed
  t.notMatch(spoken.text(), 'HTTP', 'plain HTTP gets no answer')
  t.match(failures(gate)[0], /^ERR_SSL_/, 'the log says why')
  t.notMatch(gate.logged.join(''), '/public/a', 'but not what was sent')
})

t.test('a client without a good certificate is no client', async (t) => {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const gate = await startGate(t, mutual, answering(ok))
    for (const { name, options } of badClients) {
      t.notOk(await isServed(t, gate, { ...options, maxVersion }), `${maxVersion}, ${name}`)
    }
    t.equal(gate.reached(), '', 'nothing reaches the upstream')
    t.ok(await isServed(t, gate, { ...goodClient, maxVersion }), maxVersion)
    t.strictSame(failures(gate).slice(0, 1), ['ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE'])
    t.strictSame(
      linesOf(gate).filter(({ denial }) => denial !== undefined),
      [],
    )
  }
})

t.test('a token is asked for all the same', async (t) => {
  const gate = await startGate(t, mutual, answering(ok))
  const head = 'GET /protected HTTP/1.1\r\nHost: gate\r\nConnection: close\r\n\r\n'
  const client = dialTls(t, gate.port, head, goodClient)
  await client.closed
  t.match(client.text(), /^HTTP\/1\.1 401 /)
  t.equal(gate.reached(), '')
})

t.test('a handshake has its time, however slowly it goes on', async (t) => {
  const gate = await startGate(t, `limits: { headersTimeoutMs: 200 }\n${plain}`, answering(ok))
  const begun = performance.now()
  const silent = dialRaw(t, gate.port)
  const slow = dialRaw(t, gate.port, '\x16\x03\x01\x02\x00')
  const drip = setInterval(() => slow.socket.write('\x01'), 20)
  t.teardown(() => clearInterval(drip))
  await Promise.all([silent.closed, slow.closed])
  clearInterval(drip)
  t.ok(performance.now() - begun < 5000)
  t.strictSame(failures(gate), ['ERR_TLS_HANDSHAKE_TIMEOUT'], 'one line for both')
  const late = dialTls(t, gate.port, 'GET /public/a HT')
  await late.closed
  t.match(late.text(), /^HTTP\/1\.1 408 /, 'and a head has its own')
  const mute = dialTls(t, gate.port)
  await mute.closed
  t.equal(mute.text(), '', 'who asked for nothing is told nothing')
  t.equal(gate.reached(), '')
})

t.test('connections in a handshake count', async (t) => {
  const gate = await startGate(t, `limits: { maxConnections: 2 }\n${plain}`, answering(ok))
  const open = [dialRaw(t, gate.port), dialTls(t, gate.port, get)] as const
  await open[1].sees(/ok$/)
  const third = dialTls(t, gate.port, get)
  await third.closed
  t.equal(third.text(), '')
  t.match(
    linesOf(gate).find(({ msg }) => msg === 'client connections closed at once'),
    { dropped: 1, maxConnections: 2 },
  )
  open[0].socket.destroy()
  open[1].socket.write(get)
  await open[1].sees(/ok[^]*ok$/)
})

t.test('a WebSocket in TLS', async (t) => {
  const script = ({ socket, text }: { socket: Socket; text: string }): void => {
    if (text.endsWith('\r\n\r\n')) socket.write(agreement())
    else socket.write(frame(opcode.text, 'heard'))
  }
  const gate = await startGate(t, plain, script)
  const client = dialTls(t, gate.port, handshake('/public/ws'))
  await client.sees(/^HTTP\/1\.1 101 /)
  client.socket.write(frame(opcode.text, 'said', { masked: true }))
  await client.sees(/heard$/)
  t.strictSame(valuesOf(gate.reached(), 'X-Forwarded-Proto'), ['https'])
  const refused = dialTls(t, gate.port, handshake('/protected'))
  await refused.closed
  t.match(refused.text(), /^HTTP\/1\.1 401 /)
  await gate.stop()
  t.equal(await client.closed, 'end', 'it is told to end')
  t.match(client.text(), /\x88\x0c\x03\xe9going away/, 'with 1001')
})

t.test('an upgrade that is not taken goes back to the parser', async (t) => {
  const gate = await startGate(t, plain, answering(ok))
  const client = dialTls(
    t,
    gate.port,
    get.replace('Host', 'Connection: Upgrade\r\nUpgrade: h2c\r\nHost'),
  )
  await client.sees(/ok$/)
  client.socket.write(get)
  await client.sees(/ok[^]*ok$/)
  t.strictSame(valuesOf(gate.reached(), 'Upgrade'), [])
})

t.test('a drain ends handshakes and idle connections, and loses no request', async (t) => {
  const arrivals: Socket[] = []
  const gate = await startGate(
    t,
    plain.replace('routes:', 'shutdown: { graceMs: 5000 }\nroutes:'),
    ({ socket, text }) => {
      if (text.includes('/public/held')) arrivals.push(socket)
      else socket.write(ok)
    },
  )
  const silent = dialRaw(t, gate.port)
  const halfway = dialRaw(t, gate.port, '\x16\x03\x01\x02\x00')
  const unused = dialTls(t, gate.port)
  await once(unused.socket, 'secureConnect')
  const idle = dialTls(t, gate.port, get)
  await idle.sees(/ok$/)
  const busy = dialTls(t, gate.port, 'GET /public/held HTTP/1.1\r\nHost: gate\r\n\r\n')
  await until(() => arrivals.length === 1)
  const stopped = gate.stop()
  await Promise.all([silent, halfway, unused, idle].map(({ closed }) => closed))
  t.equal(busy.text(), '')
  arrivals[0]!.write(ok)
  t.equal(await busy.closed, 'end')
  t.match(busy.text(), /Connection: close\r\n[^]*ok$/)
  t.strictSame(await stopped, { cut: 0 })
  t.strictSame(failures(gate), [], 'nobody failed')
})

t.test('what is cut after the grace period is counted, handshakes are not', async (t) => {
  const gate = await startGate(t, plain, () => undefined)
  const busy = dialTls(t, gate.port, get)
  await until(() => gate.reached() !== '')
  const silent = connect(gate.port, '127.0.0.1').on('error', () => undefined)
  await once(silent, 'connect')
  t.strictSame(await gate.stop(), { cut: 1 })
  await busy.closed
})

t.test('https to the upstream, with a certificate, whatever the client calls it', async (t) => {
  const script = ({ socket, text }: { socket: Socket; text: string }): void => {
    if (!text.endsWith('\r\n\r\n')) return
    socket.write(/upgrade: websocket/i.test(text) ? agreement() : ok)
  }
  const tls = { cert: certificate, key: privateKey, ca: certificate, requestCert: true }
  const upstream = await startRawUpstream(t, script, { tls: { ...tls, rejectUnauthorized: true } })
  const own = `certFile: ${folder}/clients.pem, keyFile: ${folder}/client-key.pem`
  const config = (name: string, more = own) =>
    `upstream: { url: 'https://UPSTREAM', tls: { caFile: ${folder}/clients.pem, serverName: ${name}, ${more} } }\n`
  const options = { upstreamPort: upstream.port }
  const gate = await startGate(t, plain + config('upstream.internal'), undefined, options)
  const evil = { servername: 'localhost' }
  for (const host of ['evil.internal', 'localhost:1', '127.0.0.1']) {
    const client = dialTls(t, gate.port, get.replace('gate', host), evil)
    await client.sees(/200 OK[^]*ok$/)
    const upgrade = handshake('/public/ws').replace(/Host: .*/, `Host: ${host}`)
    await dialTls(t, gate.port, upgrade, evil).sees(/^HTTP\/1\.1 101 /)
  }
  t.ok(upstream.serverNames.length >= 4)
  t.strictSame([...new Set(upstream.serverNames)], ['upstream.internal'])
  t.match(upstream.received.join(''), /host: evil\.internal\r\n/i, 'though Host is passed on')

  const before = upstream.received.join('')
  for (const wrong of [config('evil.internal'), config('upstream.internal', '')]) {
    const gate = await startGate(t, plain + wrong, undefined, options)
    const upgrade = handshake('/public/ws').replace(/Host: .*/, 'Host: upstream.internal')
    for (const text of [get.replace('gate', 'upstream.internal'), upgrade]) {
      await dialTls(t, gate.port, text).sees(/^HTTP\/1\.1 50[24] /)
    }
  }
  t.equal(upstream.received.join(''), before, 'nothing is sent')
})

t.test('certificates are read again when asked to', async (t) => {
  const own = `${folder}/changing`
  const gate = await startGate(t, `${listenTls(own)}${routes}`, answering(ok))
  writeFileSync(`${own}/cert.pem`, otherCertificate)
  await gate.reload()
  t.match(linesOf(gate).at(-1), {
    msg: 'certificates of the listener replaced',
    subject: 'CN=other',
  })
  t.ok(await isServed(t, gate, { servername: 'other.internal' }))
  await gate.stop()
})

t.test('an answer that breaks off has no end, where the end is all that tells', async (t) => {
  const gate = await startGate(t, plain, ({ socket, text }) => {
    if (text.includes('/whole')) socket.end('HTTP/1.0 200 OK\r\n\r\nhalf')
    else socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf')
    if (text.includes('/broken')) setTimeout(() => socket.resetAndDestroy(), 20)
  })
  const relay = await startRelay(t, gate.port)
  for (const { path, last } of [
    { path: 'whole', last: 21 },
    { path: 'broken', last: 23 },
  ]) {
    const text = `GET /public/${path} HTTP/1.0\r\n\r\n`
    const client = dialTls(t, relay.port, text, { maxVersion: 'TLSv1.2' })
    await client.closed
    t.match(client.text(), /half$/)
    t.equal(recordTypes(relay.take()).at(-1), last, path)
  }
})
