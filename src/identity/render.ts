// A claim's value as text, in the way a REST API of API Gateway renders it. Encoding for a header is
// not done here: the text may hold any character.

/** A claim's text; for an array the text of each element, to be encoded before they are joined. */
export type RenderedClaim = string | readonly string[]

/**
 * Renders one claim: strings as they are, numbers and booleans as text, `exp` and `iat` as a date
 * (`Wed May 18 15:32:21 UTC 2022`), objects as JSON. Undefined when the claim is null or absent.
 * The form is that of `requestContext.authorizer.claims` in the events of a Lambda proxy
 * integration, of which AWS documents only the names.
 */
export const renderClaim = (name: string, value: unknown): RenderedClaim | undefined => {
  if (typeof value === 'number' && dateClaims.has(name)) return renderDate(value)
  if (isScalar(value)) return String(value)
  if (Array.isArray(value)) return value.map(renderElement)
  return value === null || value === undefined ? undefined : renderJson(value)
}

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

const renderElement = (value: unknown): string =>
  isScalar(value) ? String(value) : (renderJson(value) ?? '')

const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
