import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { KeySource } from '../../src/core/settings.ts'
import { createKeyLoader, keySetUri } from '../../src/token/key-source.ts'
import { authority, issuerCertificate, issuerKey } from '../fixtures/issuer-certificates.ts'
import { jwksSettings } from '../helpers/authorizer-settings.ts'
import { createKey, createKeyServer } from '../helpers/key-server.ts'

const limits = { ...jwksSettings, timeoutMs: 1000, maxBytes: 5000 }

const load = createKeyLoader(limits)

/** The kids that were loaded, or the message of the error. */
const outcome = async (issuer: string, keys: KeySource): Promise<readonly string[] | string> => {
  try {
    return [...(await load({ issuer, keys })).keys.keys()]
  } catch (error) {
    return (error as Error).message
  }
}

t.test('keys are loaded from a URI', async (t) => {
  const server = await createKeyServer()
  t.teardown(server.close)
  const source = { kind: 'uri', uri: server.jwksUri } as const
  t.strictSame(await outcome('any', source), [server.key().kid])
  server.serve({ keys: [] })
  t.equal(await outcome('any', source), 'the key set has no usable key')
  server.respond('fail')
  t.equal(await outcome('any', source), 'answered with status 500')
})

t.test('keys are found through the discovery document of the very same issuer', async (t) => {
  const server = await createKeyServer()
  t.teardown(server.close)
  const { issuer, jwksUri, discoveryUri } = server
  const source = { kind: 'discovery', uri: discoveryUri } as const
  t.strictSame(await outcome(issuer, source), [server.key().kid])
  const other = 'the discovery document is for another issuer'
  const missing = 'the discovery document has no jwks_uri'
  const insecure = 'the discovery document has a jwks_uri that is not https'
  const cases = [
    { given: { issuer: `${issuer}/`, jwks_uri: jwksUri }, want: other },
    { given: { jwks_uri: jwksUri }, want: other },
    { given: null, want: other },
    { given: 'text', want: other },
    { given: { issuer }, want: missing },
    { given: { issuer, jwks_uri: 7 }, want: missing },
    { given: { issuer, jwks_uri: '/jwks.json' }, want: missing },
    { given: { issuer, jwks_uri: 'file:///etc/passwd' }, want: insecure },
    { given: { issuer, jwks_uri: 'data:application/json,{}' }, want: insecure },
  ]
  for (const { given, want } of cases) {
    server.serveDiscovery(given)
    t.equal(await outcome(issuer, source), want, JSON.stringify(given))
  }
  t.equal(server.fetches(), 1, 'nothing was fetched from where they pointed')
})

t.test('keys are loaded from a file', async (t) => {
  const server = await createKeyServer()
  t.teardown(server.close)
  const file = (name: string, text: string): KeySource => {
    const path = join(t.testdir(), name)
    writeFileSync(path, text)
    return { kind: 'file', path }
  }
  const good = file('good.json', JSON.stringify({ keys: [server.key().jwk] }))
  t.strictSame(await outcome('any', good), [server.key().kid])
  t.match(await outcome('any', file('bad.json', '{"secret"')), /bad\.json is not valid JSON$/)
  t.match(await outcome('any', file('long.json', ' '.repeat(5001))), /is longer than 5000 bytes$/)
  t.match(await outcome('any', { kind: 'file', path: '/nowhere/keys.json' }), /ENOENT/)
  t.equal(server.fetches(), 0)
})

t.test(
  'a discovery document that came over https leads to plain http on loopback alone',
  async (t) => {
    const cases = [
      { given: 'https://idp.example/keys', want: true },
      { given: 'http://localhost:9229/keys', want: true },
      { given: 'http://127.8.0.1/keys', want: true },
      { given: 'http://[::1]/keys', want: true },
      { given: 'http://idp.example/keys', want: false },
      { given: 'http://127.0.0.1.example/keys', want: false },
      { given: 'http://127.0.0.1@idp.example/keys', want: false },
      { given: 'ftp://localhost/keys', want: false },
    ]
    for (const { given, want } of cases) {
      const read = () => keySetUri({ issuer: 'i', jwks_uri: given }, 'i', 'https://idp.example/d')
      if (want) t.equal(read(), given)
      else t.throws(read, { message: /not https/ }, given)
    }
  },
)

t.test('discovery and keys over https are fetched from whom caFile vouches for', async (t) => {
  const tls = { cert: issuerCertificate, key: issuerKey }
  const server = await createKeyServer(createKey('RS256'), { tls })
  t.teardown(server.close)
  const source = { kind: 'discovery', uri: server.discoveryUri } as const
  t.match(await outcome(server.issuer, source), /unable to verify the first certificate/)
  const trusting = createKeyLoader({ ...limits, ca: authority })
  const set = await trusting({ issuer: server.issuer, keys: source })
  t.strictSame([...set.keys.keys()], [server.key().kid])
})
