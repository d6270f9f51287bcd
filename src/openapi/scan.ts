// The first look at an export: is it a tree of bounded size, without names that could reach a
// prototype, and does every reference lead to somewhere within it? Later steps may recurse then.
import { isPlainMap, type PlainMap } from './plain.ts'
import { below } from './pointer.ts'
import type { ExportFault } from '../core/exported-api.ts'
import { follow, referenceOf } from './refs.ts'

/** More than API Gateway lets an API have; bounds what reading can cost. */
const maxValues = 200_000
const maxDepth = 100

/** Problems that are told at once; the rest tend to follow. */
export const maxFaults = 20

const reservedNames: readonly string[] = ['__proto__', 'constructor', 'prototype']

/** What makes an export unreadable; empty when it can be read. */
export const scan = (document: PlainMap): readonly ExportFault[] => {
  const faults: ExportFault[] = []
  const todo: Place[] = [{ value: document, pointer: '', depth: 0 }]
  let seen = 0
  for (let place = todo.pop(); place !== undefined; place = todo.pop()) {
    seen += 1
    if (seen > maxValues || place.depth > maxDepth) {
      return [{ pointer: '', message: 'is too large, or nested too deeply, to be an export' }]
    }
    if (faults.length < maxFaults) faults.push(...faultsOf(document, place))
    // Not spread: a call takes no hundred thousand arguments.
    for (const child of childrenOf(place).reverse()) todo.push(child)
  }
  return faults.slice(0, maxFaults)
}

interface Place {
  readonly value: unknown
  readonly pointer: string
  readonly depth: number
}

const childrenOf = ({ value, pointer, depth }: Place): Place[] => {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).map(([key, child]: [string, unknown]) => ({
    value: child,
    pointer: below(pointer, key),
    depth: depth + 1,
  }))
}

const faultsOf = (document: PlainMap, place: Place): readonly ExportFault[] => {
  if (!isPlainMap(place.value)) return []
  const reserved = reservedNames.filter((name) => Object.hasOwn(place.value as PlainMap, name))
  const faults = reserved.map((name) => ({
    pointer: below(place.pointer, name),
    message: 'is a reserved name',
  }))
  if (referenceOf(place.value) === undefined) return faults
  const target = follow(document, place)
  if (target.ok) return faults
  return [...faults, { pointer: below(place.pointer, '$ref'), message: target.error }]
}
