// What an operator can do when the keys of an issuer do not come, by what went wrong. It is told once, when
// the trouble begins; the gate asks again by itself all the while.
import type { KeySource } from '../core/settings.ts'

/** One line for the log. */
export const adviceAbout = (error: unknown, keys: KeySource): string => {
  if (keys.kind === 'file') return 'mend the file; it is read again by itself'
  return `${causeOf(error)}; it is asked again by itself`
}

const causeOf = (error: unknown): string => {
  const code = codeOf(error)
  if (/^E(?:NOTFOUND|AI_)/.test(code)) {
    return 'there is no such host for this machine: correct the issuer or the region of the pool id, or mend DNS'
  }
  if (isTls(code)) return 'its certificate is not trusted: name its authority in jwks.caFile'
  if (code !== '')
    return 'it cannot be reached: look at firewalls, routes, HTTPS_PROXY and NO_PROXY'
  return 'something else than that issuer answers there: correct the pool id, issuer or jwksUri'
}

/** OpenSSL's reasons to refuse a certificate, and Node's for one of another host. */
const isTls = (code: string): boolean =>
  /^(?:CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|ERR_TLS_|ERR_SSL_|HOSTNAME_)/.test(code)

/** The code of an error or of what caused it; a time-out has a number. '' when the fault has none. */
const codeOf = (error: unknown): string => {
  const { code, cause } = (error ?? {}) as {
    readonly code?: string | number
    readonly cause?: unknown
  }
  if (code !== undefined) return String(code)
  return cause === undefined ? '' : codeOf(cause)
}
