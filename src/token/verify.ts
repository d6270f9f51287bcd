// From a token to an Identity: out of the cache, or by checking its signature with a key of one of the
// authorizer's issuers. It decides that a token is genuine, not that it is good for a request.
import { deny, isDenial, type Denial } from '../core/denial.ts'
import type { Claims, Identity } from '../core/identity.ts'
import type { Clock, Recorder } from '../core/ports.ts'
import type { AuthorizerSettings } from '../core/settings.ts'
import type { TokenCache } from './cache.ts'
import { attempt } from './classify.ts'
import { identityOf } from './identity-of.ts'
import type { Key } from './key-set.ts'
import type { KeyStore } from './keys.ts'
import { parseToken, type UnverifiedToken } from './parse-token.ts'
import { isCompactJws } from './source.ts'

export interface Verifier {
  /**
   * Verifies a token, which may be any text. A promise only while an unknown key is being asked for.
   * Never throws and never rejects: what is not understood is `internal`.
   */
  readonly verify: (token: string) => Identity | Denial | Promise<Identity | Denial>
}

export interface VerifierOptions {
  readonly authorizer: AuthorizerSettings
  readonly keys: KeyStore
  /** May be shared: entries of other authorizers are never seen here. */
  readonly cache: TokenCache
  /** What the cache knows the authorizer by; its name unless another is given. */
  readonly cachedAs?: string | undefined
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly recorder: Pick<Recorder, 'tokenVerified' | 'tokenCacheLookup'>
  /** Renders the identity headers of a set of claims. */
  readonly render: (claims: Claims) => readonly string[]
}

/** Makes the verifier of one authorizer, and ties the cache to the keys it is filled with. */
export const createVerifier = (options: VerifierOptions): Verifier => {
  const { authorizer, keys, cache, clock, recorder } = options
  const { name, cacheTtlSeconds } = authorizer
  const { cachedAs = name } = options
  const issuers = new Map(authorizer.issuers.map(({ issuer }) => [issuer, issuer]))
  keys.onChange((issuer, kids) => cache.dropKeys(issuer, kids))

  const unavailable = (issuer: string): Denial =>
    deny('keys_unavailable', { retryAfterSeconds: keys.retryAfterSeconds(issuer) })

  const identify = (claimed: Claimed, keyId: string): Identity =>
    identityOf({ ...claimed, keyId }, authorizer, options.render(claimed.claims))

  /** Of a token that was found good: every part of it is what it was then. */
  const readAgain = (token: string): Identity => {
    const claimed = claimedBy(parseToken(token, authorizer.algorithms), issuers)
    if (isDenial(claimed)) throw new Error(`a cached token is ${claimed.code}`)
    return identify(claimed, claimed.kid)
  }

  const remembered = (token: string): Identity | Denial | undefined => {
    const identity = cacheTtlSeconds === 0 ? undefined : cache.get(cachedAs, token, readAgain)
    if (identity === undefined) return undefined
    recorder.tokenCacheLookup('hit')
    // Keys that are too stale to verify a token are too stale to vouch for a cached one.
    const found = keys.find(identity.issuer, identity.keyId)
    return found === 'unavailable' ? unavailable(identity.issuer) : identity
  }

  const conclude = (token: string, claimed: Claimed): Identity | Denial => {
    const found = keys.find(claimed.issuer, claimed.kid)
    if (found === 'unavailable') return unavailable(claimed.issuer)
    if (found === 'unknown') return deny('key_unknown')
    const key = verifyingKey(claimed, found)
    if (isDenial(key)) return key
    // The key's own string is one for all its tokens, each of which brings another.
    const identity = identify(claimed, key.kid)
    if (cacheTtlSeconds > 0) cache.set(cachedAs, token, identity, cacheTtlSeconds)
    return identity
  }

  const verify = (token: string): Identity | Denial | Promise<Identity | Denial> => {
    const known = remembered(token)
    if (known !== undefined) return known
    // After the cache, into which nothing of another spelling ever comes: it takes longer than to look.
    // It is no miss: a token that no cache could hold says nothing about the cache's size.
    if (!isCompactJws(token)) return deny('token_malformed')
    if (cacheTtlSeconds > 0) recorder.tokenCacheLookup('miss')
    const startedMs = clock.monotonicMs()
    const finish = (outcome: Identity | Denial): Identity | Denial => {
      recorder.tokenVerified(name, clock.monotonicMs() - startedMs)
      return outcome
    }
    const claimed = claimedBy(parseToken(token, authorizer.algorithms), issuers)
    if (isDenial(claimed)) return finish(claimed)
    if (keys.find(claimed.issuer, claimed.kid) !== 'unknown')
      return finish(conclude(token, claimed))
    const concluded = keys.refetch(claimed.issuer).then(() => finish(conclude(token, claimed)))
    return concluded.catch(internal)
  }

  return {
    verify: (token) => {
      try {
        return verify(token)
      } catch (error) {
        return internal(error)
      }
    },
  }
}

/** A token whose issuer is one of ours and that names its key. */
type Claimed = UnverifiedToken & { readonly issuer: string; readonly kid: string }

const claimedBy = (
  token: UnverifiedToken | Denial,
  issuers: ReadonlyMap<string, string>,
): Claimed | Denial => {
  if (isDenial(token)) return token
  const { kid } = token
  const issuer = token.issuer === undefined ? undefined : issuers.get(token.issuer)
  if (issuer === undefined) return deny('issuer_mismatch')
  if (kid === undefined || kid === '') return deny('token_malformed')
  return { ...token, issuer, kid }
}

/** The one of the keys that made the signature; a key is never used for another algorithm. */
const verifyingKey = (token: Claimed, keys: readonly Key[]): Key | Denial => {
  let denial = deny('algorithm_refused')
  for (const key of keys) {
    if (!key.algorithms.includes(token.algorithm)) continue
    const refusal = attempt(key.check, token.parts)
    if (refusal === undefined) return key
    denial = refusal
  }
  return denial
}

const internal = (error: unknown): Denial => deny('internal', { cause: error })
