// The clocks of one WebSocket: nothing moves, the client does not answer, its token expires. It only
// tells; what is to be done is the session's business.
import type { Clock } from '../core/ports.ts'
import type { WebSocketSettings } from '../core/settings.ts'

export interface WatchOptions {
  readonly settings: Pick<WebSocketSettings, 'idleTimeoutMs' | 'pingIntervalMs'>
  /** On the wall clock; undefined when expiry is not to be told. */
  readonly expiresAtMs: number | undefined
  readonly clock: Pick<Clock, 'wallMs'>
  readonly onIdle: () => void
  readonly onExpiry: () => void
  /** Sends a Ping. False when none can be sent now, which is not held against the client. */
  readonly ping: () => boolean
  /** Bytes that the client has sent so far. */
  readonly clientBytes: () => number
  /** Nothing came from the client for two intervals after a Ping. */
  readonly onSilence: () => void
}

export interface Watch {
  /** Begins the idle time anew. */
  readonly moved: () => void
  readonly stop: () => void
}

/** The wall clock may be set on, or the machine may have slept: it is looked at this often. */
const longestLookMs = 60_000

export const startWatch = (options: WatchOptions): Watch => {
  const idle = setTimeout(options.onIdle, options.settings.idleTimeoutMs)
  const stopPings = startPings(options)
  const stopExpiry = startExpiry(options)
  return {
    moved: () => void idle.refresh(),
    stop: () => {
      clearTimeout(idle)
      stopPings()
      stopExpiry()
    },
  }
}

const startPings = (options: WatchOptions): (() => void) => {
  const { pingIntervalMs } = options.settings
  if (pingIntervalMs === 0) return () => undefined
  let seen = 0
  // Intervals since the client was heard, from the first Ping on.
  let silent = -1
  const timer = setInterval(() => {
    silent = options.clientBytes() === seen ? silent + 1 : 0
    seen = options.clientBytes()
    if (silent === 2) options.onSilence()
    else if (!options.ping()) silent = -1
  }, pingIntervalMs)
  return () => {
    clearInterval(timer)
  }
}

const startExpiry = ({ expiresAtMs, clock, onExpiry }: WatchOptions): (() => void) => {
  if (expiresAtMs === undefined) return () => undefined
  let timer: NodeJS.Timeout
  const arm = (): void => {
    const leftMs = expiresAtMs - clock.wallMs()
    timer = setTimeout(look, Math.max(0, Math.min(leftMs, longestLookMs)))
  }
  // Not yet: the wall clock has been set back, or this was but one look of many.
  const look = (): void => {
    if (clock.wallMs() >= expiresAtMs) onExpiry()
    else arm()
  }
  arm()
  return () => {
    clearTimeout(timer)
  }
}
