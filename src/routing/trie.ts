// A tree of path segments with the routes at its ends, and the search through it. It compares
// segments exactly; folding is its callers' business.
import type { Route } from '../core/route.ts'
import type { TemplateSegment } from './template.ts'

/** A route in the tree. Equal `protection` means that the same is asked of a request. */
export interface Entry {
  readonly route: Route
  readonly protection: number
}

/** The routes of one template. `any` is kept apart: no request's method can name it. */
export interface Methods {
  readonly byName: Map<string, Entry>
  any: Entry | undefined
}

export interface Trie {
  readonly literals: Map<string, Trie>
  parameter: Trie | undefined
  /** Templates that end here. Several only where folding made different templates one. */
  readonly here: Methods[]
  /** Templates whose greedy parameter begins here. */
  readonly rest: Methods[]
}

/** What `ANY` stands for (API Gateway, "Set up a proxy integration": HTTP methods). */
export const anyMethods: ReadonlySet<string> = new Set([
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
])

export const createTrie = (): Trie => ({
  literals: new Map(),
  parameter: undefined,
  here: [],
  rest: [],
})

/** Puts a template's routes into the tree; the same template once only. */
export const insert = (
  trie: Trie,
  segments: readonly TemplateSegment[],
  methods: Methods,
): void => {
  let node = trie
  for (const segment of segments) {
    switch (segment.kind) {
      case 'literal':
        node = literalChild(node, segment.text)
        break
      case 'parameter':
        node = node.parameter ??= createTrie()
        break
      case 'greedy':
        node.rest.push(methods)
        return
    }
  }
  node.here.push(methods)
}

/**
 * Finds the most specific template that takes path and method: literal before parameter before
 * greedy at every segment, with backtracking when the method is missing (AWS-validated: a greedy
 * sibling that has it is then used), exact method before `ANY`.
 *
 * Every node stands for one prefix at one depth, so a search visits each at most once: the cost is
 * bounded by the number of template segments, however long the path is.
 *
 * @returns no entry, or one; several only where folding made different templates one
 */
export const find = (trie: Trie, method: string, segments: readonly string[]): readonly Entry[] =>
  descend(trie, method, segments, 0)

/** All entries in the order in which a search tries them; literals and methods by name. */
export const entriesInOrder = (trie: Trie): readonly Entry[] => [
  ...trie.here.flatMap(methodsInOrder),
  ...inOrder(trie.literals).flatMap(entriesInOrder),
  ...(trie.parameter === undefined ? [] : entriesInOrder(trie.parameter)),
  ...trie.rest.flatMap(methodsInOrder),
]

const descend = (
  node: Trie,
  method: string,
  segments: readonly string[],
  depth: number,
): readonly Entry[] => {
  const segment = segments[depth]
  if (segment === undefined) return entriesOf(node.here, method)
  const child = node.literals.get(segment)
  const literal = child === undefined ? none : descend(child, method, segments, depth + 1)
  // An empty segment is a trailing slash: only a template that ends in one says so.
  if (literal.length > 0 || segment === '') return literal
  const parameter =
    node.parameter === undefined ? none : descend(node.parameter, method, segments, depth + 1)
  return parameter.length > 0 ? parameter : entriesOf(node.rest, method)
}

const none: readonly Entry[] = []

const entriesOf = (places: readonly Methods[], method: string): readonly Entry[] => {
  let entries: Entry[] | undefined
  for (const place of places) {
    const entry = entryOf(place, method)
    if (entry !== undefined) (entries ??= []).push(entry)
  }
  return entries ?? none
}

const entryOf = ({ byName, any }: Methods, method: string): Entry | undefined =>
  byName.get(method) ?? (anyMethods.has(method) ? any : undefined)

const literalChild = (node: Trie, text: string): Trie => {
  const known = node.literals.get(text)
  if (known !== undefined) return known
  const child = createTrie()
  node.literals.set(text, child)
  return child
}

const methodsInOrder = ({ byName, any }: Methods): readonly Entry[] =>
  any === undefined ? inOrder(byName) : [...inOrder(byName), any]

const inOrder = <T>(named: ReadonlyMap<string, T>): readonly T[] =>
  [...named].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value)
