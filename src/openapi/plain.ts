// Plain data, read without trusting its names: only what a map itself holds is ever seen.

import { isPlainMap } from '../core/plain-map.ts'

export { isPlainMap, type PlainMap } from '../core/plain-map.ts'

/** What `value` holds under `key`; undefined when it is no map or has no such key of its own. */
export const own = (value: unknown, key: string): unknown =>
  isPlainMap(value) && Object.hasOwn(value, key) ? value[key] : undefined

/** The entries of a map; none when it is no map. */
export const entriesOf = (value: unknown): readonly (readonly [string, unknown])[] =>
  isPlainMap(value) ? Object.entries(value) : []

/** Whether a value is a list of texts, none of them empty. */
export const isTextList = (value: unknown): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string' && item !== '')

/** A key of the map that is not among the known ones and says something; undefined when there is none. */
export const unknownKey = (map: unknown, known: readonly string[]): string | undefined =>
  entriesOf(map).find(([key, value]) => !known.includes(key) && isGiven(value))?.[0]

/** Whether there is something in it: absent, null, an empty text, list or map say nothing. */
export const isGiven = (value: unknown): boolean => {
  if (value === undefined || value === null || value === '') return false
  return typeof value !== 'object' || Object.keys(value).length > 0
}
