// The outcome of parsing something an operator wrote: a value, or every problem found.

/** Either a value or what was wrong. Expected failures are values; exceptions are for bugs. */
export type Result<T, E> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: E }

export const ok = <T>(value: T): Result<T, never> => ({ ok: true, value })

export const fail = <E>(error: E): Result<never, E> => ({ ok: false, error })

/** The value of a result that cannot have failed. Throws when it has: then it is a bug. */
export const unwrap = <T>(result: Result<T, unknown>): T => {
  if (!result.ok) throw new Error(`a result that should be good: ${JSON.stringify(result.error)}`)
  return result.value
}
