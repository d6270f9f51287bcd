// A claim's value as text, in the way a REST or an HTTP API of API Gateway renders it. Encoding for a
// header is not done here: the text may hold any character.
import type { Settings } from '../core/settings.ts'

/** A claim's text; for an array the text of each element, to be encoded before they are joined. */
export type RenderedClaim = string | readonly string[]

/** Renders one claim. Undefined when the claim is null or absent. Never throws. */
export type RenderClaim = (name: string, value: unknown) => RenderedClaim | undefined

/** As a REST API does. */
const renderRestClaim: RenderClaim = (name, value) => {
  if (typeof value === 'number' && dateClaims.has(name)) return renderDate(value)
  return renderValue(value, String)
}

/** As an HTTP API does. */
const renderHttpClaim: RenderClaim = (_name, value) => renderValue(value, plainNumber)

/**
 * The two renderings. Both give strings as they are, numbers and booleans as text, objects as JSON;
 * the form is that of `requestContext.authorizer` in the events of a Lambda proxy integration, of
 * which AWS documents only the names.
 *
 * - `REST`: `exp` and `iat` are dates, as in `Wed May 18 15:32:21 UTC 2022`.
 * - `HTTP`: whole numbers are all digits, however large; `exp` and `iat` are numbers like any other.
 */
export const claimRenderers = {
  REST: renderRestClaim,
  HTTP: renderHttpClaim,
} satisfies Record<Settings['apiType'], RenderClaim>

const renderValue = (
  value: unknown,
  numberText: (value: number) => string,
): RenderedClaim | undefined => {
  if (Array.isArray(value)) return value.map((each) => renderElement(each, numberText))
  if (typeof value === 'number') return numberText(value)
  if (isText(value)) return String(value)
  return value === null || value === undefined ? undefined : renderJson(value)
}

const renderElement = (value: unknown, numberText: (value: number) => string): string => {
  if (typeof value === 'number') return numberText(value)
  return isText(value) ? String(value) : (renderJson(value) ?? '')
}

const isText = (value: unknown): value is string | boolean =>
  typeof value === 'string' || typeof value === 'boolean'

/** From 1e21 on, a number's own text has an exponent. */
const plainNumber = (value: number): string =>
  Number.isInteger(value) ? BigInt(value).toString() : String(value)

/**
 * JSON text; undefined for what has none. That includes values nested too deeply for the stack:
 * JSON.parse takes some that JSON.stringify does not, and a token's payload is not ours to choose.
 */
export const renderJson = (value: unknown): string | undefined => {
  try {
    return JSON.stringify(value)
  } catch {
    return undefined
  }
}

const dateClaims: ReadonlySet<string> = new Set(['exp', 'iat'])

/** `EEE MMM dd HH:mm:ss 'UTC' yyyy`, as Java's Date.toString. Out of Date's range: the number. */
const renderDate = (seconds: number): string => {
  const date = new Date(seconds * 1000)
  if (Number.isNaN(date.getTime())) return String(seconds)
  // `Wed, 18 May 2022 15:32:21 GMT`; the parts before the year have fixed places.
  const text = date.toUTCString()
  const time = date.toISOString().slice(-13, -5)
  return `${text.slice(0, 3)} ${text.slice(8, 11)} ${text.slice(5, 7)} ${time} UTC ${date.getUTCFullYear()}`
}
