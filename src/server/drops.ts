// Connections beyond `limits.maxConnections`: Node closes them before there is anything to answer, so
// the log is all that tells of them. Bounded, as a flood of connections must not be a flood of lines.
import type { Server } from 'node:http'
import type { Clock, Logger } from '../core/ports.ts'

export interface DropOptions {
  readonly log: Pick<Logger, 'warn'>
  readonly clock: Pick<Clock, 'monotonicMs'>
}

/** At most one line in this time. */
const quietMs = 1000

/**
 * Logs the connections that a server drops: the first one at once, those of the next second with the
 * first one after it. No timer runs.
 */
export const logDrops = (server: Server, { log, clock }: DropOptions): void => {
  let dropped = 0
  let nextMs = -Infinity
  server.on('drop', () => {
    dropped += 1
    const nowMs = clock.monotonicMs()
    if (nowMs < nextMs) return
    log.warn(
      { dropped, maxConnections: server.maxConnections },
      'client connections closed at once',
    )
    dropped = 0
    nextMs = nowMs + quietMs
  })
}
