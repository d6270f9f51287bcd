// An error as fields for the log: what it says and its code, bounded, and no property besides: those
// of a library's error may hold what a log must not.

/** `type` is the error's name; absent for what is no Error. */
export interface ErrorFields {
  readonly type?: string
  readonly message: string
  readonly code?: string | number
  readonly cause?: ErrorFields
  /** Of an AggregateError, such as a connection refused on every address of a name. */
  readonly errors?: readonly ErrorFields[]
}

/**
 * Describes anything that was thrown. Never throws itself: a log line must not be what fails. Causes
 * that go in a circle are followed a few steps.
 */
export const describeError = (error: unknown): ErrorFields => {
  try {
    return describe(error, maxDepth)
  } catch {
    return { message: 'an error that cannot be read' }
  }
}

const maxDepth = 4
const maxErrors = 8
const maxMessageLength = 1024

const describe = (error: unknown, depth: number): ErrorFields => {
  if (!(error instanceof Error)) return { message: describeOther(error) }
  const code = codeOf(error)
  return {
    type: error.name,
    message: clean(error.message),
    ...(code === undefined ? {} : { code }),
    ...(error.cause === undefined || depth === 0
      ? {}
      : { cause: describe(error.cause, depth - 1) }),
    ...(error instanceof AggregateError && depth > 0 ? { errors: describeAll(error, depth) } : {}),
  }
}

const describeAll = ({ errors }: AggregateError, depth: number): readonly ErrorFields[] =>
  errors.slice(0, maxErrors).map((error) => describe(error, depth - 1))

const codeOf = (error: Error): string | number | undefined => {
  const { code } = error as { code?: unknown }
  return typeof code === 'string' || typeof code === 'number' ? code : undefined
}

/** Of an object no more than its kind: its own text or fields could be anything, and could throw. */
const describeOther = (value: unknown): string =>
  typeof value === 'string' ? clean(value) : Object.prototype.toString.call(value)

/** No library should quote a token in a message; if one does, it ends here. */
const clean = (message: string): string =>
  message.slice(0, maxMessageLength).replace(/eyJ[\w-]{8,}[\w.-]*/g, '[Redacted]')
