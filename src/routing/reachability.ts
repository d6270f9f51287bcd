// Finds routes that no request can reach, by sending each route sample requests of its own. It
// reports; it does not decide about requests.
import type { Route } from '../core/route.ts'
import { foldCase, readingsOf } from './fold.ts'
import { findRival, type RouteIndex } from './match.ts'
import type { TemplateSegment } from './template.ts'
import { anyMethods, find, type Entry } from './trie.ts'

/** A route in the tree, with the template that its sample requests are made from. */
export interface Place {
  readonly entry: Entry
  readonly template: readonly TemplateSegment[]
}

/** What keeps requests from a route. */
export interface Obstacle {
  /** `taken`: the other route is more specific. `ambiguous`: a folded path would select it. */
  readonly kind: 'taken' | 'ambiguous'
  readonly by: Route
}

/**
 * Prepares the question why no request reaches a route; its answer is undefined when one does.
 *
 * The samples fill parameters with a word that is no literal of the table and that folding leaves
 * alone: they stand for every request that no literal singles out, and meet the fewest routes that
 * are more specific. A greedy parameter is filled to every length up to one segment more than the
 * longest template has, with and without a trailing slash: beyond that, nothing changes any more.
 */
export const createReachability = (
  index: RouteIndex,
  places: readonly Place[],
): ((place: Place) => Obstacle | undefined) => {
  const filler = unusedWord(places)
  return ({ entry, template }) => {
    const { method } = entry.route
    const methods = method === 'ANY' ? [...anyMethods] : [method]
    const obstacles = samplePaths(template, filler, index.longest).flatMap((path) =>
      methods.map((word) => obstacleTo(index, word, path, entry)),
    )
    return obstacles.includes(undefined) ? undefined : obstacles[0]
  }
}

const obstacleTo = (
  index: RouteIndex,
  method: string,
  path: readonly string[],
  entry: Entry,
): Obstacle | undefined => {
  const taker = find(index.exact, method, path).find((found) => found !== entry)
  if (taker !== undefined) return { kind: 'taken', by: taker.route }
  const rival = findRival(index, method, readingsOf(path), entry)
  return rival === undefined ? undefined : { kind: 'ambiguous', by: rival.route }
}

const samplePaths = (
  template: readonly TemplateSegment[],
  filler: string,
  longest: number,
): readonly (readonly string[])[] => {
  const shortest = template.map((segment) => (segment.kind === 'literal' ? segment.text : filler))
  if (template.at(-1)?.kind !== 'greedy') return [shortest]
  const lengths = Array.from({ length: longest - template.length + 2 }, (_, extra) => extra)
  return lengths.flatMap((extra) => {
    const path = [...shortest, ...Array<string>(extra).fill(filler)]
    return [path, [...path, '']]
  })
}

const unusedWord = (places: readonly Place[]): string => {
  const literals = new Set(
    places.flatMap(({ template }) =>
      template.map((segment) => (segment.kind === 'literal' ? foldCase(segment.text) : '')),
    ),
  )
  let word = 'x'
  while (literals.has(word)) word += 'x'
  return word
}
