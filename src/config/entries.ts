// Entries of `authorizers` and `routes`: each against its own table, then over its defaults. What does
// not fit is reported and left out, and the whole entry when a required key is not there.
import type { Environment } from './environment.ts'
import { environmentAuthorizer } from './environment.ts'
import { isPlainMap, type PlainMap, type Table, type Values } from './leaf.ts'
import { itemPath, keyPath, type Problems, type Report } from './problem.ts'
import { authorizerType, authorizerTypes, cognitoTable, jwtTable } from './schema-authorizers.ts'
import { routeTable } from './schema-routes.ts'
import { checkStructure, isComplete } from './structure.ts'
import { withDefaults } from './values.ts'

export interface CognitoEntry {
  readonly type: 'COGNITO_USER_POOLS'
  readonly name: string
  readonly values: Values<typeof cognitoTable>
}

export interface JwtEntry {
  readonly type: 'JWT'
  readonly name: string
  readonly values: Values<typeof jwtTable>
}

export type AuthorizerEntry = CognitoEntry | JwtEntry

export interface RouteEntry {
  /** `routes[2]`, or where it stands in an export. */
  readonly origin: string
  readonly values: Values<typeof routeTable>
  /** Whether the entry has the key `mock`, whatever it holds. */
  readonly isMock: boolean
}

/** The authorizers of the file. */
export const readAuthorizers = (given: PlainMap, report: Report): readonly AuthorizerEntry[] =>
  Object.entries(given).flatMap(([name, entry]): readonly AuthorizerEntry[] => {
    const at = keyPath('authorizers', name)
    if (isPlainMap(entry) && entry['type'] === 'JWT') {
      const values = readEntry(jwtTable, entry, at, report)
      return values === undefined ? [] : [{ type: 'JWT', name, values }]
    }
    // Without a known type no table applies, and one problem is enough.
    if (isPlainMap(entry) && !isKnownType(entry['type'])) {
      const type = Object.fromEntries(Object.entries(entry).filter(([key]) => key === 'type'))
      checkStructure({ type: authorizerType }, type, at, report)
      return []
    }
    const values = readEntry(cognitoTable, entry, at, report)
    return values === undefined ? [] : [{ type: 'COGNITO_USER_POOLS', name, values }]
  })

/** The authorizer that the environment defines, if it does; `names` are those of the file. */
export const readEnvironmentAuthorizer = (
  { authorizerVariable: variable, values }: Environment,
  names: readonly string[],
  problems: Problems,
): readonly AuthorizerEntry[] => {
  if (variable === undefined) return []
  if (names.length > 0) {
    const both = `defines the authorizer "${environmentAuthorizer}", but the configuration has: ${names.join(', ')}`
    problems.report(variable, `${both}; use the one or the other`)
    return []
  }
  const pools = 'COGNITO_USER_POOL_IDS'
  if (values[pools] === undefined) {
    if (!problems.below(pools)) problems.report(variable, `needs ${pools}, which is not set`)
    return []
  }
  const type = 'COGNITO_USER_POOLS'
  const merged = withDefaults(cognitoTable, { type }, values)
  return [{ type, name: environmentAuthorizer, values: merged }]
}

/** The routes of the file, in its order. */
export const readRoutes = (given: readonly unknown[], report: Report): readonly RouteEntry[] =>
  given.flatMap((entry, index) => readRoute(entry, itemPath('routes', index), report))

/** One route, or none; `origin` is its place. */
export const readRoute = (
  entry: unknown,
  origin: string,
  report: Report,
): readonly RouteEntry[] => {
  const values = readEntry(routeTable, entry, origin, report)
  const isMock = isPlainMap(entry) && Object.hasOwn(entry, 'mock')
  return values === undefined ? [] : [{ origin, values, isMock }]
}

const isKnownType = (type: unknown): boolean => authorizerTypes.some((known) => known === type)

const readEntry = <T extends Table>(
  table: T,
  entry: unknown,
  at: string,
  report: Report,
): Values<T> | undefined => {
  const fitting = checkStructure(table, entry, at, report)
  return isComplete(table, fitting) ? withDefaults(table, fitting, {}) : undefined
}
