import { createPrivateKey } from 'node:crypto'
import t from 'tap'
import { checkKey, checkPair } from '../../src/config/key-pair.ts'
import { issuerCertificate, issuerKey, otherCertificate } from '../fixtures/issuer-certificates.ts'
import { certificate, privateKey } from '../fixtures/upstream-certificate.ts'
import { weakCertificate, weakKey } from '../fixtures/weak-certificate.ts'

const lockedKey = (type: 'sec1' | 'pkcs8'): string =>
  createPrivateKey(issuerKey)
    .export({ type, format: 'pem', cipher: 'aes-128-cbc', passphrase: 'x' })
    .toString()

t.test('a key is a private key in PEM, with any text around it', async (t) => {
  const none = 'holds no PEM private key'
  const locked =
    'holds a private key with a passphrase; write it without: openssl pkey -in FILE -out NEW'
  for (const { name, given, want } of [
    { name: 'a key', given: issuerKey, want: undefined },
    { name: 'behind a certificate', given: issuerCertificate + issuerKey, want: undefined },
    { name: 'a certificate', given: issuerCertificate, want: `${none} but a certificate` },
    { name: 'cut off', given: issuerKey.slice(0, 100), want: none },
    { name: 'nothing', given: '', want: none },
    { name: 'PKCS #8', given: lockedKey('pkcs8'), want: locked },
    { name: 'SEC 1', given: lockedKey('sec1'), want: locked },
  ]) {
    t.equal(checkKey(given), want, name)
  }
})

t.test('a pair fits, and OpenSSL takes it', async (t) => {
  const mismatch = 'is not the key of the certificate in certFile'
  for (const { name, cert, key, want } of [
    { name: 'a pair', cert: issuerCertificate, key: issuerKey, want: undefined },
    {
      name: 'the leaf first',
      cert: otherCertificate + certificate,
      key: issuerKey,
      want: undefined,
    },
    {
      name: 'the leaf last',
      cert: certificate + issuerCertificate,
      key: issuerKey,
      want: mismatch,
    },
    { name: 'of another', cert: issuerCertificate, key: privateKey, want: mismatch },
    {
      name: 'too weak',
      cert: weakCertificate,
      key: weakKey,
      want: 'is refused together with certFile: ERR_SSL_EE_KEY_TOO_SMALL',
    },
  ]) {
    t.equal(checkPair(cert, key), want, name)
  }
})
