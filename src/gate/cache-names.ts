// Under which names the token cache knows authorizers. What is cached of a token depends on the settings of
// its authorizer; one whose settings have changed gets another name, under which nothing is cached yet.
import type { Settings } from '../core/settings.ts'

/** By the name of the authorizer. */
export type CacheNames = ReadonlyMap<string, CacheName>

export interface CacheName {
  /** Of all that a cached identity is made by. */
  readonly madeBy: string
  readonly cachedAs: string
}

/** Those given so far. They are a part of every cached token's key, and so are kept short. */
let names = 0

/**
 * Names the authorizers of some settings. Those that are as `before` keep theirs. A name is never used
 * again: a token that is verified by old settings while new ones come into force is then found by nobody.
 */
export const nameForCache = (settings: Settings, before: CacheNames): CacheNames =>
  new Map(
    settings.authorizers.map((authorizer) => {
      const { apiType, claimHeaders, claimEncoding, claimsHeader } = settings
      // The keys' order counts: headers are set in the order of the map.
      const madeBy = JSON.stringify([
        authorizer,
        apiType,
        claimHeaders,
        claimEncoding,
        claimsHeader,
      ])
      const known = before.get(authorizer.name)
      const cachedAs =
        known?.madeBy === madeBy ? known.cachedAs : `${authorizer.name}/${(names += 1)}`
      return [authorizer.name, { madeBy, cachedAs }]
    }),
  )

/** Names of before that are in use no more. */
export const staleNames = (before: CacheNames, after: CacheNames): ReadonlySet<string> => {
  const used = new Set([...after.values()].map(({ cachedAs }) => cachedAs))
  return new Set(
    [...before.values()].map(({ cachedAs }) => cachedAs).filter((name) => !used.has(name)),
  )
}
