// What is under way on each socket of a server: which requests are open, whether anything more may
// be served there, whether it is idle. It keeps the books; it judges and answers nothing.
import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Decision } from '../authorize.ts'
import type { Denial } from '../core/denial.ts'
import type { RequestFacts } from '../core/request.ts'
import type { Route } from '../core/route.ts'
import type { Exchange } from '../proxy/exchange.ts'
import type { GateResponse } from './gate-response.ts'
import { isTls, readyEvent } from './listener.ts'

/** A request from its head until its response is closed, one way or another. */
export interface OpenRequest {
  readonly request: IncomingMessage
  readonly response: GateResponse
  /** What it came on. */
  readonly connection: Connection
  /** From when it says so on, every answer ends its connection. */
  readonly draining: () => boolean
  readonly requestId: string
  /** The peer's; '' once it is gone. */
  readonly remoteAddress: string
  /** When it came: milliseconds since the epoch. */
  readonly atMs: number
  /** The same on the monotonic clock. */
  readonly startMs: number
  /** Undefined until its head was found good. */
  facts: RequestFacts | undefined
  /** `refused` once the gate has answered by itself. */
  state: 'deciding' | 'forwarding' | 'refused'
  route: Route | undefined
  denial: Denial | undefined
  /** Undefined until there is one. */
  decision: Decision | undefined
  /** When it was made, on the clock of durations; undefined until then. */
  decidedMs: number | undefined
  /** Present once the request was handed to the forwarder. */
  exchange: Exchange | undefined
  /** Status of an answer that was written to the bare socket. */
  socketStatus: number | undefined
}

export interface Connection {
  /** In the order of arrival, which is the order of the answers. */
  readonly open: Set<OpenRequest>
  /** The last one to arrive. */
  newest: OpenRequest | undefined
  /** Once set, requests that still arrive are not served: RFC 9112 §9.6. */
  closing: boolean
  /** Whether the connection has left HTTP; it is then never idle. */
  upgraded: boolean
  /** `socket.bytesRead` when a request was last closed: what came before is dealt with. */
  idleSince: number
  /** `socket.bytesWritten` at the same time. */
  writtenBefore: number
}

/** Bytes of a request and of its answer, heads included; in TLS what was encrypted. */
export interface Transferred {
  readonly bytesIn: number
  readonly bytesOut: number
}

export interface Connections {
  readonly of: (socket: Socket) => Connection
  /** Connections that are not closed, those in a TLS handshake too. */
  readonly count: () => number
  readonly opened: (open: OpenRequest) => void
  /** Gives what was read and written on its connection since the request before. */
  readonly closed: (open: OpenRequest) => Transferred
  /** Ends the connections on which nothing was asked since the last answer, or ever: handshakes too. */
  readonly endIdle: () => void
  /** Cuts every connection, those that have left HTTP too. */
  readonly cutAll: () => void
}

const tracked = new WeakMap<Server, Connections>()

/** Keeps the books of a server from now on, until it is gone. Call it before the server listens. */
export const trackConnections = (server: Server): Connections => {
  const sockets = new Map<Socket, Connection>()
  const handshakes = trackHandshakes(server)
  // A socket that is gone has no books any more; what is still noted for it is forgotten.
  const of = (socket: Socket): Connection => sockets.get(socket) ?? newConnection()

  server.on(readyEvent(server), (socket: Socket) => {
    handshakes.delete(peerKey(socket))
    // Given back to the server after an upgrade that was not taken.
    if (sockets.has(socket)) return
    const connection = newConnection()
    sockets.set(socket, connection)
    // Node listens too, but only for the first error, and not after an upgrade; another one must not
    // end the process. A record that cannot be read is an error of TLS and does not close by itself.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      // Next tick: Node itself first tells the response that was being written.
      queueMicrotask(() => {
        abandon(connection)
        sockets.delete(socket)
      })
    })
  })

  const connections: Connections = {
    of,
    count: () => sockets.size + handshakes.size,
    opened: (open) => {
      const { connection } = open
      connection.open.add(open)
      connection.newest = open
    },
    closed: (open) => {
      const { connection } = open
      connection.open.delete(open)
      const { bytesRead, bytesWritten } = open.request.socket
      const { idleSince, writtenBefore } = connection
      connection.idleSince = bytesRead
      connection.writtenBefore = bytesWritten
      return { bytesIn: bytesRead - idleSince, bytesOut: bytesWritten - writtenBefore }
    },
    endIdle: () => {
      for (const socket of handshakes.values()) socket.destroy()
      for (const [socket, connection] of sockets) {
        const idle = connection.open.size === 0 && socket.bytesRead === connection.idleSince
        if (idle && !connection.upgraded) socket.destroySoon()
      }
    },
    cutAll: () => {
      for (const socket of [...handshakes.values(), ...sockets.keys()]) socket.destroy()
    },
  }
  tracked.set(server, connections)
  return connections
}

/**
 * Whether a request waits for its answer, by the first one alone: behind an answer that is not taken,
 * the others wait for their turn.
 */
export const isServing = ({ open }: Connection): boolean => {
  const [first] = open
  return first !== undefined && first.state !== 'refused'
}

/** The books of a server; undefined when none are kept. */
export const connectionsOf = (server: Server): Connections | undefined => tracked.get(server)

/**
 * The TCP connections of a server whose TLS handshake is not over, by their ends: Node has no way from
 * the one socket to the other. Empty for a server without TLS.
 */
const trackHandshakes = (server: Server): Map<string, Socket> => {
  const handshakes = new Map<string, Socket>()
  if (!isTls(server)) return handshakes
  server.on('connection', (socket: Socket) => {
    const key = peerKey(socket)
    handshakes.set(key, socket)
    socket.on('close', () => {
      // The same ends may belong to a later connection.
      if (handshakes.get(key) === socket) handshakes.delete(key)
    })
  })
  return handshakes
}

const peerKey = ({ remoteAddress, remotePort, localAddress }: Socket): string =>
  [remoteAddress, remotePort, localAddress].join()

const newConnection = (): Connection => ({
  open: new Set(),
  newest: undefined,
  closing: false,
  upgraded: false,
  idleSince: 0,
  writtenBefore: 0,
})

/** A response still queued behind another never hears from Node that its socket is gone. */
const abandon = (connection: Connection): void => {
  for (const { response } of connection.open) {
    if (response.closed) continue
    response.destroy()
    response.emit('close')
  }
}
