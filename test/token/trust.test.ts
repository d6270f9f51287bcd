import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { connect, createSecureContext, type SecureContext } from 'node:tls'
import t from 'tap'
import { createTrust } from '../../src/token/trust.ts'
import { authority, issuerCertificate, issuerKey } from '../fixtures/issuer-certificates.ts'
import { certificate } from '../fixtures/upstream-certificate.ts'

t.test('without authorities of its own a gate trusts those of Node.js', async (t) => {
  t.equal(createTrust(undefined), undefined)
})

t.test('every authority of a bundle is trusted, and no context but this one', async (t) => {
  const server = createServer({ cert: issuerCertificate, key: issuerKey })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const verdict = (secureContext: SecureContext | undefined) =>
    new Promise<string>((resolve) => {
      const options = { host: '127.0.0.1', port, rejectUnauthorized: false }
      const socket = connect({ ...options, ...(secureContext && { secureContext }) }, () => {
        resolve(socket.authorized ? 'trusted' : String(socket.authorizationError))
        socket.destroy()
      })
    })
  const unknown = 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'
  t.equal(await verdict(undefined), unknown)
  t.equal(await verdict(createTrust(certificate)), unknown)
  t.equal(await verdict(createTrust(authority)), 'trusted')
  t.equal(await verdict(createTrust(`text\n${certificate}more\n${authority}`)), 'trusted')
  t.equal(await verdict(createSecureContext()), unknown)
})
