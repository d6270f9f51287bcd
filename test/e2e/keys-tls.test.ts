// Issuers behind private authorities and behind a proxy, before the gate as its users start it: what the
// configuration and the environment say reaches every fetch of keys, and nothing else.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import {
  authority,
  expiredCertificate,
  issuerCertificate,
  issuerKey,
  otherCertificate,
} from '../fixtures/issuer-certificates.ts'
import { certificate, privateKey } from '../fixtures/upstream-certificate.ts'
import { startHttpProxy } from '../helpers/http-proxy.ts'
import { createKey, createKeyServer, type KeyServerOptions } from '../helpers/key-server.ts'
import { gateMain, untilReady } from './helpers/gate.ts'
import { goodToken, startIssuersGate } from './helpers/issuers-gate.ts'
import { startProgram } from './helpers/program.ts'
import { tempDir } from './helpers/temp-dir.ts'

const sound = { cert: issuerCertificate, key: issuerKey }

const startIssuer = async (t: Test, options: KeyServerOptions) => {
  const server = await createKeyServer(createKey('ES256'), options)
  t.teardown(server.close)
  return server
}

const fileOf = (t: Test, text: string): string => {
  const file = join(tempDir(t), 'ca.pem')
  writeFileSync(file, text)
  return file
}

const quiet = 'log: { requests: none }'

t.test('authorities of the file and of Node.js are trusted, for the right name only', async (t) => {
  const issuers = new Map([
    ['sound', await startIssuer(t, { tls: sound })],
    ['extra', await startIssuer(t, { tls: { cert: certificate, key: privateKey } })],
    ['name', await startIssuer(t, { tls: { cert: otherCertificate, key: issuerKey } })],
    ['expired', await startIssuer(t, { tls: { cert: expiredCertificate, key: issuerKey } })],
  ])
  const { gate, ask, logged, metric } = await startIssuersGate(t, {
    issuers,
    config: `jwks: { caFile: '${fileOf(t, authority)}', startupWaitSeconds: 1 }\n${quiet}`,
    env: { NODE_EXTRA_CA_CERTS: fileOf(t, certificate), NODE_TLS_REJECT_UNAUTHORIZED: '0' },
  })
  await untilReady(gate)
  for (const [name, status, code] of [
    ['sound', 200, undefined],
    ['extra', 200, undefined],
    ['name', 503, 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['expired', 503, 'CERT_HAS_EXPIRED'],
  ] as const) {
    const server = issuers.get(name)!
    t.equal((await ask(name, goodToken(server))).status, status, name)
    if (code === undefined) continue
    t.ok((await metric(server, 'jwks_fetches_total', { outcome: 'failed' })) >= 1)
    t.strictSame(logged(server), ['signing keys cannot be fetched'])
    const line = gate.log().find(({ issuer }) => issuer === server.issuer)
    t.match(line, { level: 'warn', err: { code } })
    t.equal(server.fetches(), 0, 'it was not even asked')
  }
})

t.test('keys come through the proxy of the environment, and requests do not', async (t) => {
  const proxy = await startHttpProxy({ credentials: 'jane:s3cret' })
  t.teardown(proxy.close)
  const server = await startIssuer(t, { tls: sound, hostname: 'issuer.internal' })
  const address = `http://jane:s3cret@127.0.0.1:${proxy.port}`
  const { gate, ask, logged, metric } = await startIssuersGate(t, {
    issuers: new Map([['partner', server]]),
    config: `jwks: { caFile: '${fileOf(t, authority)}', refreshSeconds: 1 }\n${quiet}`,
    env: { HTTPS_PROXY: address, http_proxy: address, NO_PROXY: 'other.internal,10.0.0.0/8' },
  })
  await untilReady(gate)
  t.equal((await ask('partner', goodToken(server))).status, 200)
  t.strictSame(new Set(proxy.requests()), new Set([`CONNECT ${new URL(server.issuer).host}`]))
  t.notMatch(proxy.seen(), server.key().kid)

  proxy.respond('refuse')
  await gate.program.until(() => (logged(server).length > 0 ? true : undefined))
  t.equal((await ask('partner', goodToken(server))).status, 200, 'by the keys that it has')
  t.match(
    gate.log().find(({ issuer }) => issuer === server.issuer),
    {
      err: { message: `through the proxy ${proxy.url}: Proxy response (502)` },
    },
  )
  proxy.respond('forward')
  await gate.program.until(() => (logged(server).length > 1 ? true : undefined))
  t.equal(await metric(server, 'jwks_stale'), 0)
  t.notMatch(gate.program.stdout() + gate.program.stderr(), /s3cret|amFuZ/)
})

t.test('an issuer of NO_PROXY is asked directly', async (t) => {
  const proxy = await startHttpProxy()
  t.teardown(proxy.close)
  const server = await startIssuer(t, { tls: sound, hostname: 'issuer.internal' })
  const { gate, logged } = await startIssuersGate(t, {
    issuers: new Map([['partner', server]]),
    config: `jwks: { caFile: '${fileOf(t, authority)}' }\n${quiet}`,
    env: { HTTPS_PROXY: proxy.url, NO_PROXY: '.internal' },
  })
  // No name service knows the name, which is how a direct attempt shows.
  await gate.program.until(() => (logged(server).length > 0 ? true : undefined))
  t.match(
    gate.log().find(({ issuer }) => issuer === server.issuer),
    {
      err: { message: /issuer\.internal/ },
    },
  )
  t.strictSame(proxy.requests(), [])
})

t.test('what cannot be used is said before the start', async (t) => {
  const config = `
upstream: { url: 'http://127.0.0.1:3000' }
jwks: { caFile: ${fileOf(t, 'text')} }
authorizers: { pool: { type: COGNITO_USER_POOLS, userPoolIds: [eu-west-1_AbCdEf] } }
`
  const file = join(tempDir(t), 'gate.yaml')
  writeFileSync(file, config)
  const program = startProgram(t, process.execPath, [gateMain, 'check', '--config', file], {
    env: { https_proxy: 'socks5://jane:s3cret@proxy' },
  })
  t.strictSame(await program.exited, { code: 78, signal: null })
  const output = program.stdout() + program.stderr()
  t.match(output, /jwks\.caFile: .*holds no PEM certificate/)
  t.match(output, /https_proxy: has the scheme "socks5:"/)
  t.notMatch(output, 's3cret')
})
