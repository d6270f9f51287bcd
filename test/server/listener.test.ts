import { once } from 'node:events'
import { Server as PlainServer } from 'node:http'
import { Server as TlsListener } from 'node:https'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import {
  createListener,
  isTls,
  readyEvent,
  replaceCertificates,
} from '../../src/server/listener.ts'
import { authority, issuerCertificate, issuerKey } from '../fixtures/issuer-certificates.ts'
import { certificate, privateKey } from '../fixtures/upstream-certificate.ts'
import { badClients, dialTls, goodClient } from '../helpers/tls.ts'

const files = { cert: '', key: '', clientCa: undefined }
const pair = { cert: issuerCertificate, key: issuerKey, clientCa: undefined, files }
const otherPair = { ...pair, cert: certificate, key: privateKey }

const start = async (t: Test, tls: Parameters<typeof createListener>[1]['tls']) => {
  const server = createListener({}, { tls, handshakeTimeoutMs: 5000 })
  server.on('request', (_request, response) => response.end('ok'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  return { server, port: (server.address() as AddressInfo).port }
}

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

t.test('a listener speaks what its settings say', async (t) => {
  const plain = createListener({}, { tls: undefined, handshakeTimeoutMs: 1 })
  t.ok(plain instanceof PlainServer)
  t.notOk(isTls(plain))
  t.equal(readyEvent(plain), 'connection')
  const secure = createListener({}, { tls: pair, handshakeTimeoutMs: 1 })
  t.ok(secure instanceof TlsListener)
  t.ok(isTls(secure))
  t.equal(readyEvent(secure), 'secureConnection')
  t.doesNotThrow(() => replaceCertificates(plain, pair), 'there is nothing to replace')
})

t.test('new certificates are for new connections', async (t) => {
  const { server, port } = await start(t, pair)
  const old = dialTls(t, port, get)
  await old.sees(/ok/)
  replaceCertificates(server, otherPair)
  const upstreamName = { ca: certificate, servername: 'upstream.internal' }
  const fresh = dialTls(t, port, get, upstreamName)
  await fresh.sees(/ok/)
  old.socket.write(get)
  await old.sees(/ok[^]*ok/)
  t.equal(fresh.socket.getProtocol(), 'TLSv1.3')
  t.throws(() => replaceCertificates(server, { ...otherPair, key: issuerKey }))
  await dialTls(t, port, get, upstreamName).sees(/ok/)
})

t.test('a session of before opens nothing once its authority has gone', async (t) => {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    const { server, port } = await start(t, { ...pair, clientCa: certificate })
    const client = dialTls(t, port, get, { ...goodClient, maxVersion })
    const [session] = (await once(client.socket, 'session')) as [Buffer]
    await client.sees(/ok/)
    const resumed = dialTls(t, port, get, { ...goodClient, maxVersion, session })
    await resumed.sees(/ok/)
    t.ok(resumed.socket.isSessionReused(), 'it is good')
    replaceCertificates(server, { ...pair, clientCa: authority })
    const late = dialTls(t, port, get, { ...goodClient, maxVersion, session })
    await late.closed
    t.equal(late.text(), '', maxVersion)
    const [none] = badClients
    const bare = dialTls(t, port, get, { ...none!.options, maxVersion, session })
    await bare.closed
    t.equal(bare.text(), '', `${maxVersion}, without a certificate`)
  }
})
