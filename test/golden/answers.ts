// The answers of the golden table that more than one row has, written out to the byte. None of them
// is taken from the gate's own tables.
import type { GoldenAnswer } from './row.ts'

/** The lines of a REST API's answer in JSON. */
export const restHeaders = (errorType: string, contentType = 'application/json') => [
  `Content-Type: ${contentType}`,
  'x-amzn-RequestId: {requestId}',
  'x-amz-apigw-id: {extendedRequestId}',
  `x-amzn-ErrorType: ${errorType}`,
]

const rest = (status: number, errorType: string, body: string): GoldenAnswer => ({
  status,
  headers: restHeaders(errorType),
  body,
})

export const restAnswers = {
  unauthorized: rest(401, 'UnauthorizedException', '{"message":"Unauthorized"}'),
  expired: rest(401, 'UnauthorizedException', '{"message":"The incoming token has expired"}'),
  accessDenied: rest(
    403,
    'AccessDeniedException',
    '{"Message":"User is not authorized to access this resource"}',
  ),
  missingToken: rest(
    403,
    'MissingAuthenticationTokenException',
    '{"message":"Missing Authentication Token"}',
  ),
  // SHA-256 of `Bearer not-a-token`.
  incompleteSignature: rest(
    403,
    'IncompleteSignatureException',
    `{"message":"Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): 'lk4nZrPchXQ3Q+7qrTswLhPqIJ5eNirzPqh9OeoePZo='."}`,
  ),
  keysUnavailable: {
    status: 503,
    headers: [...restHeaders('ServiceUnavailableException'), 'Retry-After: {seconds}'],
    body: '{"message":"Service Unavailable"}',
  },
  badRequest: rest(400, 'BadRequestException', '{"message":"Bad Request"}'),
  requestTimeout: rest(408, 'RequestTimeoutException', '{"message":"Request Timeout"}'),
  headersTooLarge: rest(
    431,
    'RequestHeaderFieldsTooLargeException',
    '{"message":"Request Header Fields Too Large"}',
  ),
  bodyTooLarge: {
    status: 413,
    headers: [
      'Content-Type: text/plain',
      'x-amzn-RequestId: {requestId}',
      'x-amz-apigw-id: {extendedRequestId}',
    ],
    body: 'HTTP content length exceeded 1000 bytes.',
  },
  integrationTimeout: rest(
    504,
    'InternalServerErrorException',
    '{"message": "Endpoint request timed out"}',
  ),
  integrationFailure: rest(
    504,
    'InternalServerErrorException',
    '{"message": "Network error communicating with endpoint"}',
  ),
  overloaded: rest(503, 'ServiceUnavailableException', '{"message":"Service Unavailable"}'),
  internal: rest(500, 'InternalServerErrorException', '{"message": "Internal server error"}'),
} as const satisfies Record<string, GoldenAnswer>

const httpHeaders = ['content-type: application/json', 'apigw-requestid: {requestId}']

const http = (status: number, body: string, ...more: readonly string[]): GoldenAnswer => ({
  status,
  headers: [...httpHeaders, ...more],
  body,
})

/** 401 of an HTTP API with the value of its challenge. */
export const challenged = (challenge: string): GoldenAnswer =>
  http(401, '{"message":"Unauthorized"}', `www-authenticate: ${challenge}`)

export const httpAnswers = {
  scopeMissing: http(
    403,
    '{"message":"Forbidden"}',
    'www-authenticate: Bearer scope="orders/read orders/admin" error="insufficient_scope" error_description="expected scopes: [orders/read orders/admin]"',
  ),
  forbidden: http(403, '{"message":"Forbidden"}'),
  notFound: http(404, '{"message":"Not Found"}'),
  keysUnavailable: http(503, '{"message":"Service Unavailable"}', 'Retry-After: {seconds}'),
  badRequest: http(400, '{"message":"Bad Request"}'),
  requestTimeout: http(408, '{"message":"Request Timeout"}'),
  headersTooLarge: http(431, '{"message":"Request Header Fields Too Large"}'),
  bodyTooLarge: http(413, '{"message":"Request Entity Too Large"}'),
  unavailable: http(503, '{"message":"Service Unavailable"}'),
  internal: http(500, '{"message":"Internal Server Error"}'),
} as const satisfies Record<string, GoldenAnswer>
