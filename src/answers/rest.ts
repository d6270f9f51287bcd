// What a REST API of API Gateway answers, refusal by refusal: one table from code to status, error
// type and body, which the compiler completes. Bodies are kept byte for byte, their spaces too.
import { createHash } from 'node:crypto'
import type { Answer } from '../core/answer.ts'
import type { Denial, DenialCode } from '../core/denial.ts'

/** What an answer tells besides the refusal itself. */
export interface AnswerContext {
  readonly requestId: string
  /** The client's `Authorization` value. Only its hash is ever shown. */
  readonly authorization: string | undefined
  /** The limit that `body_too_large` names, in bytes. */
  readonly maxBodyBytes: number
}

interface Row {
  readonly status: number
  /** Value of `x-amzn-ErrorType`; undefined where API Gateway sends none. */
  readonly errorType: string | undefined
  readonly body: string
}

const unauthorized: Row = {
  status: 401,
  errorType: 'UnauthorizedException',
  body: '{"message":"Unauthorized"}',
}

const tokenExpired: Row = {
  status: 401,
  errorType: 'UnauthorizedException',
  body: '{"message":"The incoming token has expired"}',
}

// The capital M is API Gateway's own, for this answer alone.
const accessDenied: Row = {
  status: 403,
  errorType: 'AccessDeniedException',
  body: '{"Message":"User is not authorized to access this resource"}',
}

const missingAuthenticationToken: Row = {
  status: 403,
  errorType: 'MissingAuthenticationTokenException',
  body: '{"message":"Missing Authentication Token"}',
}

const badRequest: Row = {
  status: 400,
  errorType: 'BadRequestException',
  body: '{"message":"Bad Request"}',
}

// API Gateway documents no 408, 431 or 503 of its own: these three take its naming and body form.
const requestTimeout: Row = {
  status: 408,
  errorType: 'RequestTimeoutException',
  body: '{"message":"Request Timeout"}',
}

const headersTooLarge: Row = {
  status: 431,
  errorType: 'RequestHeaderFieldsTooLargeException',
  body: '{"message":"Request Header Fields Too Large"}',
}

const serviceUnavailable: Row = {
  status: 503,
  errorType: 'ServiceUnavailableException',
  body: '{"message":"Service Unavailable"}',
}

// Plain text without an error type.
const bodyTooLarge = ({ maxBodyBytes }: AnswerContext): Row => ({
  status: 413,
  errorType: undefined,
  body: `HTTP content length exceeded ${maxBodyBytes} bytes.`,
})

const integrationTimeout: Row = {
  status: 504,
  errorType: 'InternalServerErrorException',
  body: '{"message": "Endpoint request timed out"}',
}

const integrationFailure: Row = {
  status: 504,
  errorType: 'InternalServerErrorException',
  body: '{"message": "Network error communicating with endpoint"}',
}

const internal: Row = {
  status: 500,
  errorType: 'InternalServerErrorException',
  body: '{"message": "Internal server error"}',
}

/**
 * API Gateway takes the `Authorization` header of a request that matches nothing for a SigV4
 * signature, and says what is wrong with it: the words its clients know from a mistyped path.
 */
const unmatched = ({ authorization }: AnswerContext): Row => {
  if (authorization === undefined || authorization === '') return missingAuthenticationToken
  // Header text has one character per byte received.
  const hash = createHash('sha256').update(authorization, 'latin1').digest('base64')
  return {
    status: 403,
    errorType: 'IncompleteSignatureException',
    body:
      '{"message":"Invalid key=value pair (missing equal-sign) in Authorization header ' +
      `(hashed with SHA-256 and encoded with Base64): '${hash}'."}`,
  }
}

const rows = {
  token_missing: unauthorized,
  token_duplicated: unauthorized,
  token_malformed: unauthorized,
  token_too_large: unauthorized,
  algorithm_refused: unauthorized,
  key_unknown: unauthorized,
  signature_invalid: unauthorized,
  token_not_yet_valid: unauthorized,
  token_revoked: unauthorized,
  token_too_old: unauthorized,
  issuer_mismatch: unauthorized,
  token_use_mismatch: unauthorized,
  client_mismatch: unauthorized,
  audience_mismatch: unauthorized,
  token_expired: tokenExpired,
  scope_insufficient: unauthorized,
  group_insufficient: accessDenied,
  claim_mismatch: accessDenied,
  route_denied: accessDenied,
  keys_unavailable: serviceUnavailable,
  no_route: unmatched,
  target_ambiguous: badRequest,
  request_malformed: badRequest,
  request_timeout: requestTimeout,
  headers_too_large: headersTooLarge,
  body_too_large: bodyTooLarge,
  upstream_timeout: integrationTimeout,
  upstream_unreachable: integrationFailure,
  upstream_broken: integrationFailure,
  upstream_overloaded: serviceUnavailable,
  internal,
} satisfies Record<DenialCode, Row | ((context: AnswerContext) => Row)>

/**
 * The answer that a REST API gives for a refusal. It never carries `WWW-Authenticate`, as API
 * Gateway's does not, and nothing of the denial's cause.
 */
export const restAnswer = (denial: Denial, context: AnswerContext): Answer => {
  const row = rows[denial.code]
  const { status, errorType, body } = typeof row === 'function' ? row(context) : row
  const contentType = errorType === undefined ? 'text/plain' : 'application/json'
  const headers = ['Content-Type', contentType, 'x-amzn-RequestId', context.requestId]
  if (errorType !== undefined) headers.push('x-amzn-ErrorType', errorType)
  if (denial.code === 'keys_unavailable') {
    headers.push('Retry-After', retryAfter(denial.retryAfterSeconds))
  }
  return { status, headers, body }
}

/** Whole seconds, at least 1: RFC 9110 §10.2.3 knows no fractions, and 0 would invite a storm. */
const retryAfter = (seconds = 1): string => String(Math.max(1, Math.ceil(seconds)))
