// The line per request in the log: who, which route, what came of it and why. Bounded per second, so
// that a flood of refusals is not also a flood of lines. It never sees a path, a query or a token.
import type { DenialCode } from '../core/denial.ts'
import type { Clock, LogFields, Logger } from '../core/ports.ts'
import type { LogSettings } from '../core/settings.ts'

/** By which it is decided whether a request is logged. */
export interface LineOutcome {
  /** Undefined for a request that was answered by the upstream. */
  readonly denial: DenialCode | undefined
  /** Why it would have been refused, had that not been reported only. */
  readonly wouldDeny: DenialCode | undefined
}

/** A finished request as the log tells it; durations in milliseconds. */
export interface RequestLine extends LineOutcome {
  readonly requestId: string
  /** The trace that it belongs to, by W3C Trace Context; undefined when it brought none. */
  readonly traceId: string | undefined
  readonly method: string
  /** The route's label; `none` when none was matched. */
  readonly route: string
  /** The route's path template; undefined when none was matched. */
  readonly template: string | undefined
  readonly status: number
  /** What a library said of it; logged only with denials that are the gate's or the upstream's. */
  readonly cause?: unknown
  readonly authorizer: string | undefined
  /** Whose token it was; undefined without one whose signature was found good. */
  readonly subject: string | undefined
  readonly remoteAddress: string
  /** From the request to the decision, keys that were waited for included; undefined without one. */
  readonly verifyMs: number | undefined
  readonly upstreamMs: number
  readonly totalMs: number
  /** Of the request on the wire, its head included. */
  readonly bytesIn: number
  /** Of the answer on the wire, its head included. */
  readonly bytesOut: number
}

export interface RequestLog {
  /** Whether `write` would log it: to be asked before a line is gathered, which most are for nothing. */
  readonly wants: (outcome: LineOutcome) => boolean
  /** Logs the request, if it is one that is to be logged. */
  readonly write: (line: RequestLine) => void
  /** Reports what has been left out and not been reported yet; for shutdown. */
  readonly flush: () => void
}

export interface RequestLogOptions {
  readonly logger: Logger
  readonly log: Pick<LogSettings, 'requests' | 'subject' | 'maxPerSecond'>
  readonly clock: Clock
}

/**
 * Makes the request log. After `maxPerSecond` lines within a second the rest are counted; the first
 * line of a later second, or `flush`, tells how many. No timer runs. Failures have a count of their
 * own, so that no flood of refusals hides them; internal errors are logged whatever `requests` says.
 */
export const createRequestLog = ({ logger, log, clock }: RequestLogOptions): RequestLog => {
  const { maxPerSecond } = log
  const everyday = createBudget(maxPerSecond)
  const failures = createBudget(maxPerSecond)
  let windowStartMs = clock.monotonicMs()

  const flush = (): void => {
    const suppressed = everyday.renew() + failures.renew()
    if (suppressed === 0) return
    logger.warn({ suppressed, maxPerSecond }, 'request lines left out, as log.maxPerSecond says')
  }

  const wants = (outcome: LineOutcome): boolean => isLogged(outcome, log.requests)

  return {
    wants,
    write: (line) => {
      if (!wants(line)) return
      const nowMs = clock.monotonicMs()
      if (nowMs - windowStartMs >= 1000) {
        flush()
        windowStartMs = nowMs
      }
      if (!(isFailure(line) ? failures : everyday).take()) return
      writeLine(logger, log.subject ? line : { ...line, subject: undefined })
    },
    flush,
  }
}

interface Budget {
  /** Whether one more may be written in this second; counts it if not. */
  readonly take: () => boolean
  /** Begins a new second; gives how many could not be written since it was last asked. */
  readonly renew: () => number
}

const createBudget = (maxPerSecond: number): Budget => {
  let taken = 0
  return {
    take: () => {
      taken += 1
      return taken <= maxPerSecond
    },
    renew: () => {
      const suppressed = Math.max(0, taken - maxPerSecond)
      taken = 0
      return suppressed
    },
  }
}

const isFailure = ({ denial }: RequestLine): boolean =>
  denial !== undefined && levels[denial] !== undefined

const isLogged = (
  { denial, wouldDeny }: LineOutcome,
  requests: LogSettings['requests'],
): boolean => {
  if (denial === 'internal' || requests === 'all') return true
  return requests === 'denied' && (denial !== undefined || wouldDeny !== undefined)
}

/** Denials that are no client's doing. All others are everyday: info. */
const levels: Readonly<Partial<Record<DenialCode, 'warn' | 'error'>>> = {
  keys_unavailable: 'warn',
  upstream_timeout: 'warn',
  upstream_unreachable: 'warn',
  upstream_broken: 'warn',
  upstream_overloaded: 'warn',
  internal: 'error',
}

const writeLine = (logger: Logger, line: RequestLine): void => {
  const { denial, wouldDeny } = line
  if (denial === undefined) {
    if (wouldDeny === undefined) logger.info(fieldsOf(line), 'request')
    else logger.info({ ...fieldsOf(line), denial: wouldDeny }, 'request would be refused')
    return
  }
  const level = levels[denial]
  if (level === undefined) {
    // Without the cause: what a library says of a bad token may quote from it.
    logger.info({ ...fieldsOf(line), denial }, 'request refused')
    return
  }
  const cause = line.cause === undefined ? {} : { err: line.cause }
  logger[level]({ ...fieldsOf(line), denial, ...cause }, 'request failed')
}

/** Names of OpenTelemetry's semantic conventions, where those have one. */
const fieldsOf = (line: RequestLine): LogFields => ({
  requestId: line.requestId,
  ...given('trace_id', line.traceId),
  'http.request.method': line.method,
  route: line.route,
  ...given('http.route', line.template),
  'http.response.status_code': line.status,
  ...(line.wouldDeny === undefined ? {} : { outcome: 'would_deny', wouldDeny: line.wouldDeny }),
  ...given('authorizer', line.authorizer),
  ...given('user.id', line.subject),
  'network.peer.address': line.remoteAddress,
  ...(line.verifyMs === undefined ? {} : { verifyMs: toMicroseconds(line.verifyMs) }),
  upstreamMs: toMicroseconds(line.upstreamMs),
  totalMs: toMicroseconds(line.totalMs),
  'http.request.size': line.bytesIn,
  'http.response.size': line.bytesOut,
})

const given = (name: string, value: unknown): LogFields =>
  value === undefined ? {} : { [name]: value }

/** Milliseconds with no digits beyond the microsecond. */
const toMicroseconds = (ms: number): number => Math.round(ms * 1000) / 1000
