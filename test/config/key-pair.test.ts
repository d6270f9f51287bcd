import t from 'tap'
import { checkKey, checkPair } from '../../src/config/key-pair.ts'
import { issuerCertificate, issuerKey, otherCertificate } from '../fixtures/issuer-certificates.ts'
import { certificate, privateKey } from '../fixtures/upstream-certificate.ts'
import { weakCertificate, weakKey } from '../fixtures/weak-certificate.ts'

t.test('a key is a private key in PEM, with any text around it', async (t) => {
  const fault = 'holds no PEM private key without passphrase'
  for (const { name, given, want } of [
    { name: 'a key', given: issuerKey, want: undefined },
    { name: 'behind a certificate', given: issuerCertificate + issuerKey, want: undefined },
    { name: 'a certificate', given: issuerCertificate, want: fault },
    { name: 'cut off', given: issuerKey.slice(0, 100), want: fault },
    { name: 'nothing', given: '', want: fault },
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
