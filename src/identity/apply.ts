// Strips every name that speaks of identity from the client's header lines, then sets what the token
// says. The only place where identity headers are added to a request; no route is exempt from it.
import { foldHeaderName, rememberBySpelling } from '../core/header-name.ts'
import type { Identity } from '../core/identity.ts'
import type { IdentitySource, Settings } from '../core/settings.ts'

/** The part of a Permit that the headers depend on. */
export interface IdentityPermit {
  /** Undefined on public routes: then everything is stripped and nothing set. */
  readonly identity: Identity | undefined
  readonly identitySource: IdentitySource | undefined
}

export interface IdentityHeaders {
  /**
   * Takes the client's lines (flat: name, value, name, value…; hop-by-hop ones already removed) and
   * gives the lines for the upstream, in the same order, the gate's own ones last. `stripped` counts
   * client lines that bore an identity name.
   */
  readonly apply: (
    lines: readonly string[],
    permit: IdentityPermit,
  ) => { headers: string[]; stripped: number }
}

export type IdentityHeaderSettings = Pick<
  Settings,
  | 'claimHeaders'
  | 'claimsHeader'
  | 'authorizers'
  | 'stripHeaders'
  | 'passHeaders'
  | 'forwardToken'
  | 'upstream'
>

/** Compiles the settings. Names are compared folded (`foldHeaderName`), so aliases count too. */
export const createIdentityHeaders = (settings: IdentityHeaderSettings): IdentityHeaders => {
  const fateOf = rememberBySpelling(createClassifier(settings))
  const { forwardToken, upstream } = settings
  return {
    apply: (lines, { identity, identitySource }) => {
      const withheld =
        !forwardToken && identitySource?.in === 'header' ? identitySource.name : undefined
      const headers: string[] = []
      let stripped = 0
      for (let index = 0; index + 1 < lines.length; index += 2) {
        const name = lines[index] as string
        const fate = fateOf(name)
        if (fate.kind === 'identity') stripped += 1
        if (fate.kind === 'keep' || (fate.kind === 'source' && fate.name !== withheld)) {
          headers.push(name, lines[index + 1] as string)
        }
      }
      headers.push(...upstream.headers, ...(identity?.headers ?? []))
      return { headers, stripped }
    },
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

/** Never exempt. CGI reads `Proxy` as HTTP_PROXY ("httpoxy", CVE-2016-5385). */
const proxyFold = foldHeaderName('Proxy')
/** Never exempt: the gate's own words to the upstream. */
const gateFoldPrefix = foldHeaderName('X-Gate-')

const createClassifier = (settings: IdentityHeaderSettings): Classifier => {
  const identityFolds = foldAll(identityNames(settings))
  const strippedFolds = strippedNames(settings)
  const sources = sourceNames(settings)
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

const identityNames = (settings: IdentityHeaderSettings): readonly string[] => {
  const maps = [settings.claimHeaders, ...settings.authorizers.map((each) => each.claimHeaders)]
  const names = maps.flatMap((map) => (map === undefined ? [] : Object.keys(map)))
  return settings.claimsHeader === '' ? names : [...names, settings.claimsHeader]
}

const strippedNames = (settings: IdentityHeaderSettings): ReadonlySet<string> => {
  const passed = foldAll(settings.passHeaders)
  const fixed = settings.upstream.headers.filter((_, index) => index % 2 === 0)
  return new Set([
    ...[...foldAll(overrideHeaders)].filter((fold) => !passed.has(fold)),
    ...foldAll([...settings.stripHeaders, ...fixed]),
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
