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
} from './metrics-cells.ts'
import { createRouteSeries, remember, type DecisionCount } from './metrics-routes.ts'
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

/** The counts as they stand, for who shows them without a scrape. */
export interface RequestReadings {
  /** Of a route; without one, of requests that no route took. */
  readonly decisionCounts: (route: Route | undefined) => readonly DecisionCount[]
  /** Refused before there was a route, by reason. */
  readonly earlyRefusals: () => readonly (readonly [reason: DenialCode, count: number])[]
  readonly requestsInFlight: () => number
}

export interface RequestMetrics extends RequestRecorder, RequestReadings {
  /** Counts for the routes of a new table from now on; what is under way on those of before still counts. */
  readonly followRoutes: (routes: readonly Route[]) => void
}

/** Registers the request metrics for a route table. A route of no table counts as `none`. */
export const createRequestMetrics = (
  registry: Registry,
  routes: readonly Route[],
): RequestMetrics => {
  const series = createRouteSeries(registry)
  const refusedEarly = createEarlyRefusals(registry)
  const observeOverhead = createHistogramCells(registry, metricTable.gateOverhead)({})
  const inFlight = createGaugeCell(registry, metricTable.inFlight)
  const childrenOf = series.childrenOf
  series.follow(routes)

  return {
    followRoutes: series.follow,
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
