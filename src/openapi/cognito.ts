// A REST API's authorizer of Cognito user pools.
import { fail, ok, type Result } from '../core/result.ts'
import { shown } from '../core/shown.ts'
import { isGiven, isTextList, own, unknownKey, type PlainMap } from './plain.ts'

/** The entry of `authorizers`, or why there is none. The token's header is the scheme's `name`. */
export const cognitoSettings = (scheme: unknown, authorizer: unknown): Result<PlainMap, string> => {
  const name = own(scheme, 'name')
  if (own(scheme, 'type') !== 'apiKey' || own(scheme, 'in') !== 'header') {
    return fail('is no apiKey in a header, as a Cognito authorizer must be')
  }
  if (typeof name !== 'string' || !/^[\w!#$%&'*+.^`|~-]{1,128}$/.test(name)) {
    return fail(`has ${shown(name)} where the name of a header should stand`)
  }
  const fault = faultOf(name, authorizer)
  if (fault !== undefined) return fail(fault)
  const expression = own(authorizer, 'identityValidationExpression')
  const ttl = own(authorizer, 'authorizerResultTtlInSeconds')
  return ok({
    type: 'COGNITO_USER_POOLS',
    providerARNs: [...new Set(own(authorizer, 'providerARNs') as readonly string[])],
    identitySource: `method.request.header.${name}`,
    ...(isGiven(expression) ? { identityValidationExpression: expression } : {}),
    ...(isGiven(ttl) ? { authorizerResultTtlInSeconds: ttl } : {}),
  })
}

const known: readonly string[] = [
  'type',
  'providerARNs',
  'identitySource',
  'identityValidationExpression',
  'authorizerResultTtlInSeconds',
]

const faultOf = (name: string, authorizer: unknown): string | undefined => {
  const unknown = unknownKey(authorizer, known)
  if (unknown !== undefined) return `has ${shown(unknown)}, which is not known here`
  const arns = own(authorizer, 'providerARNs')
  if (!isTextList(arns) || arns.length === 0) return 'has no providerARNs'
  const source = own(authorizer, 'identitySource')
  if (isGiven(source) && !isHeaderSource(source, name)) {
    return `has the identitySource ${shown(source)} beside the header ${shown(name)}`
  }
  const expression = own(authorizer, 'identityValidationExpression')
  if (isGiven(expression) && typeof expression !== 'string') {
    return 'has an identityValidationExpression that is no text'
  }
  const ttl = own(authorizer, 'authorizerResultTtlInSeconds')
  if (isGiven(ttl) && !(Number.isInteger(ttl) && Number(ttl) >= 0 && Number(ttl) <= 3600)) {
    return 'has an authorizerResultTtlInSeconds that is no whole number from 0 to 3600'
  }
  return undefined
}

const isHeaderSource = (source: unknown, name: string): boolean =>
  typeof source === 'string' &&
  source.toLowerCase() === `method.request.header.${name}`.toLowerCase()
