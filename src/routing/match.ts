// Finds the route of a request. The path as received decides; its other readings can only refuse.
// A route that denies is returned like any other: judging access is not done here.
import { deny, type Denial } from '../core/denial.ts'
import type { Route } from '../core/route.ts'
import { readingsOf } from './fold.ts'
import type { Target } from './target.ts'
import { find, type Entry, type Trie } from './trie.ts'

/** What matching needs of a route table. */
export interface RouteIndex {
  /** The templates as written. */
  readonly exact: Trie
  /** The templates in every form that an upstream may know; `exact` itself if that adds none. */
  readonly loose: Trie
  /** The route of `$default`. */
  readonly fallback: Entry | undefined
  /** Segments of the longest template: what stands further back in a path, only a greedy parameter can take. */
  readonly longest: number
}

/**
 * Finds the route that takes a request.
 *
 * @param method - as received; methods are case-sensitive (RFC 9110 §9.1)
 * @returns `no_route`; or `target_ambiguous` when the path holds a `%2F` that no route allows, or
 *   when an upstream with other ideas about case, `;x`, `%2F` or a trailing slash would serve
 *   another route's resource, which asks for something else (CVE-2026-73511, CVE-2021-39155)
 */
export const matchRoute = (index: RouteIndex, method: string, target: Target): Route | Denial => {
  const selected = selectEntry(index, method, target)
  if (selected === undefined) return deny(target.encodedSlash ? 'target_ambiguous' : 'no_route')
  if (target.encodedSlash && !selected.route.allowEncodedSlash) return deny('target_ambiguous')

  // One reading of one tree: a second search would find the same.
  if (index.loose === index.exact && !target.foldDiffers) return selected.route
  const rival = findRival(index, method, readingsFor(index, target), selected)
  return rival === undefined ? selected.route : deny('target_ambiguous')
}

/**
 * Whether an upstream could take a request that no route takes for one of a route that enforces what
 * it asks for: because it reads the path otherwise, or HEAD as GET (RFC 9110 §9.3.2).
 */
export const resemblesEnforced = (index: RouteIndex, method: string, target: Target): boolean => {
  const methods = method === 'HEAD' ? ['HEAD', 'GET'] : [method]
  return readingsFor(index, target).some((reading) =>
    methods.some((each) => find(index.loose, each, reading).some(enforces)),
  )
}

const enforces = ({ route: { access, enforcement } }: Entry): boolean =>
  access.kind === 'denied' || (access.kind === 'token' && enforcement === 'enforce')

const readingsFor = (index: RouteIndex, target: Target): readonly (readonly string[])[] => {
  // One segment more than any template has is enough to tell a path that is too long for them.
  const segments = target.segments.slice(0, index.longest + 1)
  return target.foldDiffers ? readingsOf(segments) : [segments]
}

/** What path and method select as they were received, be it ambiguous or not. */
export const selectEntry = (index: RouteIndex, method: string, target: Target): Entry | undefined =>
  find(index.exact, method, target.segments)[0] ?? fallbackFor(index, method)

/**
 * The first entry that one of the readings selects and that asks for something else than
 * `selected` does. A reading that selects nothing is no difference: nothing would be served.
 *
 * Readings are compared with templates that took the same liberties. Else `/getStatus`, read as
 * `/getstatus`, would be taken for a request to the catch-all route beside it.
 */
export const findRival = (
  index: RouteIndex,
  method: string,
  readings: readonly (readonly string[])[],
  selected: Entry,
): Entry | undefined => {
  for (const reading of readings) {
    const found = find(index.loose, method, reading)
    const entries = found.length === 0 ? fallbackOf(index) : found
    const rival = entries.find((entry) => entry.protection !== selected.protection)
    if (rival !== undefined) return rival
  }
  return undefined
}

const fallbackOf = ({ fallback }: RouteIndex): readonly Entry[] =>
  fallback === undefined ? [] : [fallback]

/** `$default` is for every method but TRACE, whose answer would be the headers that the gate adds. */
const fallbackFor = ({ fallback }: RouteIndex, method: string): Entry | undefined =>
  method === 'TRACE' ? undefined : fallback
