// A record that cannot be read, from whoever sits between two ends of TLS, or from one of them. Node.js
// reports it and closes nothing by itself: each connection has to end at once, with what hangs on it.
import t from 'tap'
import { certificate, privateKey } from '../fixtures/upstream-certificate.ts'
import { startGate } from '../helpers/gate.ts'
import { ok, startRawUpstream, until, type Arrival } from '../helpers/raw-upstream.ts'
import { agreement, handshake } from '../helpers/raw-websocket.ts'
import { dialTls, listenTls, startRelay, tlsFiles } from '../helpers/tls.ts'

const folder = t.testdir(tlsFiles)
const tls = `tls: { caFile: ${folder}/clients.pem, serverName: upstream.internal }`
const config = `${listenTls(folder)}
upstream: { url: 'https://UPSTREAM', ${tls} }
log: { requests: all, maxPerSecond: 1000 }
routes: [{ path: '/public/{proxy+}', method: ANY, authorizationType: NONE }]
`

/** Of application data, TLS 1.2's name in it, 20 bytes. */
const unreadable = Buffer.concat([Buffer.of(0x17, 3, 3, 0, 20), Buffer.alloc(20, 1)])

const script = ({ socket, text }: Arrival): void => {
  if (/upgrade: websocket/i.test(text)) socket.write(agreement())
  else if (text.includes('/stream'))
    socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf')
  else if (text.includes('/idle')) socket.write(ok)
}

const request = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: gate\r\n\r\n`

const rows = [
  { name: 'an idle connection', text: request('/public/idle'), seen: /ok$/ },
  { name: 'a request that waits', text: request('/public/wait'), seen: /^$/ },
  { name: 'an answer under way', text: request('/public/stream'), seen: /half$/ },
  { name: 'a WebSocket', text: handshake('/public/ws'), seen: /^HTTP\/1\.1 101 / },
] as const

for (const from of ['client', 'upstream'] as const) {
  t.test(`from the ${from}`, async (t) => {
    const upstream = await startRawUpstream(t, script, {
      tls: { cert: certificate, key: privateKey },
    })
    const upstreamRelay = await startRelay(t, upstream.port)
    const gate = await startGate(t, config, undefined, { upstreamPort: upstreamRelay.port })
    const clientRelay = await startRelay(t, gate.port)
    for (const [index, { name, text, seen }] of rows.entries()) {
      const client = dialTls(t, clientRelay.port, text)
      await client.sees(seen)
      await until(() => (upstream.received[index] ?? '') !== '', 'the request')
      const begun = performance.now()
      if (from === 'client') clientRelay.inject('server', unreadable)
      else upstreamRelay.inject('client', unreadable)
      if (from === 'client' || seen.source.startsWith('half') || name === 'a WebSocket') {
        await client.closed
        t.notMatch(client.text(), / 50\d /, name)
      } else if (name === 'a request that waits') {
        await client.sees(/^HTTP\/1\.1 50[24] /)
      }
      if (from === 'client' && name === 'an idle connection') upstream.sockets[index]!.destroy()
      await until(() => upstream.open() === 0, `the upstream of ${name}`)
      t.ok(performance.now() - begun < 3000, `${name}: at once`)
      client.socket.destroy()
    }
    t.notMatch(gate.logged.join(''), 'a bug')
  })
}
