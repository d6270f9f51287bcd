// The headers by which an edge proxy is told who is calling, when it asked for the decision alone. The
// gate cannot remove what a client sent there, so it names every header of its own, absent ones too.
import { foldHeaderName, rememberBySpelling } from '../core/header-name.ts'
import type { Denial } from '../core/denial.ts'
import type { Route } from '../core/route.ts'
import {
  createIdentityHeaders,
  identityNames,
  refusedOverrides,
  type IdentityHeaderSettings,
  type IdentityPermit,
  type ViewWith,
} from './apply.ts'

/** The part of a Permit that the headers depend on. */
export interface DecidedPermit extends IdentityPermit {
  /** Why the request would have been refused, when that is only reported; it has no identity then. */
  readonly denial?: Pick<Denial, 'code'>
}

export interface DecidedHeaders {
  /**
   * The lines (flat: name, value…) of the answer to a permitted request: every name of the gate's, empty
   * when there is nothing to say, and those for Envoy to remove.
   */
  readonly lines: (permit: DecidedPermit, viewWith: ViewWith) => readonly string[]
  /**
   * Whether a client's header is read as one of the gate's by CGI and its kin, but bears another name; or as
   * one by which services are told another method or path, which edge proxies remove under its own name.
   */
  readonly isAlias: (name: string) => boolean
  /** Whether a name is the gate's to set, in whatever spelling. */
  readonly isOwn: (name: string) => boolean
}

/** Why a permitted request would have been refused. */
const wouldDenyName = 'X-Gate-Would-Deny'

/** Of Envoy's ext_authz over HTTP: names, with commas between, that the request loses. */
const removeName = 'x-envoy-auth-headers-to-remove'

/**
 * Compiles the settings.
 *
 * @param routes - those of the table: each at its own `index`
 */
export const createDecidedHeaders = (
  settings: IdentityHeaderSettings,
  routes: readonly Route[],
): DecidedHeaders => {
  // Fixed headers are between the gate and its upstream; an edge proxy has its own.
  const upstream = { ...settings.upstream, headers: [] }
  const identity = createIdentityHeaders({ ...settings, upstream }, routes)
  const spellings = firstSpellings(identityNames(settings, routes))
  const ownSpellings = new Map([...spellings, [foldHeaderName(wouldDenyName), wouldDenyName]])
  const guarded = new Map([...firstSpellings(refusedOverrides(settings)), ...ownSpellings])

  const withheld = ({ identitySource: source }: DecidedPermit): readonly string[] =>
    !settings.forwardToken && source?.in === 'header' ? [source.name] : []

  return {
    lines: (permit, viewWith) => {
      const absent = new Map(spellings)
      const lines: string[] = []
      const { headers } = identity.apply([], permit, viewWith)
      for (let index = 0; index + 1 < headers.length; index += 2) {
        const fold = foldHeaderName(headers[index] as string)
        const name = spellings.get(fold)
        // A mapping may also set what is not the gate's alone, which an edge proxy cannot take from here.
        if (name === undefined) continue
        absent.delete(fold)
        lines.push(name, headers[index + 1] as string)
      }
      for (const name of absent.values()) lines.push(name, '')
      const removed = [...absent.values(), ...withheld(permit)]
      if (permit.denial === undefined) removed.push(wouldDenyName)
      else lines.push(wouldDenyName, permit.denial.code)
      if (removed.length > 0) lines.push(removeName, removed.join(','))
      return lines
    },
    isAlias: rememberBySpelling((name) => {
      const guardedName = guarded.get(foldHeaderName(name))
      return guardedName !== undefined && guardedName.toLowerCase() !== name.toLowerCase()
    }),
    isOwn: rememberBySpelling((name) => ownSpellings.has(foldHeaderName(name))),
  }
}

/** By what they fold to: where two maps spell a name differently, an edge proxy is told one of them. */
const firstSpellings = (names: readonly string[]): ReadonlyMap<string, string> => {
  const spellings = new Map<string, string>()
  for (const name of names) {
    const fold = foldHeaderName(name)
    if (!spellings.has(fold)) spellings.set(fold, name)
  }
  return spellings
}
