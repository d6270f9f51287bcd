// What a token says of itself, for an operator who has to compare it with the configuration. Nothing
// of it is verified here, and it may be anything: it is only ever shown.
import { ownClaim, type Claims, type Identity } from '../core/identity.ts'
import type { AuthorizerSettings } from '../core/settings.ts'
import { identityOf } from '../token/identity-of.ts'

/** The parts that checks are about; undefined where the token has none, or none of its type. */
export interface Claimed extends Pick<Identity, 'audiences' | 'clientId' | 'scopes' | 'groups'> {
  readonly algorithm: string | undefined
  readonly keyId: string | undefined
  readonly issuer: string | undefined
  /** As it is written: any word. */
  readonly tokenUse: string | undefined
  /** Seconds since the epoch. */
  readonly expiresAt: number | undefined
  readonly notBefore: number | undefined
  readonly issuedAt: number | undefined
  readonly claims: Claims
}

/** Reads header and payload; what cannot be read says nothing. */
export const readClaimed = (token: string, authorizer: AuthorizerSettings): Claimed => {
  const [header, claims] = token.split('.', 2).map(readObject) as [Claims, Claims]
  const text = (from: Claims, name: string) => {
    const value = ownClaim(from, name)
    return typeof value === 'string' ? value : undefined
  }
  const time = (name: string) => {
    const value = ownClaim(claims, name)
    return typeof value === 'number' ? value : undefined
  }
  const times = { expiresAt: time('exp'), notBefore: time('nbf'), issuedAt: time('iat') }
  const keyId = text(header, 'kid')
  const issuer = text(claims, 'iss')
  // The same reading as that of a verified token.
  const named = { claims, keyId: keyId ?? '', issuer: issuer ?? '', ...times, expiresAt: 0 }
  const { audiences, clientId, scopes, groups } = identityOf(named, authorizer, [])
  const parts = { keyId, issuer, audiences, clientId, scopes, groups, claims, ...times }
  return { ...parts, algorithm: text(header, 'alg'), tokenUse: text(claims, 'token_use') }
}

const readObject = (part: string): Claims => {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null ? (value as Claims) : {}
  } catch {
    return {}
  }
}
