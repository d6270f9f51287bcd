// Which route took a request and why, for the report. What routing says is put together here; nothing
// is matched but by routing itself.
import { isDenial } from '../core/denial.ts'
import { unmatchedRoute, type Access, type Enforcement, type Route } from '../core/route.ts'
import { explainMatch, type PassedOver } from '../routing/explain-match.ts'
import { explainTarget } from '../routing/explain-target.ts'
import { parseTarget } from '../routing/target.ts'
import type { Run, RunOptions } from './run.ts'

export interface RouteReport {
  /** The route that the request was judged by: `GET /orders/{orderId}`; null when there was none. */
  readonly label: string | null
  /** What it asks for. */
  readonly access: Access | null
  /** Whether that is enforced or only reported; null when there is no route. */
  readonly enforcement: Enforcement | null
  /** What the template's parameters took. */
  readonly parameters: Readonly<Record<string, string>>
  /** Templates that come before it in matching order; all of them when none took the request. */
  readonly passedOver: readonly PassedOver[]
  /** Those that came nearest, with the methods that they have; for a request that no route took. */
  readonly nearest: readonly Pick<PassedOver, 'path' | 'methods'>[]
  /** Why there is no route, or why the one there is refuses; null when there is nothing to say. */
  readonly reason: string | null
}

/** Undefined when the request did not come as far as to be routed. */
export const explainRoute = (
  { settings: { basePath }, table }: RunOptions,
  { facts, decision }: Run,
): RouteReport | undefined => {
  if (facts === undefined) return undefined
  const target = parseTarget(facts.target, basePath)
  if (isDenial(target)) {
    const outside = `the path is outside the base path ${basePath}`
    return { ...noRoute, reason: explainTarget(facts.target) ?? outside }
  }
  const { passedOver, parameters, ambiguity } = explainMatch(table, facts.method, target)
  const route = decision?.route === unmatchedRoute ? undefined : decision?.route
  return {
    label: route?.label ?? null,
    access: route?.access ?? null,
    enforcement: route?.enforcement ?? null,
    parameters: route === undefined ? {} : parameters,
    passedOver,
    nearest: route === undefined ? nearestOf(passedOver) : [],
    reason: ambiguity ?? reasonOf(route),
  }
}

const noRoute: RouteReport = {
  label: null,
  access: null,
  enforcement: null,
  parameters: {},
  passedOver: [],
  nearest: [],
  reason: null,
}

const reasonOf = (route: Route | undefined): string | null => {
  if (route === undefined) return 'no route has this path and method'
  return route.access.kind === 'denied' ? `${route.label} is for nobody (DENY)` : null
}

const maxNearest = 3

const nearestOf = (passedOver: readonly PassedOver[]): RouteReport['nearest'] =>
  [...passedOver]
    .filter(({ fits }) => fits > 0)
    .sort((a, b) => b.fits - a.fits)
    .slice(0, maxNearest)
    .map(({ path, methods }) => ({ path, methods }))
