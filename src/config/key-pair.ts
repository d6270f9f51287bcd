// A certificate with its private key, as two PEM files or as their texts: whether each can be read, and
// whether they belong together.
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { parses } from './pem.ts'

/** What is wrong with the text of a private key, as the end of a sentence that begins with its file. */
export const checkKey = (text: string): string | undefined =>
  parses(() => createPrivateKey(text)) ? undefined : `holds ${insteadOfKey(text)}`

/** A passphrase would have to stand beside the key that it guards. */
const insteadOfKey = (text: string): string => {
  if (/-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(text)) {
    return 'a private key with a passphrase; write it without: openssl pkey -in FILE -out NEW'
  }
  const certificate = text.includes('-----BEGIN CERTIFICATE-----') ? ' but a certificate' : ''
  return `no PEM private key${certificate}`
}

/**
 * What is wrong with a certificate (the first of a bundle) and a key that are each good, as the end of
 * a sentence that begins with the key.
 */
export const checkPair = (cert: string, key: string): string | undefined => {
  if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) {
    return 'is not the key of the certificate in certFile'
  }
  // What OpenSSL holds for too weak, for one.
  try {
    createSecureContext({ cert, key })
    return undefined
  } catch (error) {
    return `is refused together with certFile: ${(error as NodeJS.ErrnoException).code}`
  }
}
