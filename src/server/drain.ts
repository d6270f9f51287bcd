// Ends a data listener without losing a request: first others get time to notice, then nothing new
// is taken, then what is under way gets time to end. Who is told to stay away is not decided here.
import type { Server } from 'node:http'
import { Server as NetServer } from 'node:net'
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { connectionsOf } from './connections.ts'

export interface DrainOptions {
  /** Made by `createDataListener` or `createDecisionListener`. */
  readonly server: Server
  /** How long connections are still accepted, for balancers to notice that the gate is not ready. */
  readonly drainDelayMs: number
  /** Called after the delay: WebSockets have to be told to end. */
  readonly closeWebSockets: () => void
  /** How long requests under way then have to end. */
  readonly graceMs: number
}

/** How often connections are looked at for having become idle, in milliseconds. */
const sweepMs = 20

/** Drains the listener. Resolves when its last connection is gone; `cut` counts those cut off. */
export const drain = async (options: DrainOptions): Promise<{ readonly cut: number }> => {
  const { server } = options
  if (options.drainDelayMs > 0) await sleep(options.drainDelayMs)

  const closed = new Promise<void>((resolve) => {
    // Not server.close(): Node then also cuts connections whose response is ended but not yet sent.
    NetServer.prototype.close.call(server, () => {
      resolve()
    })
  })
  const connections = connectionsOf(server)
  options.closeWebSockets()
  const endIdle = (): void => connections?.endIdle()
  endIdle()
  const sweep = setInterval(endIdle, sweepMs)
  const grace = new AbortController()
  const late = sleep(options.graceMs, true, { signal: grace.signal }).catch(() => false)
  const cutOff = await Promise.race([closed.then(() => false), late])
  grace.abort()
  clearInterval(sweep)

  const cut = cutOff ? await countConnections(server) : 0
  server.closeAllConnections()
  // Node has forgotten those that have left HTTP.
  connections?.cutAll()
  await closed
  // A server counts as closed before its sockets do, and it is with them that requests are accounted.
  do await nextTurn()
  while (connections !== undefined && connections.count() > 0)
  // Only for what else Node's own close ends: its timer that looks for late heads.
  server.close()
  return { cut }
}

const countConnections = (server: Server): Promise<number> =>
  new Promise((resolve) => {
    server.getConnections((_error, count) => {
      resolve(count)
    })
  })
