// Turns the claims of a verified token into an Identity: claims read once, in the shapes that rules
// and headers ask for. It judges nothing.
import { ownClaim, type Claims, type Identity } from '../core/identity.ts'
import type { AuthorizerSettings } from '../core/settings.ts'

/** What was verified, by which key. */
export interface VerifiedToken {
  readonly issuer: string
  readonly keyId: string
  readonly claims: Claims
  readonly expiresAt: number
  readonly notBefore: number | undefined
  readonly issuedAt: number | undefined
}

/** The identity of a token that `authorizer` verified, with the headers already rendered. */
export const identityOf = (
  { issuer, keyId, claims, expiresAt, notBefore, issuedAt }: VerifiedToken,
  authorizer: AuthorizerSettings,
  headers: readonly string[],
): Identity => {
  const clientId = ownClaim(claims, 'client_id')
  const isCognito = authorizer.type === 'COGNITO_USER_POOLS'
  return {
    authorizer: authorizer.name,
    issuer,
    keyId,
    claims,
    expiresAt,
    notBefore,
    issuedAt,
    tokenUse: isCognito ? tokenUseOf(ownClaim(claims, 'token_use')) : undefined,
    audiences: strings(ownClaim(claims, 'aud')),
    clientId: typeof clientId === 'string' ? clientId : undefined,
    scopes: words(ownClaim(claims, 'scope') ?? ownClaim(claims, 'scp')),
    groups: strings(ownClaim(claims, isCognito ? 'cognito:groups' : authorizer.groupsClaim)),
    headers,
  }
}

const tokenUseOf = (claim: unknown): Identity['tokenUse'] =>
  claim === 'id' || claim === 'access' ? claim : undefined

/** A single text is a list of one; anything that is no text is no member. */
const strings = (claim: unknown): readonly string[] => {
  const values: readonly unknown[] = Array.isArray(claim) ? claim : [claim]
  return values.filter((value) => typeof value === 'string')
}

/** Scopes: a list, or one text with spaces between them (RFC 6749 §3.3). */
const words = (claim: unknown): readonly string[] =>
  typeof claim === 'string' ? claim.split(' ').filter((word) => word !== '') : strings(claim)
