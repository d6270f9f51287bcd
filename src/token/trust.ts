// Who may vouch for the issuers that keys are fetched from over https.
import { createSecureContext, type SecureContext } from 'node:tls'

/**
 * All authorities that Node.js trusts here, and those of a PEM text; undefined without one. The `ca`
 * option of TLS would replace the former: those of NODE_EXTRA_CA_CERTS and --use-openssl-ca too, which
 * Node.js 20 cannot list.
 */
export const createTrust = (ca: string | undefined): SecureContext | undefined => {
  if (ca === undefined) return undefined
  const trust = createSecureContext()
  // What the `ca` option itself is done with, on a store of this context's own.
  const native = trust.context as { readonly addCACert: (pem: string) => void }
  native.addCACert(ca)
  return trust
}
