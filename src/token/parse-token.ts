// Takes a token apart and refuses what no reader should have to interpret. Nothing in here is
// verified yet: the parts are what the token claims about itself.
import { isUtf8 } from 'node:buffer'
import { decomposeUnverifiedJwt, type DecomposedJwt } from 'aws-jwt-verify/jwt'
import { deny, isDenial, type Denial } from '../core/denial.ts'
import { hasDuplicateNames } from '../core/duplicate-names.ts'
import type { Claims } from '../core/identity.ts'
import type { Algorithm } from '../core/settings.ts'
import { attempt } from './classify.ts'

/** What a token says of itself, before its signature was checked. */
export interface UnverifiedToken {
  readonly algorithm: Algorithm
  readonly kid: string | undefined
  readonly issuer: string | undefined
  readonly claims: Claims
  readonly expiresAt: number
  readonly notBefore: number | undefined
  readonly issuedAt: number | undefined
  /** For the signature check. */
  readonly parts: DecomposedJwt
}

/**
 * Takes a compact token apart.
 *
 * - `token_malformed`: header or payload is not UTF-8, not a JSON object, has a name twice or a
 *   registered claim of the wrong type (RFC 7519 §4.1); any `crit` (RFC 7515 §4.1.11: none is
 *   understood here); unencoded payloads (RFC 7797); no `exp`
 * - `algorithm_refused`: `alg` is not among `algorithms`
 *
 * `typ` is ignored, and so are `jwk`, `jku`, `x5c` and `x5u`: a token cannot bring its own key.
 */
export const parseToken = (
  token: string,
  algorithms: readonly Algorithm[],
): UnverifiedToken | Denial => {
  const parts = attempt(decomposeUnverifiedJwt, token)
  if (isDenial(parts)) return parts
  const { header, payload } = parts
  if (!isPlainJson(parts.headerB64) || !isPlainJson(parts.payloadB64))
    return deny('token_malformed')
  if (Object.hasOwn(header, 'crit') || header['b64'] === false) return deny('token_malformed')
  const algorithm = algorithms.find((name) => name === header.alg)
  if (algorithm === undefined) return deny('algorithm_refused')
  if (payload.exp === undefined) return deny('token_malformed')
  return {
    algorithm,
    kid: header.kid,
    issuer: payload.iss,
    claims: payload,
    expiresAt: payload.exp,
    notBefore: payload.nbf,
    issuedAt: payload.iat,
    parts,
  }
}

/** The library's decoder repairs broken UTF-8 and its parser takes the last of two equal names. */
const isPlainJson = (part: string): boolean => {
  const bytes = Buffer.from(part, 'base64url')
  return isUtf8(bytes) && !hasDuplicateNames(bytes.toString())
}
