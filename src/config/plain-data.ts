// Turns a composed YAML document into plain data. Reserved names are seen here and refused, before
// any object has them as keys; aliases are followed within a budget.
import type { Document, Node, ParsedNode } from 'yaml'
import { isAlias, isMap, isScalar, isSeq } from './yaml.ts'
import { fail, ok, type Result } from '../core/result.ts'
import type { ParsedFile } from './formats.ts'
import { isPlainMap } from './leaf.ts'
import { maxDepth } from './nesting.ts'
import { createProblems, itemPath, keyPath, shown, type Problem, type Report } from './problem.ts'

/** Names by which a key could reach a prototype. Refused at every depth. */
export const reservedNames: readonly string[] = ['__proto__', 'constructor', 'prototype']

/** What a text may stand for. */
export interface DataLimits {
  /** Values, aliases expanded. */
  readonly maxValues: number
  /** Whether a whole number may be a key, and is the text of its digits then. */
  readonly numberKeys: boolean
}

const configurationData: DataLimits = { maxValues: 100_000, numberKeys: false }

/** Tags of the core schema, the only ones that may be written out. */
const coreTags: readonly string[] = ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map(
  (name) => `tag:yaml.org,2002:${name}`,
)

interface Walk {
  readonly document: Document<ParsedNode>
  readonly numberKeys: boolean
  readonly order: Map<string, number>
  readonly report: Report
  left: number
}

/** Any document as plain data: a map, a list, a scalar, or null for an empty one. */
export interface PlainValue extends Omit<ParsedFile, 'data'> {
  readonly data: unknown
}

/** The document as maps, lists and scalars. An empty one is an empty map. */
export const plainData = (
  document: Document<ParsedNode>,
  file: string,
): Result<ParsedFile, readonly Problem[]> => {
  const plain = plainValue(document, file)
  if (!plain.ok) return plain
  const data = plain.value.data ?? {}
  if (!isPlainMap(data)) {
    return fail([{ path: file, message: `holds ${shown(data)}; a configuration is a map of keys` }])
  }
  return ok({ ...plain.value, data })
}

/** The document, whatever it is. Fails when it stands for more than can be meant. */
export const plainValue = (
  document: Document<ParsedNode>,
  file: string,
  { maxValues, numberKeys }: DataLimits = configurationData,
): Result<PlainValue, readonly Problem[]> => {
  const problems = createProblems()
  const order = new Map<string, number>()
  const { report } = problems
  const walk: Walk = { document, order, numberKeys, report, left: maxValues }
  const data = toPlain(walk, document.contents, '', 0)
  if (walk.left <= 0) {
    const message = `stands for more than ${maxValues} values, or for a list or map within itself`
    return fail([{ path: file, message }])
  }
  return ok({ data, order, problems: problems.all() })
}

const toPlain = (walk: Walk, node: Node | null, path: string, depth: number): unknown => {
  walk.left -= 1
  if (depth > maxDepth) walk.left = 0
  if (walk.left <= 0) return null
  if (node?.range && !walk.order.has(path)) walk.order.set(path, node.range[0])
  if (isAlias(node)) {
    const target = node.resolve(walk.document)
    if (target === undefined)
      walk.report(
        path,
        `refers to *${shown(node.source).slice(1, -1)}, an anchor that does not stand before it`,
      )
    return toPlain(walk, target ?? null, path, depth + 1)
  }
  if (node?.tag !== undefined && !coreTags.includes(node.tag)) {
    walk.report(path, `has the tag ${shown(node.tag)}; tags are not used here`)
  }
  if (isMap(node)) return toPlainMap(walk, node.items, path, depth)
  if (isSeq(node)) {
    return node.items.map((item, index) =>
      toPlain(walk, item as Node | null, itemPath(path, index), depth + 1),
    )
  }
  return isScalar(node) ? node.value : null
}

const toPlainMap = (
  walk: Walk,
  pairs: readonly { readonly key: unknown; readonly value: unknown }[],
  path: string,
  depth: number,
): unknown => {
  const entries = new Map<string, unknown>()
  for (const { key, value } of pairs) {
    const name = nameOf(key, walk)
    if (name === undefined) {
      walk.report(path, 'has a key that is not text; write keys as text, numbers in quotes')
      continue
    }
    const place = keyPath(path, name)
    const plain = toPlain(walk, value as Node | null, place, depth + 1)
    const fault = faultOfKey(name, entries)
    if (fault === undefined) entries.set(name, plain)
    else walk.report(place, fault)
  }
  return Object.fromEntries(entries)
}

const nameOf = (key: unknown, { numberKeys }: Walk): string | undefined => {
  const name = isScalar(key) ? key.value : undefined
  if (typeof name === 'string') return name
  return numberKeys && Number.isSafeInteger(name) ? String(name) : undefined
}

const faultOfKey = (name: string, entries: ReadonlyMap<string, unknown>): string | undefined => {
  if (reservedNames.includes(name)) return 'is a reserved name'
  if (name === '<<') return 'merge keys are not used here; write the keys out'
  return entries.has(name) ? 'stands in the map already; give each key once' : undefined
}
