// The connections that there are, and which of them are free. It gives and takes them; it does not
// know who wants one.
import type { UpstreamSettings } from '../core/settings.ts'
import type { Connection, OpenConnection } from './connection.ts'

export interface Pool {
  /** A free connection, or a new one; undefined when there are as many as there may be. */
  readonly take: () => Connection | undefined
  /** Takes a connection back. */
  readonly give: (connection: Connection) => void
  /** Closes a connection, with what is under way on it, and frees its place. */
  readonly drop: (connection: Connection) => void
  /** Closes a connection and gives a fresh one in its place. */
  readonly renew: (connection: Connection) => Connection
  /** Closes all. Settles when their sockets are closed. */
  readonly close: () => Promise<void>
  /** Connections that are taken. */
  readonly taken: () => number
}

/** Makes the pool. No connection is opened before it is needed. */
export const createPool = (
  open: OpenConnection,
  { maxConnections }: Pick<UpstreamSettings, 'maxConnections'>,
): Pool => {
  const all = new Set<Connection>()
  // Last in, first out, so that what a quiet hour does not need goes idle and is closed.
  const free: Connection[] = []

  const create = (): Connection => {
    const connection = open((closed) => {
      const index = free.indexOf(closed)
      if (index === -1) return
      free.splice(index, 1)
      all.delete(closed)
    })
    all.add(connection)
    return connection
  }

  const drop = (connection: Connection): void => {
    if (all.delete(connection)) void connection.end()
  }

  return {
    take: () => free.pop() ?? (all.size < maxConnections ? create() : undefined),
    give: (connection) => {
      if (connection.connected()) free.push(connection)
      else drop(connection)
    },
    drop,
    renew: (connection) => {
      drop(connection)
      return create()
    },
    close: async () => {
      await Promise.all([...all].map((connection) => connection.end()))
    },
    taken: () => all.size - free.length,
  }
}
