import { createServer } from 'node:https'
import t, { type Test } from 'tap'
import type { ProxySettings } from '../../src/core/settings.ts'
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
import { startHttpProxy, type HttpProxyOptions } from '../helpers/http-proxy.ts'
import { createKey, createKeyServer, type KeyServerOptions } from '../helpers/key-server.ts'

const tls = { cert: issuerCertificate, key: issuerKey }
const hostname = 'issuer.internal'

const setUp = async (t: Test, issuer: KeyServerOptions, options: HttpProxyOptions = {}) => {
  const server = await createKeyServer(createKey('ES256'), { hostname, ...issuer })
  const proxy = await startHttpProxy(options)
  t.teardown(server.close)
  t.teardown(proxy.close)
  const { host } = new URL(server.jwksUri)
  /** The keys, or the message of the error. */
  const fetchKeys = async (
    changes: Partial<ProxySettings> = {},
    more: Partial<FetchOptions> = {},
  ): Promise<unknown> => {
    const settings = { origin: proxy.url, authorization: undefined, ...changes }
    try {
      return await fetchJson(server.jwksUri, {
        timeoutMs: 1000,
        maxBytes: 5000,
        trust: createTrust(authority),
        proxies: { http: settings, https: settings, except: [] },
        ...more,
      })
    } catch (error) {
      return (error as Error).message
    }
  }
  return { server, proxy, host, fetchKeys, keys: { keys: [server.key().jwk] } }
}

const basic = (credentials: string): Partial<ProxySettings> => ({
  authorization: `Basic ${Buffer.from(credentials).toString('base64')}`,
})

t.test('an https issuer is reached through a tunnel that shows the proxy nothing', async (t) => {
  const { proxy, host, fetchKeys, keys } = await setUp(t, { tls })
  t.strictSame(await fetchKeys(), keys)
  t.strictSame(proxy.requests(), [`CONNECT ${host}`])
  t.match(proxy.seen(), hostname, 'it sees the name that TLS asks for')
  t.notMatch(proxy.seen(), /kid|jwks/)
})

t.test('an http issuer is asked for by its whole URL', async (t) => {
  const { server, proxy, fetchKeys, keys } = await setUp(t, {})
  t.strictSame(await fetchKeys(), keys)
  t.strictSame(proxy.requests(), [`GET ${server.jwksUri}`])
})

t.test('a proxy may be spoken to over https', async (t) => {
  for (const issuer of [{ tls }, {}]) {
    const { fetchKeys, keys } = await setUp(t, issuer, { tls })
    t.strictSame(await fetchKeys(), keys)
    t.match(await fetchKeys({}, { trust: undefined }), /unable to verify the first certificate/)
  }
  const { fetchKeys } = await setUp(t, { tls }, { tls: { cert: otherCertificate, key: issuerKey } })
  t.match(await fetchKeys(), /Secure Proxy Connection failed/)
})

t.test('a proxy gets the credentials that it wants', async (t) => {
  for (const issuer of [{ tls }, {}]) {
    const { proxy, server, fetchKeys, keys } = await setUp(t, issuer, { credentials: 'jane:s: ü' })
    t.strictSame(await fetchKeys(basic('jane:s: ü')), keys)
    for (const changes of [{}, basic('jane:other')]) {
      const message = await fetchKeys(changes)
      t.match(message, `through the proxy ${proxy.url}: `)
      t.match(message, /407/)
      t.notMatch(message, /jane|other|Basic/)
    }
    t.equal(server.fetches(), 1)
  }
})

t.test('a proxy that is down, refuses or hangs is a failed fetch', async (t) => {
  for (const issuer of [{ tls }, {}]) {
    const { proxy, fetchKeys } = await setUp(t, issuer)
    const start = `through the proxy ${proxy.url}: `
    proxy.respond('refuse')
    t.match(await fetchKeys(), /^through the proxy .*502/)
    proxy.respond('hang')
    t.equal(await fetchKeys({}, { timeoutMs: 100 }), `${start}no complete answer in 100 ms`)
    await proxy.close()
    t.match(await fetchKeys(), /^through the proxy .*ECONNREFUSED/)
  }
})

t.test('an issuer behind a proxy is still bounded, and no redirect is followed', async (t) => {
  for (const issuer of [{ tls }, {}]) {
    const { proxy, server, fetchKeys } = await setUp(t, issuer)
    const start = `through the proxy ${proxy.url}: `
    server.respond('huge')
    t.equal(await fetchKeys(), `${start}the body is longer than 5000 bytes`)
    server.respond('redirect')
    t.equal(await fetchKeys(), `${start}answered with status 302`)
    server.respond('stall')
    t.equal(await fetchKeys({}, { timeoutMs: 100 }), `${start}no complete answer in 100 ms`)
    t.equal(proxy.requests().length, 3)
  }
})

t.test('a proxy cannot put keys of its own in the place of those of an https issuer', async (t) => {
  const { proxy, fetchKeys } = await setUp(t, { tls })
  for (const { name, given, want } of [
    {
      name: 'its own authority',
      given: { cert: certificate, key: privateKey },
      want: /self-signed/,
    },
    {
      name: 'another name of the same authority',
      given: { cert: otherCertificate, key: issuerKey },
      want: /does not match/,
    },
    {
      name: 'expired',
      given: { cert: expiredCertificate, key: issuerKey },
      want: /certificate has expired/,
    },
  ]) {
    let asked = 0
    const forger = createServer(given, (_request, response) => {
      asked += 1
      response.end('{"keys":[]}')
    })
    forger.on('tlsClientError', () => undefined)
    proxy.respond((tunnel) => void forger.emit('connection', tunnel))
    t.match(await fetchKeys(), want, name)
    t.equal(asked, 0, 'it was not even asked')
  }
  proxy.respond((tunnel) => void tunnel.end('HTTP/1.1 200 OK\r\n\r\n{"keys":[]}'))
  t.match(await fetchKeys(), /^through the proxy /, 'nor without TLS')
})
