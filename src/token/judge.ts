// Judges a verified identity against its authorizer: time, kind, client, audience, and apart from these
// its age. Pure, and run on every request, cached tokens included. What a route asks is not judged here.
import { deny, type Denial } from '../core/denial.ts'
import { ownClaim, type Identity } from '../core/identity.ts'
import type { AuthorizerSettings, CognitoAuthorizer, JwtAuthorizer } from '../core/settings.ts'

/** The part of a route that decides which kind of token it takes. */
export interface WantedToken {
  readonly scopes: readonly string[]
}

/**
 * The first reason to refuse the token, or undefined when there is none: `token_not_yet_valid`,
 * `token_expired`, `token_use_mismatch`, `client_mismatch`, `audience_mismatch`, in this order: the checks
 * that API Gateway makes before it looks at scopes.
 *
 * @param nowSeconds seconds since the epoch, with their fraction
 */
export const judgeToken = (
  identity: Identity,
  authorizer: AuthorizerSettings,
  wanted: WantedToken,
  nowSeconds: number,
): Denial | undefined =>
  judgeTime(identity, authorizer, nowSeconds) ??
  (authorizer.type === 'COGNITO_USER_POOLS'
    ? judgeCognito(identity, authorizer, wanted)
    : judgeJwt(identity, authorizer))

/**
 * When a token stops being accepted, in seconds since the epoch: at `exp`, or by `maxTokenAgeSeconds`
 * before that. A token without `iat` is then too old from the start.
 */
export const endOfToken = (
  { issuedAt = -Infinity, expiresAt }: Identity,
  { maxTokenAgeSeconds }: AuthorizerSettings,
): number =>
  maxTokenAgeSeconds > 0 ? Math.min(expiresAt, issuedAt + maxTokenAgeSeconds) : expiresAt

/** `token_too_old`, or undefined. API Gateway knows no age, so it is judged after all that it does know. */
export const judgeAge = (
  { issuedAt = -Infinity }: Identity,
  { maxTokenAgeSeconds }: AuthorizerSettings,
  nowSeconds: number,
): Denial | undefined =>
  maxTokenAgeSeconds > 0 && nowSeconds - issuedAt > maxTokenAgeSeconds
    ? deny('token_too_old')
    : undefined

/** Clocks of gate and issuer may differ by this much before `nbf` and `iat` are held against a token. */
export const minimumToleranceSeconds = 5

const judgeTime = (
  { notBefore = -Infinity, issuedAt = -Infinity, expiresAt }: Identity,
  { graceSeconds }: AuthorizerSettings,
  nowSeconds: number,
): Denial | undefined => {
  const latestStart = nowSeconds + Math.max(graceSeconds, minimumToleranceSeconds)
  if (Math.max(notBefore, issuedAt) > latestStart) return deny('token_not_yet_valid')
  // RFC 7519 §4.1.4: not accepted on or after `exp`.
  return expiresAt + graceSeconds <= nowSeconds ? deny('token_expired') : undefined
}

const judgeCognito = (
  identity: Identity,
  authorizer: CognitoAuthorizer,
  wanted: WantedToken,
): Denial | undefined => {
  const { tokenUse } = identity
  if (tokenUse === undefined || !kindsFor(authorizer, wanted).includes(tokenUse)) {
    return deny('token_use_mismatch')
  }
  const clients = tokenUse === 'id' ? identity.audiences : [identity.clientId]
  const { clientIds } = authorizer
  if (clientIds.length > 0 && !clients.some((id) => id !== undefined && clientIds.includes(id))) {
    return deny('client_mismatch')
  }
  const expression = audienceExpressionOf(authorizer)
  return expression === undefined || identity.audiences.some((aud) => expression.test(aud))
    ? undefined
    : deny('audience_mismatch')
}

/** API Gateway's rule for `auto`: a route with scopes takes access tokens, one without ID tokens. */
export const kindsFor = (
  { tokenUse }: CognitoAuthorizer,
  { scopes }: WantedToken,
): readonly ('id' | 'access')[] => {
  switch (tokenUse) {
    case 'auto':
      return scopes.length > 0 ? ['access'] : ['id']
    case 'any':
      return ['id', 'access']
    case 'id':
    case 'access':
      return [tokenUse]
  }
}

const compiledExpressions = new WeakMap<CognitoAuthorizer, RegExp>()

/** The audience expression, for the whole of a value, compiled once per authorizer. */
const audienceExpressionOf = (authorizer: CognitoAuthorizer): RegExp | undefined => {
  if (authorizer.audienceExpression === '') return undefined
  const compiled =
    compiledExpressions.get(authorizer) ?? new RegExp(`^(?:${authorizer.audienceExpression})$`)
  compiledExpressions.set(authorizer, compiled)
  return compiled
}

/** As an HTTP API: `client_id` counts only where `aud` is absent. */
const judgeJwt = (identity: Identity, { audience }: JwtAuthorizer): Denial | undefined => {
  const { audiences, clientId, claims } = identity
  const shown = ownClaim(claims, 'aud') === undefined ? [clientId] : audiences
  return shown.some((value) => value !== undefined && audience.includes(value))
    ? undefined
    : deny('audience_mismatch')
}
