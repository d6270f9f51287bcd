// The structural pass: raw data against a schema table, before convict sees any of it. convict lets
// unknown keys inside lists pass, turns a map given for a list into [] and drops reserved names.
import { checkLeaf } from './leaf-check.ts'
import { isLeaf, isMapLeaf, isPlainMap, type Leaf, type PlainMap, type Table } from './leaf.ts'
import { nearest } from './nearest.ts'
import { createProblems, keyPath, shown, type Report } from './problem.ts'

/**
 * What of `value` fits the table, with everything else reported: unknown keys, wrong types, missing
 * required keys, at every depth. `at` is the path of the map, '' for the whole file.
 */
export const checkStructure = (
  table: Table,
  value: unknown,
  at: string,
  report: Report,
): PlainMap => {
  if (!isPlainMap(value)) {
    const example = String(Object.keys(table)[0])
    const fault = `${shown(value)} is not a map of keys such as ${example}`
    report(at, value === null ? 'has no value' : fault)
    return {}
  }
  const fitting: [string, unknown][] = []
  for (const [key, given] of Object.entries(value)) {
    const place = keyPath(at, key)
    const node = Object.hasOwn(table, key) ? table[key] : undefined
    if (node === undefined) report(place, unknownKey(key, Object.keys(table)))
    else if (!isLeaf(node)) fitting.push([key, checkStructure(node, given, place, report)])
    else {
      const sound = soundPart(node, given, place, report)
      if (sound !== undefined) fitting.push([key, sound])
    }
  }
  reportMissing(table, withMisspelt(table, value), at, report)
  return Object.fromEntries(fitting)
}

/** Whether every required key of the table is there. */
export const isComplete = (table: Table, fitting: PlainMap): boolean =>
  Object.entries(table).every(([key, node]) => {
    if (isLeaf(node)) return node.required !== true || Object.hasOwn(fitting, key)
    const group = fitting[key]
    return isComplete(node, isPlainMap(group) ? group : {})
  })

/** The value, of a map with a problem the other entries, or undefined: a default takes its place. */
const soundPart = (leaf: Leaf, value: unknown, at: string, report: Report): unknown => {
  const problems = createProblems()
  checkLeaf(leaf, value, at, problems.report)
  for (const { path, message } of problems.all()) report(path, message)
  if (problems.all().length === 0) return value
  if (!isMapLeaf(leaf) || !isPlainMap(value)) return undefined
  return Object.fromEntries(
    Object.entries(value).filter(([name]) => !problems.below(keyPath(at, name))),
  )
}

const unknownKey = (key: string, known: readonly string[]): string => {
  const meant = nearest(key, known)
  return meant === undefined
    ? `unknown key; allowed here: ${known.join(', ')}`
    : `unknown key; did you mean ${meant}?`
}

/** A key that is only misspelt was told already; that it is missing would be the same fault again. */
const withMisspelt = (table: Table, value: PlainMap): PlainMap => {
  const known = Object.keys(table)
  const unknown = Object.keys(value).filter((key) => !known.includes(key))
  const meant = unknown.map((key): [string, unknown] => [nearest(key, known) ?? key, undefined])
  return { ...Object.fromEntries(meant), ...value }
}

const reportMissing = (table: Table, value: PlainMap, at: string, report: Report): void => {
  for (const [key, node] of Object.entries(table)) {
    if (Object.hasOwn(value, key)) continue
    const place = keyPath(at, key)
    if (!isLeaf(node)) reportMissing(node, {}, place, report)
    else if (node.required === true) {
      report(place, `is missing; ${wanted(node)}`)
    }
  }
}

const wanted = (leaf: Leaf): string => {
  if (leaf.format === 'word') return `give one of: ${leaf.words.join(', ')}`
  return leaf.format === 'list' || leaf.format === 'text-or-list' ? 'give one or more' : 'give one'
}
