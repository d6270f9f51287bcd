// References within an export. Nothing outside it is ever looked at, and a chain that leads to itself
// ends as an error.
import { fail, ok, type Result } from '../core/result.ts'
import { isPlainMap, own, type PlainMap } from './plain.ts'
import { shown } from '../core/shown.ts'
import { below } from './pointer.ts'

/** A value and where it stands. */
export interface Found {
  readonly value: unknown
  readonly pointer: string
}

/** Steps that a chain of references may have. */
const maxSteps = 16

/**
 * What a place holds once its references are followed: the place itself when it holds none. A map
 * with a `$ref` is the reference; what stands beside it is not looked at (JSON Reference §3).
 */
export const follow = (document: PlainMap, place: Found): Result<Found, string> => {
  let found = place
  for (let step = 0; step < maxSteps; step += 1) {
    const reference = referenceOf(found.value)
    if (reference === undefined) return ok(found)
    const target = lookUp(document, reference)
    if (!target.ok) return target
    found = target.value
  }
  return fail(
    `${shown(referenceOf(place.value))} leads in a circle, or through too many references`,
  )
}

/** The text of a reference. A `$ref` that is no text is a property of that name, as in a schema. */
export const referenceOf = (value: unknown): string | undefined => {
  const reference = own(value, '$ref')
  return typeof reference === 'string' ? reference : undefined
}

const lookUp = (document: PlainMap, reference: string): Result<Found, string> => {
  if (!reference.startsWith('#/')) {
    return fail(
      `${shown(reference)} leads out of the export; only references such as "#/components/…" are followed`,
    )
  }
  const keys = keysOf(reference)
  if (keys === undefined) return fail(`${shown(reference)} is not a JSON pointer`)
  let value: unknown = document
  for (const key of keys) value = stepInto(value, key)
  if (value === undefined) return fail(`${shown(reference)} leads to nothing`)
  return ok({ value, pointer: below('', ...keys) })
}

const keysOf = (reference: string): readonly string[] | undefined => {
  try {
    return reference
      .slice(2)
      .split('/')
      .map((key) => decodeURIComponent(key).replaceAll('~1', '/').replaceAll('~0', '~'))
  } catch {
    return undefined
  }
}

const stepInto = (value: unknown, key: string): unknown => {
  if (isPlainMap(value)) return own(value, key)
  return Array.isArray(value) && /^(?:0|[1-9]\d{0,8})$/.test(key) ? value[Number(key)] : undefined
}
