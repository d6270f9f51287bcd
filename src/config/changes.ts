// What two configurations differ in, for the log: names of keys, routes and authorizers, never a value.
import { isDeepStrictEqual } from 'node:util'
import type { Settings } from '../core/settings.ts'

/** Names that differ; each list is in the order of the configuration. */
export interface Changes {
  /** Top-level keys. */
  readonly keys: readonly string[]
  /** By label: `GET /orders/{orderId}`. */
  readonly routes: Differences
  /** By name. */
  readonly authorizers: Differences
}

export interface Differences {
  readonly added: readonly string[]
  readonly removed: readonly string[]
  readonly changed: readonly string[]
}

/**
 * Compares settings. The listener's certificates and the entries of the deny list do not count: they have
 * reloads of their own. Neither do the order of routes and authorizers, and where a route was written.
 */
export const changesOf = (before: Settings, after: Settings): Changes => {
  const [from, to] = [comparable(before), comparable(after)]
  const keys = Object.keys(to) as (keyof typeof to)[]
  return {
    keys: keys.filter((key) => !isDeepStrictEqual(from[key], to[key])),
    routes: differences(from.routes, to.routes),
    authorizers: differences(from.authorizers, to.authorizers),
  }
}

const comparable = (settings: Settings) => ({
  ...settings,
  listen: { ...settings.listen, tls: settings.listen.tls?.files },
  denyList: settings.denyList.path,
  routes: new Map(
    settings.routes.flatMap(({ origin: _origin, methods, ...route }) =>
      methods.map((method) => [`${method} ${route.path}`, route] as const),
    ),
  ),
  authorizers: new Map(settings.authorizers.map((authorizer) => [authorizer.name, authorizer])),
})

type ByName = ReadonlyMap<string, unknown>

const differences = (before: ByName, after: ByName): Differences => ({
  added: [...after.keys()].filter((name) => !before.has(name)),
  removed: [...before.keys()].filter((name) => !after.has(name)),
  changed: [...after]
    .filter(([name, value]) => before.has(name) && !isDeepStrictEqual(before.get(name), value))
    .map(([name]) => name),
})

/** In a line: `routes, upstream; routes added: GET /x; routes changed: GET /y`. */
export const describeChanges = ({ keys, routes, authorizers }: Changes): string =>
  [
    keys.join(', '),
    ...describeDifferences('routes', routes),
    ...describeDifferences('authorizers', authorizers),
  ].join('; ')

const describeDifferences = (what: string, differences: Differences): readonly string[] =>
  (['added', 'removed', 'changed'] as const)
    .filter((kind) => differences[kind].length > 0)
    .map((kind) => `${what} ${kind}: ${listed(differences[kind])}`)

/** A line of a log is read by people: ten names tell as much as a thousand. */
const maxListed = 10

const listed = (names: readonly string[]): string => {
  const rest = names.length - maxListed
  return `${names.slice(0, maxListed).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`
}
