// What the status page shows, as data: the JSON of /status. It names no token, claim, subject, path or
// query of a request.
import type { DenialCode } from '../core/denial.ts'
import type { Enforcement } from '../core/route.ts'

/** Times are RFC 3339 in UTC; durations whole seconds. What is not known is null. */
export interface StatusReport {
  /** When it was made. */
  readonly at: string
  readonly gate: {
    readonly version: string
    readonly node: string
    readonly apiType: 'REST' | 'HTTP'
    readonly startedAt: string
    readonly uptimeSeconds: number
  }
  readonly readiness: 'ready' | 'not_ready'
  /** What whoever looks should know: why it is not ready, a reload or keys that failed, report mode. */
  readonly notices: readonly string[]
  readonly reportMode: {
    readonly reporting: number
    readonly routes: number
    readonly unmatched: boolean
  }
  readonly traffic: { readonly requestsInFlight: number; readonly webSockets: number }
  /** Over all routes, and what came to none. */
  readonly totals: Pick<Counts, 'allowed' | 'denied' | 'wouldDeny'>
  readonly upstream: UpstreamReport
  readonly cache: CacheReport
  /** One for each issuer of each authorizer. */
  readonly keys: readonly KeysReport[]
  /** In matching order. */
  readonly routes: readonly RouteReport[]
  /** Of requests that no route took. */
  readonly unmatched: Counts
  /** Refused before there was a route, by reason. */
  readonly early: ReasonCounts
  /** The newest first. */
  readonly refusals: readonly RefusalReport[]
  /** The newest first. */
  readonly reloads: readonly ReloadReport[]
}

/** Counts above 0. */
export type ReasonCounts = Readonly<Partial<Record<DenialCode, number>>>

/** How requests were decided, since the start or since a reload brought the route. */
export interface Counts {
  readonly allowed: number
  readonly denied: number
  /** Let pass by report mode. */
  readonly wouldDeny: number
  /** Why they were denied, or would have been. */
  readonly reasons: ReasonCounts
}

export interface UpstreamReport {
  /** Without credentials; `unix:` and the path for a socket. */
  readonly url: string
  /** Requests that have a connection, WebSockets aside. */
  readonly requests: number
  /** Requests that wait for one. */
  readonly waiting: number
  readonly maxConnections: number
}

export interface CacheReport {
  readonly entries: number
  readonly bytes: number
  readonly maxBytes: number
  readonly hits: number
  readonly misses: number
  /** Of the look-ups; from 0 to 1. */
  readonly hitRatio: number | null
  readonly evictions: number
}

export interface KeysReport {
  readonly authorizer: string
  readonly type: 'COGNITO_USER_POOLS' | 'JWT'
  readonly issuer: string
  readonly source: 'uri' | 'discovery' | 'file'
  /**
   * `waiting`: it never had keys here. `failing`: the last fetch failed, the keys are still young.
   * `stale`: they are past their refresh time. `expired`: past `maxStaleSeconds`, and used no more.
   */
  readonly state: 'fresh' | 'waiting' | 'failing' | 'stale' | 'expired'
  /** That are in use. */
  readonly keys: number
  readonly ageSeconds: number | null
  readonly nextFetchSeconds: number
  readonly lastError: string | null
}

export interface RouteReport extends Counts {
  /** `GET /orders/{orderId}`. */
  readonly route: string
  /** The authorizer's name; null for public and denied routes. */
  readonly authorizer: string | null
  readonly access: 'token' | 'public' | 'denied'
  readonly scopes: readonly string[]
  readonly groups: readonly string[]
  /** Null where there is nothing to enforce. */
  readonly enforcement: Enforcement | null
}

export interface RefusalReport {
  /** When it was answered. */
  readonly at: string
  /** `none` before a match. */
  readonly route: string
  readonly denial: DenialCode
  /** `would_deny` was let pass by report mode. */
  readonly outcome: 'deny' | 'would_deny'
  readonly status: number
  /** What the answer and the log call the request. */
  readonly requestId: string
}

export interface ReloadReport {
  readonly at: string
  readonly outcome: 'success' | 'failed'
  readonly trigger: 'signal' | 'files'
  readonly message: string
}
