// What an HTTP API of API Gateway answers, refusal by refusal: one table from code to status, message
// and challenge, which the compiler completes. HTTP APIs have no gateway responses.
import type { Answer, AnswerContext } from '../core/answer.ts'
import type { Denial, DenialCode } from '../core/denial.ts'
import type { Route } from '../core/route.ts'
import { requestIdHeaders } from './request-ids.ts'
import { retryAfterHeader } from './retry-after.ts'

interface Row {
  readonly status: number
  readonly message: string
  /** Value of `www-authenticate`, from the route's scopes with spaces between; undefined sends none. */
  readonly challenge?: (scopes: string) => string
}

/**
 * RFC 6750 §3, in API Gateway's form: attributes with spaces between them instead of commas. Scopes
 * need no quoting, since a configured scope is a scope-token (RFC 6749 §3.3).
 */
const challenge = (scopes: string, error: string, description: string): string =>
  `Bearer scope="${scopes}" error="${error}" error_description="${description}"`

/** 401, with what is wrong with the token. Only the wording of three of these is API Gateway's. */
const unauthorized = (description: string): Row => ({
  status: 401,
  message: 'Unauthorized',
  challenge: (scopes) => challenge(scopes, 'invalid_token', description),
})

const tokenMissing: Row = { status: 401, message: 'Unauthorized', challenge: () => 'Bearer' }

const scopeInsufficient: Row = {
  status: 403,
  message: 'Forbidden',
  challenge: (scopes) => challenge(scopes, 'insufficient_scope', `expected scopes: [${scopes}]`),
}

const forbidden: Row = { status: 403, message: 'Forbidden' }
const badRequest: Row = { status: 400, message: 'Bad Request' }
const serviceUnavailable: Row = { status: 503, message: 'Service Unavailable' }

const rows = {
  token_missing: tokenMissing,
  token_duplicated: unauthorized('the request holds more than one token'),
  token_malformed: unauthorized('token contains an invalid number of segments'),
  token_too_large: unauthorized('the token is too large'),
  algorithm_refused: unauthorized('the token does not have a valid algorithm'),
  key_unknown: unauthorized('the token is signed with an unknown key'),
  signature_invalid: unauthorized('the token does not have a valid signature'),
  token_not_yet_valid: unauthorized('the token is not valid yet'),
  token_revoked: unauthorized('the token is revoked'),
  token_too_old: unauthorized('the token is too old'),
  issuer_mismatch: unauthorized('the token does not have a valid issuer'),
  token_use_mismatch: unauthorized('the token does not have a valid token_use'),
  client_mismatch: unauthorized('the token does not have a valid client'),
  audience_mismatch: unauthorized('the token does not have a valid audience'),
  token_expired: unauthorized('the token has expired'),
  scope_insufficient: scopeInsufficient,
  group_insufficient: forbidden,
  claim_mismatch: forbidden,
  route_denied: forbidden,
  keys_unavailable: serviceUnavailable,
  no_route: { status: 404, message: 'Not Found' },
  target_ambiguous: badRequest,
  request_malformed: badRequest,
  peer_untrusted: forbidden,
  header_aliased: forbidden,
  request_timeout: { status: 408, message: 'Request Timeout' },
  headers_too_large: { status: 431, message: 'Request Header Fields Too Large' },
  body_too_large: { status: 413, message: 'Request Entity Too Large' },
  upstream_timeout: serviceUnavailable,
  upstream_unreachable: serviceUnavailable,
  upstream_broken: serviceUnavailable,
  upstream_overloaded: serviceUnavailable,
  internal: { status: 500, message: 'Internal Server Error' },
} satisfies Record<DenialCode, Row>

/** The answer that an HTTP API gives for a refusal. It tells nothing of the denial's cause. */
export const httpAnswer = (denial: Denial, { requestId, route }: AnswerContext): Answer => {
  const row: Row = rows[denial.code]
  return {
    status: row.status,
    headers: [
      'content-type',
      'application/json',
      ...requestIdHeaders('HTTP', requestId),
      ...challengeHeader(row, route),
      ...retryAfterHeader(denial),
    ],
    body: `{"message":"${row.message}"}`,
  }
}

const challengeHeader = (row: Row, route: Route | undefined): readonly string[] =>
  row.challenge === undefined ? [] : ['www-authenticate', row.challenge(scopesOf(route).join(' '))]

const scopesOf = (route: Route | undefined): readonly string[] =>
  route?.access.kind === 'token' ? route.access.scopes : []
