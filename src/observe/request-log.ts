// The line per request in the log: who, which route, what came of it and why. Bounded per second, so
// that a flood of refusals is not also a flood of lines. It never sees a path, a query or a token.
import type { DenialCode } from '../core/denial.ts'
import type { Clock, LogFields, Logger } from '../core/ports.ts'
import type { LogSettings } from '../core/settings.ts'

/** A finished request as the log tells it; durations in milliseconds. */
export interface RequestLine {
  readonly requestId: string
  readonly method: string
  /** The route's label; `none` when none was matched. */
  readonly route: string
  readonly status: number
  /** Undefined for a request that was answered by the upstream. */
  readonly denial: DenialCode | undefined
  /** What a library said of it; logged only with denials that are the gate's or the upstream's. */
  readonly cause?: unknown
  readonly remoteAddress: string
  readonly totalMs: number
  readonly upstreamMs: number
  readonly authorizer: string | undefined
}

export interface RequestLog {
  /** Logs the request, if it is one that is to be logged. */
  readonly write: (line: RequestLine) => void
  /** Reports what has been left out and not been reported yet; for shutdown. */
  readonly flush: () => void
}

export interface RequestLogOptions {
  readonly logger: Logger
  readonly log: Pick<LogSettings, 'requests' | 'maxPerSecond'>
  readonly clock: Clock
}

/**
 * Makes the request log. After `maxPerSecond` lines within a second the rest are counted; the first
 * line of a later second, or `flush`, tells how many. No timer runs. Internal errors are logged
 * whatever `requests` says: they are the gate's own.
 */
export const createRequestLog = ({ logger, log, clock }: RequestLogOptions): RequestLog => {
  let windowStartMs = clock.monotonicMs()
  let written = 0
  let suppressed = 0

  const flush = (): void => {
    if (suppressed === 0) return
    logger.warn({ suppressed }, 'request lines left out')
    suppressed = 0
  }

  return {
    write: (line) => {
      if (!isLogged(line, log.requests)) return
      const nowMs = clock.monotonicMs()
      if (nowMs - windowStartMs >= 1000) {
        flush()
        windowStartMs = nowMs
        written = 0
      }
      if (written >= log.maxPerSecond) {
        suppressed += 1
        return
      }
      written += 1
      writeLine(logger, line)
    },
    flush,
  }
}

const isLogged = ({ denial }: RequestLine, requests: LogSettings['requests']): boolean => {
  if (denial === 'internal' || requests === 'all') return true
  return requests === 'denied' && denial !== undefined
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
  const { denial } = line
  if (denial === undefined) {
    logger.info(fieldsOf(line), 'request')
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

const fieldsOf = (line: RequestLine): LogFields => ({
  requestId: line.requestId,
  method: line.method,
  route: line.route,
  status: line.status,
  remoteAddress: line.remoteAddress,
  totalMs: toMicroseconds(line.totalMs),
  upstreamMs: toMicroseconds(line.upstreamMs),
  ...(line.authorizer === undefined ? {} : { authorizer: line.authorizer }),
})

/** Milliseconds with no digits beyond the microsecond. */
const toMicroseconds = (ms: number): number => Math.round(ms * 1000) / 1000
