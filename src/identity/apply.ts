// Strips every name that speaks of identity from the client's header lines, then sets what the token
// and the route's mappings say. The only place where identity headers are added to a request; no
// route is exempt from it.
import type { Denial } from '../core/denial.ts'
import type { RequestView } from '../core/expression.ts'
import { foldHeaderName, rememberBySpelling } from '../core/header-name.ts'
import { describesRequest, speaksForGate } from '../core/header-mapping.ts'
import type { Identity } from '../core/identity.ts'
import type { Route } from '../core/route.ts'
import type { IdentitySource, Settings } from '../core/settings.ts'
import { compileClaimText } from './claim-headers.ts'
import { compileMappings, type RouteMappings } from './mappings.ts'
import { headerSafeView } from './request-text.ts'

/** The part of a Permit that the headers depend on. */
export interface IdentityPermit {
  /** Undefined on public routes: then everything is stripped and nothing set. */
  readonly identity: Identity | undefined
  readonly identitySource: IdentitySource | undefined
  readonly route: Pick<Route, 'index'>
  /** Why the request would have been refused, when that is only reported; it has no identity then. */
  readonly denial?: Pick<Denial, 'code'>
}

/** Makes the view of the request that is being forwarded, with claims rendered by `claim`. */
export type ViewWith = (claim: RequestView['claim']) => RequestView

export interface IdentityHeaders {
  /**
   * Takes the client's lines (flat: name, value, name, value…; hop-by-hop ones already removed) and
   * gives the lines for the upstream, in the same order, the gate's own ones last. `stripped` counts
   * client lines that bore an identity name. `viewWith` is called for routes with mappings only.
   */
  readonly apply: (
    lines: readonly string[],
    permit: IdentityPermit,
    viewWith: ViewWith,
  ) => { headers: string[]; stripped: number }
  /** The `Host` that a route's mapping sets, which is not among the lines; undefined without one. */
  readonly hostOf: (route: Pick<Route, 'index'>) => string | undefined
}

export type IdentityHeaderSettings = Pick<
  Settings,
  | 'apiType'
  | 'claimEncoding'
  | 'claimHeaders'
  | 'claimsHeader'
  | 'authorizers'
  | 'stripHeaders'
  | 'passHeaders'
  | 'forwardToken'
  | 'upstream'
>

/**
 * Compiles the settings. Names are compared folded (`foldHeaderName`), so aliases count too.
 *
 * @param routes - those of the table: each at its own `index`
 */
export const createIdentityHeaders = (
  settings: IdentityHeaderSettings,
  routes: readonly Route[],
): IdentityHeaders => {
  const fateOf = rememberBySpelling(createClassifier(settings, routes))
  const mappingsOf = routes.map(({ requestParameters }) => compileMappings(requestParameters))
  const claimText = compileClaimText(settings)
  const isIdentityName = (name: string): boolean => fateOf(name).kind === 'identity'
  const { forwardToken, upstream } = settings

  /** The gate's own lines on a route with mappings, which win over all others of their name. */
  const mappedLines = (
    mappings: RouteMappings,
    { identity, denial }: IdentityPermit,
    viewWith: ViewWith,
  ): readonly string[] => {
    const claim = (name: string): string | undefined =>
      identity === undefined ? undefined : claimText(identity.claims, name)
    const own = [...upstream.headers, ...(identity?.headers ?? [])]
    const view = headerSafeView(viewWith(claim), isIdentityName)
    const lines = denial === undefined ? mappings.lines(view) : mappings.linesOfNobody(view)
    return [...mappings.without(own), ...lines]
  }

  return {
    apply: (lines, permit, viewWith) => {
      const { identity, identitySource, route, denial } = permit
      const mappings = mappingsOf[route.index]
      const withheld =
        !forwardToken && identitySource?.in === 'header' ? identitySource.name : undefined
      const headers: string[] = []
      let stripped = 0
      for (let index = 0; index + 1 < lines.length; index += 2) {
        const name = lines[index] as string
        const fate = fateOf(name)
        if (fate.kind === 'identity') stripped += 1
        const passes = fate.kind === 'keep' || (fate.kind === 'source' && fate.name !== withheld)
        if (passes && mappings?.replaces(name) !== true) {
          headers.push(name, lines[index + 1] as string)
        }
      }
      if (mappings === undefined) headers.push(...upstream.headers, ...(identity?.headers ?? []))
      else headers.push(...mappedLines(mappings, permit, viewWith))
      if (denial !== undefined) headers.push(wouldDenyHeader, denial.code)
      return { headers, stripped }
    },
    hostOf: (route) => mappingsOf[route.index]?.host,
  }
}

