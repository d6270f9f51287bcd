// The closed vocabulary of refusals. One word per refusal: the same in the type, the log field, the
// metric label and the documentation. Nothing here decides; it only names.

/** Every word a refusal can have, grouped as the README's table groups them. */
export const denialCodes = [
  'token_missing',
  'token_duplicated',
  'token_malformed',
  'token_too_large',
  'algorithm_refused',
  'key_unknown',
  'signature_invalid',
  'token_not_yet_valid',
  'token_revoked',
  'token_too_old',
  'issuer_mismatch',
  'token_use_mismatch',
  'client_mismatch',
  'audience_mismatch',
  'token_expired',
  'scope_insufficient',
  'group_insufficient',
  'claim_mismatch',
  'route_denied',
  'keys_unavailable',
  'no_route',
  'target_ambiguous',
  'request_malformed',
  'peer_untrusted',
  'header_aliased',
  'request_timeout',
  'headers_too_large',
  'body_too_large',
  'upstream_timeout',
  'upstream_unreachable',
  'upstream_broken',
  'upstream_overloaded',
  'internal',
] as const

export type DenialCode = (typeof denialCodes)[number]

/**
 * Refusals that `enforcement: report` lets pass: those of a token, its keys, and what a route asks of
 * it. `no_route` is one of them only where report mode is global. Everything else is always refused.
 */
export const reportableCodes: ReadonlySet<DenialCode> = new Set<DenialCode>([
  'token_missing',
  'token_duplicated',
  'token_malformed',
  'token_too_large',
  'algorithm_refused',
  'key_unknown',
  'signature_invalid',
  'token_not_yet_valid',
  'token_revoked',
  'token_too_old',
  'issuer_mismatch',
  'token_use_mismatch',
  'client_mismatch',
  'audience_mismatch',
  'token_expired',
  'scope_insufficient',
  'group_insufficient',
  'claim_mismatch',
  'keys_unavailable',
])

/** A refusal as a value. It carries no text for the client: answers/ owns every body. */
export interface Denial {
  readonly kind: 'denial'
  readonly code: DenialCode
  /** Seconds until a retry can help; only with `keys_unavailable`. */
  readonly retryAfterSeconds?: number
  /** What a library said. For the operator's log only; never shown to a client. */
  readonly cause?: unknown
}

/** Makes a Denial. `detail` adds what the code alone cannot say. */
export const deny = (
  code: DenialCode,
  detail?: { readonly retryAfterSeconds?: number; readonly cause?: unknown },
): Denial => (detail === undefined ? { kind: 'denial', code } : { kind: 'denial', code, ...detail })

/** Tells a Denial from the value that a pipeline step would have returned instead. */
export const isDenial = (value: unknown): value is Denial =>
  typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'denial'
