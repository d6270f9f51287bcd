// Gathers what the status page shows from those who hold it. It counts nothing by itself: all figures
// are those of the metrics, read when somebody looks.
import type { Clock } from '../core/ports.ts'
import type { ReloadRecord } from '../core/reload.ts'
import { describeReportMode, reportModeOf } from '../core/report-mode.ts'
import type { Route } from '../core/route.ts'
import type { Settings, UpstreamSettings } from '../core/settings.ts'
import type { DecisionCount } from '../observe/metrics-routes.ts'
import type { Readings } from '../observe/metrics.ts'
import type { Forwarder } from '../proxy/forward.ts'
import { orderedRoutes, type RouteTable } from '../routing/table.ts'
import type { TokenCache } from '../token/cache.ts'
import type { KeyStore } from '../token/keys.ts'
import { reportKeys } from './keys-report.ts'
import type {
  CacheReport,
  Counts,
  KeysReport,
  RefusalReport,
  RouteReport,
  StatusReport,
} from './report.ts'

/** One configuration, and what works by it. */
export interface InForce {
  readonly settings: Settings
  readonly table: RouteTable
  readonly keys: Pick<KeyStore, 'states'>
  readonly cache: Pick<TokenCache, 'stats'>
  readonly forwarder: Pick<Forwarder, 'load'>
}

/** Where it all is. */
export interface StatusSources {
  /** Asked for with every report: it may be another one each time. */
  readonly inForce: () => InForce
  readonly readings: Readings
  /** Why the gate should get no traffic; empty means ready. */
  readonly notReady: () => readonly string[]
  /** The newest first. */
  readonly refusals: () => readonly RefusalReport[]
  /** The oldest first. */
  readonly reloads: () => readonly ReloadRecord[]
  readonly clock: Clock
  /** The gate's. */
  readonly version: string
}

/** Makes the maker of reports. The time since the start counts from here. */
export const createReporter = (sources: StatusSources): (() => Promise<StatusReport>) => {
  const { clock, readings } = sources
  const startedMs = clock.monotonicMs()
  const startedAt = isoTime(clock.wallMs())
  const routesOf = createOrder()

  return async () => {
    const inForce = sources.inForce()
    const { settings, keys: keyStore, forwarder } = inForce
    const nowMs = clock.wallMs()
    const reasons = sources.notReady()
    const reloads = sources.reloads()
    const keys = reportKeys(settings.authorizers, keyStore.states(), nowMs)
    const routes = routesOf(inForce.table).map((route) => reportRoute(route, readings))
    const unmatched = countsOf(readings.decisionCounts(undefined))
    const early = readings.earlyRefusals()
    return {
      at: isoTime(nowMs),
      gate: {
        version: sources.version,
        node: await readings.nodeVersion(),
        apiType: settings.apiType,
        startedAt,
        uptimeSeconds: Math.floor((clock.monotonicMs() - startedMs) / 1000),
      },
      readiness: reasons.length === 0 ? 'ready' : 'not_ready',
      notices: [
        ...reasons,
        ...reloadNotice(reloads.at(-1)),
        ...keysNotices(keys, reasons),
        ...reportModeNotice(settings),
      ],
      reportMode: reportModeOf(settings),
      traffic: {
        requestsInFlight: readings.requestsInFlight(),
        webSockets: readings.webSocketsActive(),
      },
      totals: totalsOf([...routes, unmatched], early),
      upstream: {
        url: upstreamUrl(settings.upstream),
        ...forwarder.load(),
        maxConnections: settings.upstream.maxConnections,
      },
      cache: reportCache(inForce, readings),
      keys,
      routes,
      unmatched,
      early: Object.fromEntries(early.filter(([, count]) => count > 0)),
      refusals: sources.refusals(),
      reloads: reloads.map(({ atMs, ...reload }) => ({ at: isoTime(atMs), ...reload })).reverse(),
    }
  }
}

const isoTime = (ms: number): string => new Date(ms).toISOString()

/** Puts the routes of a table in order once, for as long as it is in force. */
const createOrder = (): ((table: RouteTable) => readonly Route[]) => {
  let last: { readonly table: RouteTable; readonly routes: readonly Route[] } | undefined
  return (table) => {
    if (last?.table !== table) last = { table, routes: orderedRoutes(table) }
    return last.routes
  }
}

const reportRoute = (route: Route, readings: Pick<Readings, 'decisionCounts'>): RouteReport => {
  const { access } = route
  const asks = access.kind === 'token' ? access : undefined
  return {
    route: route.label,
    authorizer: asks?.authorizer ?? null,
    access: access.kind,
    scopes: asks?.scopes ?? [],
    groups: asks?.groups ?? [],
    enforcement: asks === undefined ? null : route.enforcement,
    ...countsOf(readings.decisionCounts(route)),
  }
}

const countsOf = (decisions: readonly DecisionCount[]): Counts => {
  const counts = { allow: 0, deny: 0, would_deny: 0 }
  const reasons: Record<string, number> = {}
  for (const { outcome, reason, count } of decisions) {
    counts[outcome] += count
    if (reason !== undefined && count > 0) reasons[reason] = (reasons[reason] ?? 0) + count
  }
  return {
    allowed: counts.allow,
    denied: counts.deny,
    wouldDeny: counts.would_deny,
    reasons,
  }
}

const totalsOf = (
  all: readonly Counts[],
  early: ReturnType<Readings['earlyRefusals']>,
): StatusReport['totals'] => {
  const sum = (numbers: readonly number[]): number => numbers.reduce((one, other) => one + other, 0)
  return {
    allowed: sum(all.map(({ allowed }) => allowed)),
    denied: sum([...all.map(({ denied }) => denied), ...early.map(([, count]) => count)]),
    wouldDeny: sum(all.map(({ wouldDeny }) => wouldDeny)),
  }
}

const reportCache = (
  { settings, cache }: InForce,
  readings: Pick<Readings, 'tokenCacheCounts'>,
): CacheReport => {
  const { hits, misses, evictions } = readings.tokenCacheCounts()
  const { entries, bytes } = cache.stats()
  const { maxBytes } = settings.tokenCache
  const hitRatio = hits + misses === 0 ? null : hits / (hits + misses)
  return { entries, bytes, maxBytes, hits, misses, hitRatio, evictions }
}

/** The configuration takes no credentials there. */
const upstreamUrl = ({ origin, pathPrefix, socketPath }: UpstreamSettings): string =>
  socketPath === undefined ? `${origin}${pathPrefix}` : `unix:${socketPath}`

const reloadNotice = (last: ReloadRecord | undefined): readonly string[] =>
  last?.outcome === 'failed'
    ? ['the last reload of the configuration failed; the one of before is in force']
    : []

const reportModeNotice = (settings: Settings): readonly string[] => {
  const text = describeReportMode(reportModeOf(settings))
  return text === undefined ? [] : [text]
}

/** While it is not ready, what is waited for is said already. */
const keysNotices = (keys: readonly KeysReport[], reasons: readonly string[]): readonly string[] =>
  keys.flatMap(({ authorizer, issuer, state }) =>
    state === 'fresh' || (state === 'waiting' && reasons.length > 0)
      ? []
      : [`the signing keys of ${authorizer} (${issuer}) ${keyFaults[state]}`],
  )

const keyFaults = {
  waiting: 'were never fetched; its tokens are answered 503',
  failing: 'cannot be fetched; those held are used',
  stale: 'cannot be fetched; those held are stale, and used',
  expired: 'cannot be fetched, and those held are too old to be used; its tokens are answered 503',
}
