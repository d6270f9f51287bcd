// Verified tokens and what they say. It holds claims, never verdicts: who reads an identity here still
// has to judge it. Bounded in bytes; an entry ends at its TTL, at `exp`, or when its key is gone.
// Until a token comes again its entry is hardly more than its text: a flood of tokens that come once
// leaves the collector little to walk through.
import { LRUCache } from 'lru-cache'
import type { Identity } from '../core/identity.ts'
import type { Clock, Recorder } from '../core/ports.ts'
import { entryBytes } from './entry-bytes.ts'

/** Reads the identity of a token out of its text anew. */
export type ReadIdentity = (token: string) => Identity

export interface TokenCache {
  /**
   * What a cached token says; undefined for any other. It is read by `read` when the token comes again
   * for the first time, and kept from then on.
   */
  readonly get: (authorizer: string, token: string, read: ReadIdentity) => Identity | undefined
  /** Keeps a verified token for `ttlSeconds`, but never past `exp`. 0 keeps nothing. */
  readonly set: (authorizer: string, token: string, identity: Identity, ttlSeconds: number) => void
  /** Drops the issuer's entries whose key is not among `kids`. */
  readonly dropKeys: (issuer: string, kids: ReadonlySet<string>) => void
  /** Drops all entries of those authorizers. */
  readonly dropAuthorizers: (authorizers: ReadonlySet<string>) => void
  readonly stats: () => { readonly entries: number; readonly bytes: number }
}

export interface TokenCacheOptions {
  /** Of all entries together, as `entryBytes` counts them. */
  readonly maxBytes: number
  readonly clock: Pick<Clock, 'wallMs'>
  readonly recorder: Pick<Recorder, 'tokenCacheEvicted'>
}

interface Entry {
  readonly issuer: string
  readonly keyId: string
  readonly storedMs: number
  readonly endsMs: number
  /** Undefined until the token has come again. */
  identity: Identity | undefined
}

/** No entry may take more than this part of the cache, or one client could empty it. */
const largestShare = 1 / 16

export const createTokenCache = (options: TokenCacheOptions): TokenCache => {
  const { maxBytes, clock, recorder } = options
  // The library's own `ttl` stays unused: it runs on a clock of its own, and takes 0 for ever.
  const entries = new LRUCache<string, Entry>({
    maxSize: Math.max(1, maxBytes),
    dispose: (_entry, _key, reason) => {
      if (reason === 'evict') recorder.tokenCacheEvicted()
    },
  })

  const lookUp = (key: string): Entry | undefined => {
    const entry = entries.get(key)
    if (entry === undefined) return undefined
    const nowMs = clock.wallMs()
    // Before `storedMs` the clock has jumped back, and `endsMs` would be further away than allowed.
    if (entry.storedMs <= nowMs && nowMs < entry.endsMs) return entry
    entries.delete(key)
    return undefined
  }

  return {
    get: (authorizer, token, read) => {
      const entry = lookUp(keyOf(authorizer, token))
      if (entry !== undefined) entry.identity ??= read(token)
      return entry?.identity
    },
    set: (authorizer, token, identity, ttlSeconds) => {
      const storedMs = clock.wallMs()
      const endsMs = Math.min(storedMs + ttlSeconds * 1000, identity.expiresAt * 1000)
      const key = flatCopy(keyOf(authorizer, token))
      // With the identity, which the entry will hold if the token comes again.
      const size = entryBytes(key, identity)
      if (endsMs <= storedMs || size > maxBytes * largestShare) return
      const { issuer, keyId } = identity
      entries.set(key, { issuer, keyId, storedMs, endsMs, identity: undefined }, { size })
    },
    dropKeys: (issuer, kids) => {
      for (const [key, entry] of entries.entries()) {
        if (entry.issuer === issuer && !kids.has(entry.keyId)) entries.delete(key)
      }
    },
    dropAuthorizers: (authorizers) => {
      for (const key of entries.keys()) {
        if (authorizers.has(key.slice(0, key.indexOf(separator)))) entries.delete(key)
      }
    },
    stats: () => ({ entries: entries.size, bytes: entries.calculatedSize }),
  }
}

const separator = '\u0000'

/** The whole token, never a hash or a part of it: two tokens can share neither key nor identity. */
const keyOf = (authorizer: string, token: string): string => `${authorizer}${separator}${token}`

/** A token read from a header is a slice that keeps the whole header alive. */
const flatCopy = (text: string): string => Buffer.from(text).toString()
