import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { connect } from 'node:tls'
import t from 'tap'
import type { ListenTls } from '../../src/core/settings.ts'
import { createLiveCertificates } from '../../src/gate/live-certificates.ts'
import { systemClock } from '../../src/observe/clock.ts'
import { createListener } from '../../src/server/listener.ts'
import { issuerCertificate, issuerKey, otherCertificate } from '../fixtures/issuer-certificates.ts'
import { certificate, privateKey } from '../fixtures/upstream-certificate.ts'
import { lastingParts, silent } from './building.ts'

t.test('certificates of other files take the place of those in force', async (t) => {
  const folder = t.testdir({
    one: { cert: issuerCertificate, key: issuerKey },
    two: { cert: certificate, key: privateKey },
  })
  const tls = (name: string, cert: string, key: string): ListenTls => ({
    cert,
    key,
    clientCa: undefined,
    files: {
      cert: join(folder, name, 'cert'),
      key: join(folder, name, 'key'),
      clientCa: undefined,
    },
  })
  const { metrics } = lastingParts()
  const first = tls('one', issuerCertificate, issuerKey)
  const server = createListener({}, { tls: first, handshakeTimeoutMs: 5000 })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const certificates = createLiveCertificates(first, {
    server,
    clock: systemClock,
    log: silent,
    recorder: metrics,
    // Nothing is looked at but when it is asked for.
    schedule: () => () => undefined,
  })
  certificates.start()
  const count = async (outcome: string) =>
    Number(
      new RegExp(`reloads_total\\{outcome="${outcome}"\\} (\\d+)`).exec(await metrics.render())![1],
    )
  t.teardown(() => {
    certificates.stop()
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  const shown = async (): Promise<string> => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false })
    await once(socket, 'secureConnect')
    const { fingerprint256 } = socket.getPeerCertificate()
    socket.destroy()
    return fingerprint256
  }
  const before = await shown()
  certificates.use({ ...first, cert: certificate, key: privateKey })
  t.equal(await shown(), before, 'the same files have a watch of their own')
  certificates.use(undefined)
  t.throws(() => certificates.use(tls('two', otherCertificate, privateKey)))
  t.equal(await shown(), before)
  certificates.use(tls('two', certificate, privateKey))
  const after = await shown()
  t.not(after, before)
  writeFileSync(join(folder, 'two', 'cert'), issuerCertificate)
  writeFileSync(join(folder, 'two', 'key'), issuerKey)
  await certificates.now()
  t.equal(await shown(), before, 'the new files are those that are read from now on')
  t.equal(await count('success'), 2)
  writeFileSync(join(folder, 'two', 'cert'), 'broken')
  await certificates.now()
  t.equal(await count('failed'), 1)
  writeFileSync(join(folder, 'two', 'cert'), issuerCertificate)
  await certificates.now()
  t.equal(await count('success'), 3, 'good again, though the same as before')
  await certificates.now()
  t.equal(await count('success'), 3)
})

t.test('without TLS there is nothing to read', async () => {
  const server = createListener({}, { tls: undefined, handshakeTimeoutMs: 1 })
  const certificates = createLiveCertificates(undefined, {
    server,
    clock: systemClock,
    log: silent,
    recorder: lastingParts().metrics,
  })
  certificates.start()
  certificates.use(undefined)
  await certificates.now()
  certificates.stop()
})
