// Gateway responses of a REST API: what an operator has answered in place of API Gateway's own
// words, by the kind of the refusal. Types and shapes only; answers/ applies them.
import type { Expression } from './expression.ts'

/**
 * All that API Gateway has ("Gateway response types for API Gateway"). Some name what this gate
 * never refuses for, such as quotas: exports hold them, so they are taken and have no effect.
 */
export const gatewayResponseTypes = [
  'ACCESS_DENIED',
  'API_CONFIGURATION_ERROR',
  'AUTHORIZER_CONFIGURATION_ERROR',
  'AUTHORIZER_FAILURE',
  'BAD_REQUEST_BODY',
  'BAD_REQUEST_PARAMETERS',
  'DEFAULT_4XX',
  'DEFAULT_5XX',
  'EXPIRED_TOKEN',
  'INTEGRATION_FAILURE',
  'INTEGRATION_TIMEOUT',
  'INVALID_API_KEY',
  'INVALID_SIGNATURE',
  'MISSING_AUTHENTICATION_TOKEN',
  'QUOTA_EXCEEDED',
  'REQUEST_TOO_LARGE',
  'RESOURCE_NOT_FOUND',
  'THROTTLED',
  'UNAUTHORIZED',
  'UNSUPPORTED_MEDIA_TYPE',
  'WAF_FILTERED',
] as const

export type GatewayResponseType = (typeof gatewayResponseTypes)[number]

/** One response header; without a value of its expression it is not sent. */
export interface ResponseHeader {
  readonly name: string
  readonly value: Expression
}

/** One body, for clients that accept its content type. */
export interface ResponseTemplate {
  /** As it is sent: `application/json; charset=utf-8`. */
  readonly contentType: string
  readonly template: Expression
}

/** What differs from the built-in answer. */
export interface GatewayResponse {
  /** Undefined keeps the built-in status. */
  readonly status: number | undefined
  readonly headers: readonly ResponseHeader[]
  /** In the order of the file; none keeps the built-in body. */
  readonly templates: readonly ResponseTemplate[]
}

export type GatewayResponses = Readonly<Partial<Record<GatewayResponseType, GatewayResponse>>>
