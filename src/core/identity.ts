// What a verified token says. An Identity is a statement of facts, never a verdict: routes, scopes
// and expiry are judged against it on every request.

/** The token's payload, as parsed JSON. Read it by own-property lookup only (`ownClaim`). */
export type Claims = Readonly<Record<string, unknown>>

export interface Identity {
  /** Name of the authorizer that verified the token. */
  readonly authorizer: string
  readonly issuer: string
  /** `kid` of the key that verified the signature. */
  readonly keyId: string
  readonly claims: Claims
  /** `exp`, in seconds since the epoch; may be fractional (RFC 7519 §2, NumericDate). */
  readonly expiresAt: number
  /** `nbf`, in seconds since the epoch. */
  readonly notBefore: number | undefined
  /** `iat`, in seconds since the epoch. */
  readonly issuedAt: number | undefined
  /** Cognito's `token_use`; undefined for other issuers and for unknown words. */
  readonly tokenUse: 'id' | 'access' | undefined
  /** The values of `aud`; empty when the claim is absent. */
  readonly audiences: readonly string[]
  /** `client_id`, present in access tokens. */
  readonly clientId: string | undefined
  /** `scope` split at spaces, else `scp`. */
  readonly scopes: readonly string[]
  readonly groups: readonly string[]
  /** Rendered identity headers, flat: name, value, name, value… Made once, when the token is verified. */
  readonly headers: readonly string[]
}

/** A claim by own-property lookup, so that a claim named `constructor` finds only itself. */
export const ownClaim = (claims: Claims, name: string): unknown =>
  Object.hasOwn(claims, name) ? claims[name] : undefined

const maxSubjectLength = 128

/** The subject, for people to read: bounded, since an issuer may write anything there. */
export const subjectIn = ({ claims }: Pick<Identity, 'claims'>): string | undefined => {
  const subject = ownClaim(claims, 'sub')
  return typeof subject === 'string' ? subject.slice(0, maxSubjectLength) : undefined
}
