import { generateKeyPairSync } from 'node:crypto'
import { join } from 'node:path'
import t from 'tap'
import { createProblems } from '../../src/config/problem.ts'
import { upstreamTls } from '../../src/config/upstream-tls.ts'
import { certificate, privateKey } from '../fixtures/upstream-certificate.ts'

const none = { caFile: '', certFile: '', keyFile: '', serverName: '' }

const otherKey = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
}).privateKey

const lockedKey = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' },
  publicKeyEncoding: { type: 'spki', format: 'pem' },
}).privateKey

const folder = t.testdir({
  'cert.pem': certificate,
  'bundle.pem': `Some authority\n${certificate}\nAnother\n${certificate}`,
  'key.pem': privateKey,
  'other-key.pem': otherKey,
  'locked-key.pem': lockedKey,
  'broken.pem': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
  'text.txt': 'not PEM',
})

const read = (tls: Partial<typeof none>, origin = 'https://app.internal:8443') => {
  const problems = createProblems()
  const settings = upstreamTls({ ...none, ...tls }, origin, {
    report: problems.report,
    resolvePath: (path) => join(folder, path),
  })
  return { settings, problems: problems.all().map(({ path, message }) => `${path}: ${message}`) }
}

t.test('the texts of the files are handed on', async (t) => {
  const given = {
    caFile: 'bundle.pem',
    certFile: 'cert.pem',
    keyFile: 'key.pem',
    serverName: 'app',
  }
  t.strictSame(read(given), {
    settings: {
      ca: `Some authority\n${certificate}\nAnother\n${certificate}`,
      cert: certificate,
      key: privateKey,
      serverName: 'app',
    },
    problems: [],
  })
})

t.test('the server name is the host of the URL by default', async (t) => {
  t.equal(read({}).settings.serverName, 'app.internal')
  t.equal(read({}, 'https://[::1]:8443').settings.serverName, '::1')
  t.strictSame(read({ serverName: 'a b' }).problems, [
    'upstream.tls.serverName: "a b" is not an address or host name',
  ])
})

t.test('files that cannot be used say why', async (t) => {
  for (const [tls, want] of [
    [{ certFile: 'cert.pem' }, ['certFile: needs keyFile']],
    [{ keyFile: 'key.pem' }, ['keyFile: needs certFile']],
    [{ caFile: 'none.pem' }, ['caFile: "none.pem" cannot be read: there is no such file']],
    [{ caFile: 'text.txt' }, ['caFile: "text.txt" holds no PEM certificate']],
    [{ caFile: 'key.pem' }, ['caFile: "key.pem" holds no PEM certificate but a private key']],
    [{ caFile: 'broken.pem' }, ['caFile: "broken.pem" holds a certificate that cannot be read']],
    [
      { certFile: 'cert.pem', keyFile: 'other-key.pem' },
      ['keyFile: is not the key of the certificate in certFile'],
    ],
    [
      { certFile: 'cert.pem', keyFile: 'locked-key.pem' },
      [
        'keyFile: "locked-key.pem" holds a private key with a passphrase; write it without: openssl pkey -in FILE -out NEW',
      ],
    ],
    [
      { certFile: 'cert.pem', keyFile: 'cert.pem' },
      ['keyFile: "cert.pem" holds no PEM private key but a certificate'],
    ],
  ] as const) {
    t.strictSame(
      read(tls).problems,
      want.map((line) => `upstream.tls.${line}`),
    )
  }
})

t.test('without https there is nothing to set', async (t) => {
  for (const origin of ['http://app', 'http://localhost']) {
    t.strictSame(read({ caFile: 'cert.pem', serverName: 'a' }, origin), {
      settings: { ca: undefined, cert: undefined, key: undefined, serverName: '' },
      problems: [
        'upstream.tls.caFile: is for an https:// upstream only',
        'upstream.tls.serverName: is for an https:// upstream only',
      ],
    })
  }
})

t.test('a URL that is broken itself says nothing about TLS', async (t) => {
  t.strictSame(read({ caFile: 'cert.pem' }, ''), {
    settings: { ca: certificate, cert: undefined, key: undefined, serverName: '' },
    problems: [],
  })
})
