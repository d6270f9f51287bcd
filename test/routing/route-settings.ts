// Route tables in a form that fits on a line each, for the tests of routing.
import { isDenial } from '../../src/core/denial.ts'
import type { RouteSettings } from '../../src/core/settings.ts'
import { matchRoute } from '../../src/routing/match.ts'
import { compileRoutes, type RouteTable } from '../../src/routing/table.ts'
import { parseTarget } from '../../src/routing/target.ts'

/** `['GET /a', 'pool']`, `['GET,HEAD /a', 'NONE']`, `['$default', 'DENY']` or a third part that wins. */
export type Line = readonly [route: string, access: string, more?: Partial<RouteSettings>]

export const settingsOf = (lines: readonly Line[]): readonly RouteSettings[] =>
  lines.map(([route, access, more], i) => {
    const [methods, path] = route.startsWith('$') ? ['ANY', route] : halves(route)
    return {
      path,
      methods: methods.split(','),
      access: access === 'NONE' || access === 'DENY' ? access : { authorizer: access },
      scopes: [],
      groups: [],
      claims: [],
      enforcement: 'enforce',
      responseTimeoutMs: undefined,
      allowEncodedSlash: false,
      requestParameters: [],
      mock: undefined,
      origin: `routes[${i}]`,
      ...more,
    }
  })

/** The table of lines that are known to be good. */
export const tableOf = (lines: readonly Line[]): RouteTable => {
  const result = compileRoutes(settingsOf(lines))
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return result.value
}

/** What becomes of a request: the label of its route, or the code of its refusal. */
export const outcomeOf = (table: RouteTable, method: string, raw: string): string => {
  const target = parseTarget(raw, '')
  const route = isDenial(target) ? target : matchRoute(table, method, target)
  return isDenial(route) ? route.code : route.label
}

const halves = (route: string): readonly [string, string] => {
  const space = route.indexOf(' ')
  return [route.slice(0, space), route.slice(space + 1)]
}
