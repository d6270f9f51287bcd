import { join } from 'node:path'
import t from 'tap'
import { listenTls, outOfDate, readListenTls } from '../../src/config/listen-tls.ts'
import { createProblems } from '../../src/config/problem.ts'
import { fail, ok } from '../../src/core/result.ts'
import {
  authority,
  expiredCertificate,
  issuerCertificate,
  issuerKey,
} from '../fixtures/issuer-certificates.ts'
import { certificate, privateKey } from '../fixtures/upstream-certificate.ts'

const none = { certFile: '', keyFile: '', clientCaFile: '' }

const folder = t.testdir({
  'cert.pem': issuerCertificate,
  'chain.pem': issuerCertificate + authority,
  'key.pem': issuerKey,
  'other-key.pem': privateKey,
  'clients.pem': certificate,
  'broken.pem': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
  'text.txt': 'not PEM',
})

const read = (tls: Partial<typeof none>) => {
  const problems = createProblems()
  const settings = listenTls(
    { ...none, ...tls },
    { report: problems.report, resolvePath: (path) => join(folder, path) },
  )
  return { settings, problems: problems.all().map(({ path, message }) => `${path}: ${message}`) }
}

t.test('without files the listener speaks plain HTTP', async (t) => {
  t.strictSame(read({}), { settings: undefined, problems: [] })
})

t.test('the texts of the files, and where they were read', async (t) => {
  const files = { cert: join(folder, 'chain.pem'), key: join(folder, 'key.pem') }
  const texts = { cert: issuerCertificate + authority, key: issuerKey }
  const given = { certFile: 'chain.pem', keyFile: 'key.pem' }
  t.strictSame(read(given), {
    settings: { ...texts, clientCa: undefined, files: { ...files, clientCa: undefined } },
    problems: [],
  })
  t.strictSame(read({ ...given, clientCaFile: 'clients.pem' }), {
    settings: {
      ...texts,
      clientCa: certificate,
      files: { ...files, clientCa: join(folder, 'clients.pem') },
    },
    problems: [],
  })
})

t.test('what is missing or cannot be used is named by its key, all at once', async (t) => {
  const pair = { certFile: 'cert.pem', keyFile: 'key.pem' }
  for (const [given, want] of [
    [{ certFile: 'cert.pem' }, ['certFile: needs keyFile']],
    [{ keyFile: 'key.pem' }, ['keyFile: needs certFile']],
    [{ clientCaFile: 'clients.pem' }, ['clientCaFile: needs certFile and keyFile']],
    [
      { certFile: 'cert.pem', clientCaFile: 'clients.pem' },
      ['certFile: needs keyFile', 'clientCaFile: needs certFile and keyFile'],
    ],
    [
      { certFile: 'none.pem', keyFile: 'text.txt', clientCaFile: 'key.pem' },
      [
        'certFile: "none.pem" cannot be read: there is no such file',
        'keyFile: "text.txt" holds no PEM private key',
        'clientCaFile: "key.pem" holds no PEM certificate but a private key',
      ],
    ],
    [
      { ...pair, certFile: 'broken.pem' },
      ['certFile: "broken.pem" holds a certificate that cannot be read'],
    ],
    [
      { ...pair, keyFile: 'other-key.pem', clientCaFile: '.' },
      [
        'clientCaFile: "." cannot be read: it is a folder',
        'keyFile: "other-key.pem" is not the key of the certificate in certFile',
      ],
    ],
    [{ ...pair, clientCaFile: 'text.txt' }, ['clientCaFile: "text.txt" holds no PEM certificate']],
  ] as const) {
    t.strictSame(read(given), {
      settings: undefined,
      problems: want.map((line) => `listen.tls.${line}`),
    })
  }
})

t.test('the texts may come from anywhere', async (t) => {
  const files = { cert: 'c', key: 'k', clientCa: undefined }
  const texts: Record<string, string> = { c: issuerCertificate, k: issuerKey }
  t.strictSame(
    readListenTls(files, (path) => ok(texts[path]!)),
    ok({ cert: issuerCertificate, key: issuerKey, clientCa: undefined, files }),
  )
  t.strictSame(
    readListenTls(files, () => fail('is gone')),
    fail([
      { key: 'certFile', fault: 'is gone' },
      { key: 'keyFile', fault: 'is gone' },
    ]),
  )
})

t.test('a certificate has a time', async (t) => {
  const at = (iso: string) => Date.parse(iso)
  t.equal(outOfDate({ cert: issuerCertificate }, at('2030-01-01')), undefined)
  t.equal(
    outOfDate({ cert: issuerCertificate }, at('2020-01-01')),
    'is not valid before Nov 28 19:07:28 2026 GMT',
  )
  t.equal(
    outOfDate({ cert: expiredCertificate }, at('2030-01-01')),
    'expired at Jan  1 00:00:00 2021 GMT',
  )
})
