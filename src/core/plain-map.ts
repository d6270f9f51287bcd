// Maps as YAML and JSON have them.

/** Data with nothing but own, unreserved keys. */
export type PlainMap = Readonly<Record<string, unknown>>

/** Whether a value is a map, and neither a list nor null. */
export const isPlainMap = (value: unknown): value is PlainMap =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
