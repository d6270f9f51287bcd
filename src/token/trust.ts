// Who may vouch for the issuers that keys are fetched from over https.
import { createSecureContext, type SecureContext } from 'node:tls'

/**
 * The authorities that Node.js has or takes from the system (--use-openssl-ca), and those of a PEM text;
 * undefined without one. The `ca` option of TLS would replace the former, and Node.js 20 cannot list them.
 */
export const createTrust = (ca: string | undefined): SecureContext | undefined => {
  if (ca === undefined) return undefined
  const trust = createSecureContext()
  // What the `ca` option itself is done with, on a store of this context's own.
  const native = trust.context as { readonly addCACert: (pem: string) => void }
  native.addCACert(ca)
  return trust
}
