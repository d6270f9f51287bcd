// The deny list as it is asked: one look-up for each claim, however long the list is. It reads an
// identity and knows nothing of files, routes or times.
import { ownClaim, type Identity } from '../core/identity.ts'
import type { DeniedToken } from '../core/settings.ts'

/** Whether the token that an identity was read from is revoked. */
export type IsRevoked = (identity: Identity) => boolean

/** Values by claim and issuer; undefined stands for every issuer. */
type Denied = Map<DeniedToken['claim'], Map<string | undefined, Set<string>>>

/** Compiles a list. With an empty one nothing is looked up. */
export const compileDeniedTokens = (tokens: readonly DeniedToken[]): IsRevoked => {
  const denied: Denied = new Map()
  for (const { claim, value, issuer } of tokens) {
    const issuers = denied.get(claim) ?? new Map<string | undefined, Set<string>>()
    const values = issuers.get(issuer) ?? new Set()
    denied.set(claim, issuers.set(issuer, values.add(value)))
  }
  const claims = [...denied]
  return (identity) =>
    claims.some(([claim, issuers]) => {
      const value = textOf(identity, claim)
      if (value === undefined) return false
      const everywhere = issuers.get(undefined)?.has(value) === true
      return everywhere || issuers.get(identity.issuer)?.has(value) === true
    })
}

/** The key is known from the verified header; a payload may hold a claim of that name, which is nothing. */
const textOf = (identity: Identity, claim: DeniedToken['claim']): string | undefined => {
  const value = claim === 'kid' ? identity.keyId : ownClaim(identity.claims, claim)
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined
}
