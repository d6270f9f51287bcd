// What an entry of `routes` becomes. Templates and conflicts between routes are judged elsewhere;
// here it is whether each entry by itself makes sense.
import { METHODS } from '../node-http.ts'
import type { Enforcement } from '../core/route.ts'
import type { AuthorizerSettings, RouteSettings, Settings } from '../core/settings.ts'
import { asList } from './claim-headers.ts'
import type { RouteEntry } from './entries.ts'
import { headerMappings, type MappingSyntax } from './header-mappings.ts'
import { mockOf } from './mock.ts'
import { itemPath, keyPath, shown, type Report } from './problem.ts'

/** Names that exist, whether or not their authorizers are free of problems, and those that are. */
export interface KnownAuthorizers {
  readonly names: readonly string[]
  readonly settings: readonly AuthorizerSettings[]
}

/** What routes take from the top level of the configuration. */
export type RouteContext = MappingSyntax & Pick<Settings, 'enforcement'>

/** The settings of one route; what is returned beside a problem is never run. */
export const routeSettings = (
  entry: RouteEntry,
  authorizers: KnownAuthorizers,
  top: RouteContext,
  report: Report,
): RouteSettings => {
  const { origin, values } = entry
  checkAccess(entry, authorizers, report)
  const scopes = values.authorizationScopes ?? []
  scopes.forEach((scope, index) => {
    const fault = faultOfScope(scope)
    if (fault === undefined) return
    report(itemPath(keyPath(origin, 'authorizationScopes'), index), `${shown(scope)} ${fault}`)
  })
  const claims = Object.entries(values.requiredClaims ?? {})
  return {
    path: values.path,
    methods: methodsOf(asList(values.method), keyPath(origin, 'method'), report),
    access:
      values.authorizer === null
        ? (values.authorizationType ?? 'DENY')
        : { authorizer: values.authorizer },
    scopes,
    groups: values.authorizationGroups ?? [],
    claims: claims.map(([name, wanted]) => ({ name, values: asList(wanted) })),
    enforcement: values.enforcement ?? top.enforcement,
    responseTimeoutMs: values.responseTimeoutMs ?? undefined,
    allowEncodedSlash: values.allowEncodedSlash,
    requestParameters: headerMappings(
      values.requestParameters,
      keyPath(origin, 'requestParameters'),
      top,
      report,
    ),
    mock: mockOf(entry, report),
    origin,
  }
}

/** The one route of a configuration without routes: everything needs a token of `authorizer`. */
export const catchAllRoute = (authorizer: string, enforcement: Enforcement): RouteSettings => ({
  path: '$default',
  methods: ['ANY'],
  access: { authorizer },
  scopes: [],
  groups: [],
  claims: [],
  enforcement,
  responseTimeoutMs: undefined,
  allowEncodedSlash: false,
  requestParameters: [],
  mock: undefined,
  origin: 'routes',
})

/** A scope-token (RFC 6749 §3.3); challenges of HTTP APIs put it between quotes. */
const faultOfScope = (scope: string): string | undefined => {
  if (/\s/.test(scope)) return 'holds a blank; write several scopes as several entries'
  if (/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(scope)) return undefined
  return 'is not a scope: printable ASCII without quotes and backslashes'
}

const checkAccess = (
  { origin, values }: RouteEntry,
  authorizers: KnownAuthorizers,
  report: Report,
): void => {
  const { authorizer, authorizationType } = values
  if (authorizer !== null && authorizationType !== null) {
    report(origin, 'has both authorizer and authorizationType; give one of the two')
  }
  if (authorizer === null && authorizationType === null) {
    report(origin, 'has no authorizer; give one, or authorizationType: NONE or DENY')
  }
  checkConditions(origin, values, report)
  if (authorizer === null) return
  if (!authorizers.names.includes(authorizer)) {
    const { names } = authorizers
    const known =
      names.length === 0 ? 'there are none' : `the configuration has: ${names.join(', ')}`
    report(keyPath(origin, 'authorizer'), `no authorizer is named ${shown(authorizer)}; ${known}`)
  }
  const settings = authorizers.settings.find(({ name }) => name === authorizer)
  if (settings?.groupsClaim === '' && values.authorizationGroups !== null) {
    const at = keyPath(origin, 'authorizationGroups')
    report(at, `the authorizer ${shown(authorizer)} has no groupsClaim, so no token could pass`)
  }
}

const checkConditions = (origin: string, values: RouteEntry['values'], report: Report): void => {
  const { authorizationScopes, authorizationGroups, requiredClaims } = values
  for (const [key, condition] of Object.entries({
    authorizationScopes,
    authorizationGroups,
    requiredClaims,
  })) {
    if (condition === null) continue
    const at = keyPath(origin, key)
    if (Object.keys(condition).length === 0) report(at, 'is empty; leave it out to ask for nothing')
    if (values.authorizer === null) report(origin, `has ${key}, but no authorizer`)
  }
}

const methodsOf = (methods: readonly string[], at: string, report: Report): readonly string[] => {
  methods.forEach((method, index) => {
    const place = methods.length === 1 ? at : itemPath(at, index)
    if (method === 'ANY') {
      if (methods.length > 1) report(place, 'ANY stands alone; the other methods are part of it')
    } else if (method === 'CONNECT') {
      report(place, 'CONNECT asks for a tunnel, which no route can give')
    } else if (method === 'TRACE') {
      report(place, 'TRACE would show clients the headers that the gate adds')
    } else if (!METHODS.includes(method)) {
      const upper = method.toUpperCase()
      const known = upper === 'ANY' || METHODS.includes(upper)
      report(
        place,
        `${shown(method)} is not a method; write ${known ? upper : 'one such as GET, or ANY'}`,
      )
    }
  })
  return methods
}
