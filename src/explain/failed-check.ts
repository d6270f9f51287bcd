// Which check of a token a refusal stands for. The pipeline is sequential: what comes before it in the
// order of the checks has passed, and what comes after it was not reached. It judges no token.
import { isDenial, type Denial, type DenialCode } from '../core/denial.ts'
import type { AuthorizerSettings } from '../core/settings.ts'
import { parseToken } from '../token/parse-token.ts'

/** Every check, in the order in which authorize.ts, verify.ts and judge.ts come to it. */
export const checkNames = [
  'found',
  'single',
  'size',
  'spelling',
  'content',
  'algorithm',
  'exp',
  'issuer',
  'kid',
  'key',
  'signature',
  'not_before',
  'expiry',
  'token_use',
  'client',
  'audience',
  'scopes',
  'deny_list',
  'age',
  'groups',
  'claims',
] as const

export type CheckName = (typeof checkNames)[number]

/** The check behind each code; undefined for refusals that are no check of a token. */
const checkOf = {
  token_missing: 'found',
  token_duplicated: 'single',
  token_malformed: 'spelling',
  token_too_large: 'size',
  algorithm_refused: 'algorithm',
  key_unknown: 'key',
  signature_invalid: 'signature',
  token_not_yet_valid: 'not_before',
  token_revoked: 'deny_list',
  token_too_old: 'age',
  issuer_mismatch: 'issuer',
  token_use_mismatch: 'token_use',
  client_mismatch: 'client',
  audience_mismatch: 'audience',
  token_expired: 'expiry',
  scope_insufficient: 'scopes',
  group_insufficient: 'groups',
  claim_mismatch: 'claims',
  keys_unavailable: 'key',
  // What verify.ts did not understand went wrong at the latest there.
  internal: 'signature',
  route_denied: undefined,
  no_route: undefined,
  target_ambiguous: undefined,
  request_malformed: undefined,
  peer_untrusted: undefined,
  header_aliased: undefined,
  request_timeout: undefined,
  headers_too_large: undefined,
  body_too_large: undefined,
  upstream_timeout: undefined,
  upstream_unreachable: undefined,
  upstream_broken: undefined,
  upstream_overloaded: undefined,
} satisfies Record<DenialCode, CheckName | undefined>

/**
 * The check that failed, or undefined when the refusal is none of a token's. Two codes belong to more
 * than one check; which one it was is asked of the parser that said so.
 *
 * @param token - as `tokenOf` gave it; undefined when that was what failed
 */
export const failedCheck = (
  { code }: Denial,
  token: string | undefined,
  authorizer: AuthorizerSettings,
): CheckName | undefined => {
  if (token === undefined) return checkOf[code]
  if (code === 'token_malformed') return malformedAt(token, authorizer)
  // The token's algorithm is one of ours, so it was the key that is not for it.
  if (code === 'algorithm_refused' && !isDenial(parseToken(token, authorizer.algorithms)))
    return 'key'
  return checkOf[code]
}

const malformedAt = (token: string, { algorithms }: AuthorizerSettings): CheckName => {
  // Where no algorithm is allowed, only the content can be refused before that.
  if (codeOf(parseToken(token, [])) === 'token_malformed') return 'content'
  return codeOf(parseToken(token, algorithms)) === 'token_malformed' ? 'exp' : 'kid'
}

const codeOf = (outcome: object): DenialCode | undefined =>
  isDenial(outcome) ? outcome.code : undefined
