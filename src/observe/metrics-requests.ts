// Counts requests and decisions. Label values come from the route table, never from a request.
import type { Counter, Histogram, Registry } from 'prom-client'
import type { DenialCode } from '../core/denial.ts'
import type { Recorder } from '../core/ports.ts'
import type { Route } from '../core/route.ts'
import { createCounter, createGauge, createHistogram, toSeconds } from './metrics-build.ts'
import { metricTable } from './metrics-table.ts'

export type RequestRecorder = Pick<
  Recorder,
  'requestStarted' | 'requestFinished' | 'refusedEarly' | 'allowed' | 'denied'
>

/** Registers the request metrics for a route table. A route with no place in it counts as `none`. */
export const createRequestMetrics = (
  registry: Registry,
  routes: readonly Route[],
): RequestRecorder => {
  const childrenFor = createRouteChildren(registry)
  const refusedEarly = createEarlyRefusals(registry)
  const overhead = createHistogram(registry, metricTable.gateOverhead)
  const inFlight = createGauge(registry, metricTable.inFlight)
  const unmatched = childrenFor(undefined)
  const matched = routes.map(childrenFor)
  const childrenOf = (route: Route | undefined): RouteChildren =>
    (route === undefined ? undefined : matched[route.index]) ?? unmatched

  return {
    requestStarted: () => inFlight.inc(),
    requestFinished: ({ route, status, totalMs, upstreamMs }) => {
      const children = childrenOf(route)
      children.answered(status).inc()
      children.duration.observe(toSeconds(totalMs))
      overhead.observe(toSeconds(totalMs - upstreamMs))
      inFlight.dec()
    },
    refusedEarly: (reason) => refusedEarly(reason).inc(),
    allowed: (route) => childrenOf(route).allowed.inc(),
    denied: (route, reason) => childrenOf(route).denied(reason).inc(),
  }
}

/** What is counted for one route, looked up once and kept. */
interface RouteChildren {
  readonly answered: (status: number) => Counter.Internal
  readonly duration: Histogram.Internal<'route'>
  readonly allowed: Counter.Internal
  readonly denied: (reason: DenialCode) => Counter.Internal
}

const createRouteChildren = (registry: Registry): ((route: Route | undefined) => RouteChildren) => {
  const requests = createCounter(registry, metricTable.requests)
  const durations = createHistogram(registry, metricTable.requestDuration)
  const authorizations = createCounter(registry, metricTable.authorizations)
  return (route) => {
    const label = route === undefined ? 'none' : route.label
    const authorizer = route?.access.kind === 'token' ? route.access.authorizer : 'none'
    const children = {
      answered: remember((status: number) => requests.labels(label, String(status))),
      duration: durations.labels(label),
      allowed: authorizations.labels(label, authorizer, 'allow', ''),
      denied: remember((reason: DenialCode) =>
        authorizations.labels(label, authorizer, 'deny', reason),
      ),
    }
    foreseen(route, children).inc(0)
    return children
  }
}

/** The one decision that is sure to be possible: present from the start, so that rate() sees it. */
const foreseen = (route: Route | undefined, children: RouteChildren): Counter.Internal => {
  if (route === undefined) return children.denied('no_route')
  return route.access.kind === 'denied' ? children.denied('route_denied') : children.allowed
}

const earlyReasons = [
  'target_ambiguous',
  'request_malformed',
  'request_timeout',
  'headers_too_large',
  'body_too_large',
] as const satisfies readonly DenialCode[]

const createEarlyRefusals = (registry: Registry): ((reason: DenialCode) => Counter.Internal) => {
  const counter = createCounter(registry, metricTable.refusedEarly)
  const children = remember((reason: DenialCode) => counter.labels(reason))
  for (const reason of earlyReasons) children(reason).inc(0)
  return children
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
