// Claim headers that no token can fill: legal, but whoever wrote them waits for them in vain.
import type {
  AuthorizerSettings,
  ClaimHeaderMap,
  RouteSettings,
  Settings,
} from '../core/settings.ts'
import { asList } from './claim-headers.ts'
import { keyPath } from './problem.ts'
import { topTable } from './schema.ts'
import type { Warning } from './warnings.ts'

type Kind = 'id' | 'access' | 'any'

/** Warnings of the global map and of the authorizers' own ones. The default map gives none. */
export const claimHeaderWarnings = (settings: Settings): readonly Warning[] => {
  const kindsOf = (authorizer: AuthorizerSettings): readonly Kind[] =>
    settings.routes
      .filter(({ access }) => typeof access !== 'string' && access.authorizer === authorizer.name)
      .map((route) => kindOf(authorizer, route))
  const users = settings.authorizers.filter(({ claimHeaders }) => claimHeaders === undefined)
  return [
    ...warningsOf(settings.claimHeaders, 'claimHeaders', users.flatMap(kindsOf)),
    ...settings.authorizers.flatMap((authorizer) => {
      const at = keyPath(keyPath('authorizers', authorizer.name), 'claimHeaders')
      const kinds = kindsOf(authorizer)
      // That no route uses an authorizer is said already.
      if (kinds.length === 0) return []
      return warningsOf(authorizer.claimHeaders ?? {}, at, kinds)
    }),
  ]
}

/** Which tokens of Cognito a route takes; those of other issuers may hold anything. */
const kindOf = (authorizer: AuthorizerSettings, { scopes }: RouteSettings): Kind => {
  if (authorizer.type === 'JWT') return 'any'
  if (authorizer.tokenUse !== 'auto') return authorizer.tokenUse
  return scopes.length > 0 ? 'access' : 'id'
}

const warningsOf = (map: ClaimHeaderMap, at: string, kinds: readonly Kind[]): readonly Warning[] =>
  Object.entries(map).flatMap(([name, claims]) => {
    const message = isDefault(name, claims) ? undefined : faultOf(claims, kinds)
    return message === undefined ? [] : [{ path: keyPath(at, name), message }]
  })

const defaults: Readonly<Record<string, string | readonly string[]>> = topTable.claimHeaders.default

const isDefault = (name: string, claims: readonly string[]): boolean =>
  Object.hasOwn(defaults, name) && asList(defaults[name] ?? []).join() === claims.join()

const faultOf = (claims: readonly string[], kinds: readonly Kind[]): string | undefined => {
  if (kinds.length === 0) {
    return 'is never set: no route asks for a token whose claims this map is for; it is only removed from clients'
  }
  const shown = claims.join(' or ')
  if (kinds.every((kind) => kind === 'access') && claims.every(isOfIdTokens)) {
    return `is never set: its routes take access tokens, which have no ${shown} unless a pre token generation trigger adds it; take ID tokens (tokenUse), or remove the header`
  }
  if (kinds.every((kind) => kind === 'id') && claims.every((claim) => ofAccessTokens.has(claim))) {
    return `is never set: its routes take ID tokens, which have no ${shown}; give the routes scopes or set tokenUse, or remove the header`
  }
  return undefined
}

const isOfIdTokens = (claim: string): boolean =>
  claim.startsWith('custom:') || ofIdTokens.has(claim)

/** Attributes of users, and what else Cognito puts into ID tokens alone. */
const ofIdTokens: ReadonlySet<string> = new Set([
  ...['aud', 'at_hash', 'nonce', 'identities'],
  ...['cognito:username', 'cognito:roles', 'cognito:preferred_role'],
  ...['email', 'email_verified', 'phone_number', 'phone_number_verified'],
  ...['name', 'given_name', 'family_name', 'middle_name', 'nickname', 'preferred_username'],
  ...['profile', 'picture', 'website', 'gender', 'birthdate', 'zoneinfo', 'locale', 'updated_at'],
  'address',
])

const ofAccessTokens: ReadonlySet<string> = new Set(['scope', 'client_id', 'username', 'version'])
