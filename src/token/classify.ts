// Calls aws-jwt-verify, and translates what it throws into the gate's own words. Its messages quote tokens
// and claims, so none of them leaves this file but as the cause of `internal`.
import {
  JwtInvalidSignatureAlgorithmError,
  JwtInvalidSignatureError,
  JwtParseError,
} from 'aws-jwt-verify/error'
import { deny, type Denial, type DenialCode } from '../core/denial.ts'

/**
 * What a call of the library gives, or the refusal that it throws. To note where a refusal comes from takes
 * V8 about half as long as to check a signature, which is a gift to those who send forged tokens: it is
 * not noted, of other errors neither.
 */
export const attempt = <Input, Output>(
  call: (input: Input) => Output,
  input: Input,
): Output | Denial => {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return call(input)
  } catch (error) {
    return classifyError(error)
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}

/** The refusal that an error of aws-jwt-verify stands for; `internal`, with its cause, for any other. */
const classifyError = (error: unknown): Denial => {
  const known = codes.find(([type]) => error instanceof type)
  return known === undefined ? deny('internal', { cause: error }) : deny(known[1])
}

// Claims and keys are judged by the gate itself, so the library's other errors cannot be a client's doing.
const codes: readonly (readonly [new (...args: never[]) => Error, DenialCode])[] = [
  [JwtParseError, 'token_malformed'],
  [JwtInvalidSignatureAlgorithmError, 'algorithm_refused'],
  [JwtInvalidSignatureError, 'signature_invalid'],
]