/** What becomes of a client's line, by its name. */
type Fate =
  | { readonly kind: 'keep' }
  | { readonly kind: 'strip' }
  /** Stripped, and counted: the client used a name that speaks for the gate. */
  | { readonly kind: 'identity' }
  /** An identity source's header, by its lower-case name: kept unless the token is withheld. */
  | { readonly kind: 'source'; readonly name: string }

type Classifier = (name: string) => Fate

const keep: Fate = { kind: 'keep' }
const strip: Fate = { kind: 'strip' }
const identityName: Fate = { kind: 'identity' }

/** Upstreams take these for the true method, path or prefix: what was checked would not be served. */
const overrideHeaders = [
  'X-HTTP-Method-Override',
  'X-HTTP-Method',
  'X-Method-Override',
  'X-Original-URL',
  'X-Original-URI',
  'X-Original-Method',
  'X-Rewrite-URL',
  'X-Forwarded-Uri',
  'X-Forwarded-Method',
  'X-Forwarded-Prefix',
] as const

/** Those that this configuration lets no client say. */
export const refusedOverrides = ({
  passHeaders,
}: Pick<IdentityHeaderSettings, 'passHeaders'>): readonly string[] => {
  const passed = foldAll(passHeaders)
  return overrideHeaders.filter((name) => !passed.has(foldHeaderName(name)))
}

/** Never exempt. CGI reads `Proxy` as HTTP_PROXY ("httpoxy", CVE-2016-5385). */
const proxyFold = foldHeaderName('Proxy')
/** Tells the upstream that the request would have been refused, and why. */
const wouldDenyHeader = 'X-Gate-Would-Deny'
/** Never exempt: the gate's own words to the upstream. */
const gateFoldPrefix = foldHeaderName('X-Gate-')

const createClassifier = (
  settings: IdentityHeaderSettings,
  routes: readonly Route[],
): Classifier => {
  const strippedFolds = strippedNames(settings)
  const sources = sourceNames(settings)
  const identityFolds = foldAll(identityNames(settings, routes))
  return (name) => {
    const fold = foldHeaderName(name)
    if (identityFolds.has(fold)) return identityName
    if (strippedFolds.has(fold) || fold.startsWith(gateFoldPrefix)) return strip
    const sameFold = sources.get(fold)
    if (sameFold === undefined) return keep
    const lower = name.toLowerCase()
    return sameFold.has(lower) ? { kind: 'source', name: lower } : strip
  }
}

/**
 * The names by which only the gate speaks, as they were configured: those of claims, and those that a
 * route maps from what only the gate can say. Two may fold alike.
 */
export const identityNames = (
  settings: IdentityHeaderSettings,
  routes: readonly Route[],
): readonly string[] => {
  const sources = sourceNames(settings)
  const mapped = mappedNames(routes).filter((name) => !sources.has(foldHeaderName(name)))
  return [...claimNames(settings), ...mapped]
}

const claimNames = (settings: IdentityHeaderSettings): readonly string[] => {
  const maps = [settings.claimHeaders, ...settings.authorizers.map((each) => each.claimHeaders)]
  const names = maps.flatMap((map) => (map === undefined ? [] : Object.keys(map)))
  return settings.claimsHeader === '' ? names : [...names, settings.claimsHeader]
}

/** Targets of mappings by which some route tells the upstream what only the gate can say. */
const mappedNames = (routes: readonly Route[]): readonly string[] =>
  routes
    .flatMap(({ requestParameters }) => requestParameters)
    .filter((mapping) => speaksForGate(mapping))
    .map(({ name }) => name)
    .filter((name) => !describesRequest(name))

const strippedNames = (settings: IdentityHeaderSettings): ReadonlySet<string> => {
  const fixed = settings.upstream.headers.filter((_, index) => index % 2 === 0)
  return new Set([
    ...foldAll([...refusedOverrides(settings), ...settings.stripHeaders, ...fixed]),
    proxyFold,
  ])
}

/** Lower-case names of the headers that tokens are read from, by what they fold to. */
const sourceNames = (
  settings: IdentityHeaderSettings,
): ReadonlyMap<string, ReadonlySet<string>> => {
  const names = settings.authorizers
    .map(({ identitySource }) => identitySource)
    .filter((source) => source.in === 'header')
    .map(({ name }) => name)
  return new Map(
    names.map((name) => {
      const fold = foldHeaderName(name)
      return [fold, new Set(names.filter((other) => foldHeaderName(other) === fold))]
    }),
  )
}

const foldAll = (names: readonly string[]): ReadonlySet<string> =>
  new Set(names.map(foldHeaderName))
