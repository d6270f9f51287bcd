import t, { type Test } from 'tap'
import { fetchJson, type FetchOptions } from '../../src/token/fetch-json.ts'
import { createTrust } from '../../src/token/trust.ts'
import {
  authority,
  expiredCertificate,
  issuerCertificate,
  issuerKey,
  otherCertificate,
} from '../fixtures/issuer-certificates.ts'
import { certificate, privateKey } from '../fixtures/upstream-certificate.ts'
import { noProxies } from '../helpers/authorizer-settings.ts'
import { createKey, createKeyServer, type ResponseMode } from '../helpers/key-server.ts'

const limits: FetchOptions = {
  timeoutMs: 1000,
  maxBytes: 5000,
  trust: undefined,
  proxies: noProxies,
}

const problemOf = async (uri: string, changes: Partial<FetchOptions> = {}): Promise<string> => {
  try {
    await fetchJson(uri, { ...limits, ...changes })
    return 'none'
  } catch (error) {
    return (error as Error).message
  }
}

t.test('a document is fetched and parsed', async (t) => {
  const server = await createKeyServer()
  t.teardown(server.close)
  t.strictSame(await fetchJson(server.jwksUri, limits), { keys: [server.key().jwk] })
})

t.test('every way to fail says what went wrong, and quotes no body', async (t) => {
  const server = await createKeyServer()
  t.teardown(server.close)
  const cases: readonly { mode: ResponseMode; want: string }[] = [
    { mode: 'fail', want: 'answered with status 500' },
    { mode: 'redirect', want: 'answered with status 302' },
    { mode: 'garbage', want: 'the body is not valid JSON' },
    { mode: 'empty', want: 'the body is not valid JSON' },
    { mode: 'binary', want: 'the body is not valid JSON' },
    { mode: 'huge', want: 'the body is longer than 5000 bytes' },
    { mode: 'reset', want: 'other side closed' },
  ]
  for (const { mode, want } of cases) {
    server.respond(mode)
    t.equal(await problemOf(server.jwksUri), want, mode)
  }
  t.equal(server.fetches(), cases.length, 'no redirect was followed')
})

t.test('the time-out covers the head and the body', async (t) => {
  const server = await createKeyServer()
  t.teardown(server.close)
  for (const mode of ['hang', 'stall'] as const) {
    server.respond(mode)
    t.equal(
      await problemOf(server.jwksUri, { timeoutMs: 100 }),
      'no complete answer in 100 ms',
      mode,
    )
  }
})

t.test('an issuer that does not listen and a URI that is none are errors', async (t) => {
  const server = await createKeyServer()
  await server.close()
  t.match(await problemOf(server.jwksUri), /ECONNREFUSED/)
  t.match(await problemOf('nonsense'), /Invalid URL/)
})

const startIssuer = async (t: Test, cert: string, key = issuerKey): Promise<string> => {
  const server = await createKeyServer(createKey('RS256'), { tls: { cert, key } })
  t.teardown(server.close)
  return server.jwksUri
}

t.test('an authority of the operator vouches for its issuer, by name and in time', async (t) => {
  const trust = createTrust(authority)
  for (const { name, cert, key, want } of [
    { name: 'sound', cert: issuerCertificate, want: 'none' },
    { name: 'another name', cert: otherCertificate, want: /does not match certificate's alt/ },
    { name: 'expired', cert: expiredCertificate, want: /certificate has expired/ },
    { name: 'another authority', cert: certificate, key: privateKey, want: /self-signed/ },
  ]) {
    t.match(await problemOf(await startIssuer(t, cert, key), { trust }), want, name)
  }
})

t.test(
  'a certificate that nobody vouches for is refused, whatever the environment says',
  async (t) => {
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
    t.teardown(() => delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'])
    t.match(await problemOf(await startIssuer(t, certificate, privateKey)), /self-signed/)
    const issuer = await startIssuer(t, issuerCertificate)
    t.match(await problemOf(issuer), /unable to verify the first certificate/)
    const trust = createTrust(certificate)
    t.match(await problemOf(issuer, { trust }), /unable to verify the first certificate/)
  },
)
