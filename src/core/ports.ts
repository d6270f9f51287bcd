// What modules need of the outside world, as interfaces: time, logging, counting. Implemented in
// observe/ and app.ts, replaced by plain objects in tests.
import type { DenialCode } from './denial.ts'
import type { Route } from './route.ts'

/** Time, injectable. */
export interface Clock {
  /** Milliseconds since the epoch, as the wall clock says; may jump. */
  readonly wallMs: () => number
  /** Milliseconds since some fixed point; never goes back. For durations and back-off. */
  readonly monotonicMs: () => number
}

export type LogFields = Readonly<Record<string, unknown>>

/** Structured logging. Fields never hold a token, a query string or a full claim set. */
export interface Logger {
  readonly debug: (fields: LogFields, message: string) => void
  readonly info: (fields: LogFields, message: string) => void
  readonly warn: (fields: LogFields, message: string) => void
  readonly error: (fields: LogFields, message: string) => void
}

export type UpstreamErrorKind =
  'connect' | 'dns' | 'tls' | 'timeout' | 'reset' | 'protocol' | 'overload'

/** A finished request; durations in milliseconds. */
export interface FinishedRequest {
  /** Undefined before a match. */
  readonly route: Route | undefined
  readonly status: number
  readonly totalMs: number
  /** Time that was the upstream's: from the first byte sent to it until its last byte came back. */
  readonly upstreamMs: number
}

/** Who or what ended a WebSocket. */
export type WebSocketCloseReason =
  'client' | 'upstream' | 'expiry' | 'idle' | 'drain' | 'revoked' | 'error'

/** The state of one issuer's key set, for gauges. */
export interface KeySetState {
  readonly keys: number
  /** Seconds since the epoch; 0 before the first success. */
  readonly lastSuccessSeconds: number
  /** Whether the set in use is past its refresh time because fetches fail. */
  readonly stale: boolean
}

/** What is read again each by itself. */
export type ReloadedPart = 'configuration' | 'certificates' | 'denyList'

/** What whoever looks after the gate wants to know besides. */
export interface KeySetReport extends KeySetState {
  /** Milliseconds until the keys are fetched again by themselves; 0 while they are being fetched. */
  readonly nextFetchMs: number
  /** What the last fetch failed with; undefined when it did not. For `describeError` only. */
  readonly lastError: unknown
}

/** Everything that is counted. A module takes the part of it that it needs by `Pick`. */
export interface Recorder {
  readonly requestStarted: () => void
  readonly requestFinished: (finished: FinishedRequest) => void
  /** Refused before routing: malformed requests and limits. */
  readonly refusedEarly: (reason: DenialCode) => void
  readonly allowed: (route: Route) => void
  readonly denied: (route: Route | undefined, reason: DenialCode) => void
  /** A decision that was asked for by an edge proxy; milliseconds. */
  readonly decisionFinished: (ms: number) => void
  /** Let pass, though it would be refused. Undefined when no route takes it. */
  readonly wouldDeny: (route: Route | undefined, reason: DenialCode) => void
  readonly tokenVerified: (authorizer: string, ms: number) => void
  readonly tokenCacheLookup: (result: 'hit' | 'miss') => void
  readonly tokenCacheEvicted: () => void
  readonly keysFetched: (issuer: string, outcome: 'success' | 'failed', ms: number) => void
  readonly identityHeadersStripped: (lines: number) => void
  readonly upstreamFinished: (ms: number) => void
  readonly upstreamFailed: (kind: UpstreamErrorKind) => void
  readonly upstreamRetried: () => void
  readonly webSocketOpened: () => void
  readonly webSocketClosed: (reason: WebSocketCloseReason) => void
  /** At that time: milliseconds since the epoch. */
  readonly reloaded: (part: ReloadedPart, outcome: 'success' | 'failed', atMs: number) => void
}
