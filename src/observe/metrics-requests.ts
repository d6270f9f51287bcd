// Counts requests and decisions. Label values come from the route table, never from a request.
import type { Registry } from 'prom-client'
import type { DenialCode } from '../core/denial.ts'
import type { Recorder } from '../core/ports.ts'
import type { Route } from '../core/route.ts'
import { toSeconds } from './metrics-build.ts'
import {
  createCounterCells,
  createGaugeCell,
  createHistogramCells,
  type Cell,
  type Observe,
} from './metrics-cells.ts'
import { metricTable } from './metrics-table.ts'

export type RequestRecorder = Pick<
  Recorder,
  | 'requestStarted'
  | 'requestFinished'
  | 'decisionFinished'
  | 'refusedEarly'
  | 'allowed'
  | 'denied'
  | 'wouldDeny'
>

/** How often a route's requests were decided in one way. */
export interface DecisionCount {
  readonly outcome: 'allow' | 'deny' | 'would_deny'
  /** Undefined on allow. */
  readonly reason: DenialCode | undefined
  readonly count: number
}

/** The counts as they stand, for who shows them without a scrape. */
export interface RequestReadings {
  /** Of a route; without one, of requests that no route took. */
  readonly decisionCounts: (route: Route | undefined) => readonly DecisionCount[]
  /** Refused before there was a route, by reason. */
  readonly earlyRefusals: () => readonly (readonly [reason: DenialCode, count: number])[]
  readonly requestsInFlight: () => number
}

/** Registers the request metrics for a route table. A route with no place in it counts as `none`. */
export const createRequestMetrics = (
  registry: Registry,
  routes: readonly Route[],
): RequestRecorder & RequestReadings => {
  const childrenFor = createRouteChildren(registry)
  const refusedEarly = createEarlyRefusals(registry)
  const observeOverhead = createHistogramCells(registry, metricTable.gateOverhead)({})
  const inFlight = createGaugeCell(registry, metricTable.inFlight)
  const unmatched = childrenFor(undefined)
  const matched = routes.map(childrenFor)
  const childrenOf = (route: Route | undefined): RouteChildren =>
    (route === undefined ? undefined : matched[route.index]) ?? unmatched

  return {
    requestStarted: () => {
      inFlight.value += 1
    },
    requestFinished: ({ route, status, totalMs, upstreamMs }) => {
      const children = childrenOf(route)
      children.answered(status).value += 1
      children.observeDuration(toSeconds(totalMs))
      observeOverhead(toSeconds(totalMs - upstreamMs))
      inFlight.value -= 1
    },
    decisionFinished: (ms) => {
      observeOverhead(toSeconds(ms))
    },
    refusedEarly: (reason) => {
      refusedEarly.of(reason).value += 1
    },
    allowed: (route) => {
      childrenOf(route).allowed().value += 1
    },
    denied: (route, reason) => {
      childrenOf(route).denied(reason).value += 1
    },
    wouldDeny: (route, reason) => {
      childrenOf(route).wouldDeny(reason).value += 1
    },
    decisionCounts: (route) => childrenOf(route).decisions(),
    earlyRefusals: refusedEarly.all,
    requestsInFlight: () => inFlight.value,
  }
}

/** What is counted for one route, looked up once and kept. */
interface RouteChildren {
  readonly answered: (status: number) => Cell
  readonly observeDuration: Observe
  readonly allowed: () => Cell
  readonly denied: (reason: DenialCode) => Cell
  readonly wouldDeny: (reason: DenialCode) => Cell
  readonly decisions: () => readonly DecisionCount[]
}

const createRouteChildren = (registry: Registry): ((route: Route | undefined) => RouteChildren) => {
  const requests = createCounterCells(registry, metricTable.requests)
  const durations = createHistogramCells(registry, metricTable.requestDuration)
  const authorizations = createCounterCells(registry, metricTable.authorizations)
  return (route) => {
    const label = route === undefined ? 'none' : route.label
    const authorizer = route?.access.kind === 'token' ? route.access.authorizer : 'none'
    // Every cell of the route is made here once, so that reading them costs nobody who counts.
    const decided: (Omit<DecisionCount, 'count'> & { readonly cell: Cell })[] = []
    const decide = (outcome: DecisionCount['outcome'], reason: DenialCode | undefined): Cell => {
      const cell = authorizations({ route: label, authorizer, outcome, reason: reason ?? '' })
      decided.push({ outcome, reason, cell })
      return cell
    }
    const allow = remember(() => decide('allow', undefined))
    const children = {
      answered: remember((status: number) => requests({ route: label, code: String(status) })),
      observeDuration: durations({ route: label }),
      allowed: () => allow(undefined),
      denied: remember((reason: DenialCode) => decide('deny', reason)),
      wouldDeny: remember((reason: DenialCode) => decide('would_deny', reason)),
      decisions: () =>
        decided.map(({ outcome, reason, cell }) => ({ outcome, reason, count: cell.value })),
    }
    showForeseen(route, children)
    return children
  }
}

/** The one decision that is sure to be possible: there from the start, so that rate() sees it. */
const showForeseen = (route: Route | undefined, children: RouteChildren): void => {
  if (route === undefined) children.denied('no_route')
  else if (route.access.kind === 'denied') children.denied('route_denied')
  else children.allowed()
}

const earlyReasons = [
  'target_ambiguous',
  'request_malformed',
  'peer_untrusted',
  'header_aliased',
  'request_timeout',
  'headers_too_large',
  'body_too_large',
] as const satisfies readonly DenialCode[]

const createEarlyRefusals = (registry: Registry) => {
  const counter = createCounterCells(registry, metricTable.refusedEarly)
  const cells: (readonly [reason: DenialCode, cell: Cell])[] = []
  const of = remember((reason: DenialCode) => {
    const cell = counter({ reason })
    cells.push([reason, cell])
    return cell
  })
  for (const reason of earlyReasons) of(reason)
  return { of, all: () => cells.map(([reason, { value }]) => [reason, value] as const) }
}

/** Makes each value once. The keys are statuses and denial codes: a few hundred at the most. */
const remember = <Key, Value>(make: (key: Key) => Value): ((key: Key) => Value) => {
  const made = new Map<Key, Value>()
  return (key) => {
    const known = made.get(key)
    if (known !== undefined) return known
    const value = make(key)
    made.set(key, value)
    return value
  }
}
