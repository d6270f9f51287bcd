// What a REST API of API Gateway answers, refusal by refusal: one table from code to gateway response
// type, status, error type and body, which the compiler completes. Bodies are kept byte for byte,
// their spaces too; what an operator has instead of them is applied at the end.
import { createHash } from 'node:crypto'
import type { Answer, AnswerContext, AnswerDenial } from '../core/answer.ts'
import type { Denial, DenialCode } from '../core/denial.ts'
import type { GatewayResponses, GatewayResponseType } from '../core/gateway-response.ts'
import { compileGatewayResponses, type BuiltIn } from './gateway-responses.ts'
import { requestIdHeaders } from './request-ids.ts'
import { retryAfterHeader } from './retry-after.ts'

interface Place {
  /** Which gateway response can change it; undefined: none can. */
  readonly type: GatewayResponseType | undefined
  readonly status: number
  /** Value of `x-amzn-ErrorType`. */
  readonly errorType: string
}

const json = (place: Place, message: string, body: string): BuiltIn => ({
  ...place,
  message,
  contentType: 'application/json',
  body,
})

/** Refusals of routing and authorization: no space after the colon. */
const compact = (place: Place, message: string): BuiltIn =>
  json(place, message, `{"message":${JSON.stringify(message)}}`)

/** Failures of the integration, and of the gate: one space. */
const spaced = (place: Place, message: string): BuiltIn =>
  json(place, message, `{"message": ${JSON.stringify(message)}}`)

const unauthenticated: Place = {
  type: 'UNAUTHORIZED',
  status: 401,
  errorType: 'UnauthorizedException',
}
const unauthorized = compact(unauthenticated, 'Unauthorized')
const tokenExpired = compact(unauthenticated, 'The incoming token has expired')

const noAccess = 'User is not authorized to access this resource'
// The capital M is API Gateway's own, for this answer alone.
const accessDenied = json(
  { type: 'ACCESS_DENIED', status: 403, errorType: 'AccessDeniedException' },
  noAccess,
  `{"Message":"${noAccess}"}`,
)

const missingAuthenticationToken = compact(
  {
    type: 'MISSING_AUTHENTICATION_TOKEN',
    status: 403,
    errorType: 'MissingAuthenticationTokenException',
  },
  'Missing Authentication Token',
)

const badRequest = compact(
  { type: 'BAD_REQUEST_PARAMETERS', status: 400, errorType: 'BadRequestException' },
  'Bad Request',
)

/** For edge proxies that may not ask: nothing of the request was looked at. */
const forbidden = compact(
  { type: undefined, status: 403, errorType: 'ForbiddenException' },
  'Forbidden',
)

// API Gateway documents no 408, 431 or 503 of its own: these take its naming and body form.
const requestTimeout = compact(
  { type: undefined, status: 408, errorType: 'RequestTimeoutException' },
  'Request Timeout',
)

const headersTooLarge = compact(
  { type: undefined, status: 431, errorType: 'RequestHeaderFieldsTooLargeException' },
  'Request Header Fields Too Large',
)

const unavailable = (type: GatewayResponseType | undefined): BuiltIn =>
  compact({ type, status: 503, errorType: 'ServiceUnavailableException' }, 'Service Unavailable')

const integrationTimeout = spaced(
  { type: 'INTEGRATION_TIMEOUT', status: 504, errorType: 'InternalServerErrorException' },
  'Endpoint request timed out',
)

const integrationFailure = spaced(
  { type: 'INTEGRATION_FAILURE', status: 504, errorType: 'InternalServerErrorException' },
  'Network error communicating with endpoint',
)

const internal = spaced(
  { type: 'DEFAULT_5XX', status: 500, errorType: 'InternalServerErrorException' },
  'Internal server error',
)

/** Plain text without an error type. */
const bodyTooLarge = (maxBodyBytes: number): BuiltIn => {
  const message = `HTTP content length exceeded ${maxBodyBytes} bytes.`
  return {
    type: 'REQUEST_TOO_LARGE',
    status: 413,
    errorType: undefined,
    message,
    contentType: 'text/plain',
    body: message,
  }
}

/**
 * API Gateway takes the `Authorization` header of a request that matches nothing for a SigV4
 * signature, and says what is wrong with it: the words its clients know from a mistyped path. Only
 * the header's hash is ever shown.
 */
const unmatched = ({ view }: AnswerContext): BuiltIn => {
  const authorization = view().header('authorization')
  if (authorization === undefined || authorization === '') return missingAuthenticationToken
  // Header text has one character per byte received.
  const hash = createHash('sha256').update(authorization, 'latin1').digest('base64')
  return compact(
    {
      type: 'MISSING_AUTHENTICATION_TOKEN',
      status: 403,
      errorType: 'IncompleteSignatureException',
    },
    'Invalid key=value pair (missing equal-sign) in Authorization header ' +
      `(hashed with SHA-256 and encoded with Base64): '${hash}'.`,
  )
}

type Row = BuiltIn | ((context: AnswerContext) => BuiltIn)

const rowsOf = (maxBodyBytes: number) =>
  ({
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
    keys_unavailable: unavailable('AUTHORIZER_FAILURE'),
    no_route: unmatched,
    target_ambiguous: badRequest,
    request_malformed: badRequest,
    peer_untrusted: forbidden,
    header_aliased: accessDenied,
    request_timeout: requestTimeout,
    headers_too_large: headersTooLarge,
    body_too_large: bodyTooLarge(maxBodyBytes),
    upstream_timeout: integrationTimeout,
    upstream_unreachable: integrationFailure,
    upstream_broken: integrationFailure,
    upstream_overloaded: unavailable(undefined),
    internal,
  }) satisfies Record<DenialCode, Row>

export interface RestAnswerOptions {
  /** `maxBodyBytes` is named in the answer to a body that is too large; forwarding enforces it. */
  readonly limits: { readonly maxBodyBytes: number }
  readonly gatewayResponses: GatewayResponses
}

/**
 * The answers that a REST API gives. Without a gateway response that says so they never carry
 * `WWW-Authenticate`, as API Gateway's do not; and they tell nothing of a denial's cause.
 */
export const createRestAnswers = ({
  limits,
  gatewayResponses,
}: RestAnswerOptions): AnswerDenial => {
  const rows: Readonly<Record<DenialCode, Row>> = rowsOf(limits.maxBodyBytes)
  const customise = compileGatewayResponses(gatewayResponses)
  return (denial, context) => {
    const row = rows[denial.code]
    const builtIn = typeof row === 'function' ? row(context) : row
    return customise(builtIn, builtInAnswer(builtIn, denial, context), context)
  }
}

const builtInAnswer = (
  { status, contentType, errorType, body }: BuiltIn,
  denial: Denial,
  { requestId }: AnswerContext,
): Answer => {
  const headers = ['Content-Type', contentType, ...requestIdHeaders('REST', requestId)]
  if (errorType !== undefined) headers.push('x-amzn-ErrorType', errorType)
  headers.push(...retryAfterHeader(denial))
  return { status, headers, body }
}
