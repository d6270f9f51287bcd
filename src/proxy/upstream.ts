// The connections to the upstream: how many there are, which request gets one, who waits in line and
// for how long. It knows nothing of requests. undici's own queue is never used: it has no bound.
import type { Logger } from '../core/ports.ts'
import type { UpstreamSettings } from '../core/settings.ts'
import { createOpener, type Connection } from './connection.ts'
import type { Dial } from './dial.ts'
import { shuttingDown } from './failure.ts'
import { createLine, type Waiter } from './line.ts'
import { createPool } from './pool.ts'

export interface Upstream {
  /** Gives a connection if there is one, else a place in the queue, else a refusal. */
  readonly acquire: (waiter: Waiter) => void
  /** Leaves the queue. Does nothing for one that is not in it. */
  readonly forget: (waiter: Waiter) => void
  /** Gives a connection back after a whole answer. */
  readonly release: (connection: Connection) => void
  /** Closes a connection with what is under way on it, and gives its place away. */
  readonly discard: (connection: Connection) => void
  /** Closes a connection and gives a fresh one in its place. */
  readonly renew: (connection: Connection) => Connection
  /** Refuses all that wait and closes every connection. Settles when the sockets are closed. */
  readonly close: () => Promise<void>
  readonly load: () => UpstreamLoad
}

/** What is under way at the upstream. */
export interface UpstreamLoad {
  /** Requests that have a connection. */
  readonly requests: number
  /** Requests that wait for one. */
  readonly waiting: number
}

/** Makes the upstream's side. No connection is opened before it is needed. */
export const createUpstream = (settings: UpstreamSettings, log: Logger, dial?: Dial): Upstream => {
  const pool = createPool(createOpener(settings, log, dial), settings)
  const line = createLine(settings)
  let closed = false

  const serveLine = (): void => {
    while (line.length() > 0) {
      const connection = pool.take()
      if (connection === undefined) return
      line.shift()?.ready(connection)
    }
  }

  return {
    acquire: (waiter) => {
      if (closed) {
        waiter.refused(shuttingDown)
        return
      }
      const connection = pool.take()
      if (connection === undefined) line.join(waiter)
      else waiter.ready(connection)
    },
    forget: line.leave,
    // Nothing is sent or closed before the end of the callback that these are called from: undici is
    // not done with the connection, and would time the next request by the limits of this one.
    release: (connection) => {
      pool.give(connection)
      // Who comes from now on finds the connection free, and need not wait.
      if (line.length() > 0) queueMicrotask(serveLine)
    },
    discard: (connection) => {
      queueMicrotask(() => {
        pool.drop(connection)
        serveLine()
      })
    },
    renew: pool.renew,
    close: async () => {
      closed = true
      line.refuseAll(shuttingDown)
      await pool.close()
    },
    load: () => ({ requests: pool.taken(), waiting: line.length() }),
  }
}
