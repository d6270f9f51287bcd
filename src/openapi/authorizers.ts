// Security schemes that become authorizers, and why the others do not.
import { fail, type Result } from '../core/result.ts'
import { cognitoSettings } from './cognito.ts'
import { jwtSettings } from './jwt.ts'
import { entriesOf, own, type PlainMap } from './plain.ts'
import { shown } from '../core/shown.ts'
import { below } from './pointer.ts'
import { follow, type Found } from './refs.ts'

export type AuthorizerType = 'COGNITO_USER_POOLS' | 'JWT'

/** A security scheme that the gate can stand in for. */
export interface CarriedScheme {
  readonly kind: 'authorizer'
  readonly type: AuthorizerType
  /** An entry of `authorizers`. */
  readonly settings: PlainMap
  readonly pointer: string
}

/** A scheme that it cannot: whatever asks for it is denied. */
export interface RefusedScheme {
  readonly kind: 'api key' | 'refused'
  /** What it is, to stand behind its name: "is a Lambda authorizer". */
  readonly message: string
  readonly pointer: string
}

export type Scheme = CarriedScheme | RefusedScheme

/** The schemes of an export by name. */
export const schemesOf = (document: PlainMap, place: Found): ReadonlyMap<string, Scheme> =>
  new Map(
    entriesOf(place.value).map(([name, value]) => [
      name,
      schemeOf(document, name, { value, pointer: below(place.pointer, name) }),
    ]),
  )

const schemeOf = (document: PlainMap, name: string, place: Found): Scheme => {
  const { pointer } = place
  const found = follow(document, place)
  if (!found.ok) return { kind: 'refused', message: `cannot be read: ${found.error}`, pointer }
  const { value } = found.value
  const type = own(own(value, authorizerKey), 'type')
  const word = typeof type === 'string' ? type.toLowerCase() : ''
  if (word === '' && isApiKey(value)) {
    return { kind: 'api key', message: 'is an API key, which the gate has none of', pointer }
  }
  const settings = settingsOf(name, value, word)
  if (!settings.ok) return { kind: 'refused', message: settings.error, pointer }
  return {
    kind: 'authorizer',
    type: word === 'jwt' ? 'JWT' : 'COGNITO_USER_POOLS',
    settings: settings.value,
    pointer,
  }
}

const authorizerKey = 'x-amazon-apigateway-authorizer'

/** A plain `x-api-key`, as API Gateway exports methods that need a key. */
const isApiKey = (scheme: unknown): boolean =>
  own(scheme, 'type') === 'apiKey' &&
  own(scheme, 'x-amazon-apigateway-authtype') === undefined &&
  String(own(scheme, 'name')).toLowerCase() === 'x-api-key'

const settingsOf = (name: string, scheme: unknown, word: string): Result<PlainMap, string> => {
  const authtype = own(scheme, 'x-amazon-apigateway-authtype')
  if (typeof authtype === 'string' && /^aws/i.test(authtype)) {
    return fail(`is signed by IAM (${shown(authtype)}), which the gate does not verify`)
  }
  if (!/^[\w.-]{1,128}$/.test(name) || name === 'none') {
    return fail(
      'has a name that no authorizer here can have: letters, digits, "_", "." and "-", and not "none"',
    )
  }
  const authorizer = own(scheme, authorizerKey)
  if (authorizer === undefined) {
    return fail(`has no ${authorizerKey}; was it exported with extensions=apigateway?`)
  }
  if (word === 'cognito_user_pools') return cognitoSettings(scheme, authorizer)
  if (word === 'jwt') return jwtSettings(scheme, authorizer)
  const isLambda = word === '' && own(authorizer, 'authorizerUri') !== undefined
  if (isLambda || word === 'token' || word === 'request') return fail('is a Lambda authorizer')
  return fail(
    `has an authorizer of type ${shown(own(authorizer, 'type'))}, which is not known here`,
  )
}
