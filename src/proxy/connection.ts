// One connection to the upstream: an undici client of its own with one socket at the most, so that a
// request can be given up by closing it, without touching another. It forwards what it is given.
import type { EventEmitter } from 'node:events'
import type { Socket } from 'node:net'
import type { Dispatcher } from 'undici'
import type { Logger } from '../core/ports.ts'
import type { UpstreamSettings } from '../core/settings.ts'
import { Deadline } from './deadline.ts'
import { createDial, type Dial } from './dial.ts'
import { Client } from './undici.ts'

/** For one request at a time. It connects when it is first used, and again when that was closed. */
export interface Connection {
  /** Sends a request. Every error goes to the handler, that of a wrong argument too. */
  readonly dispatch: (request: UpstreamRequest, handler: UpstreamHandler) => void
  /** Whether the socket that is open now has had a request before. */
  readonly used: () => boolean
  /** To be called when a request is written to the socket. */
  readonly markUsed: () => void
  readonly connected: () => boolean
  /** Of the request that the connection has now. */
  readonly deadline: Deadline
  /** Ends what is under way, an attempt to connect included. Settles when the socket is closed. */
  readonly end: () => Promise<void>
}

/** What undici is asked to send. */
export type UpstreamRequest = Required<
  Pick<
    Dispatcher.DispatchOptions,
    'path' | 'method' | 'headers' | 'body' | 'headersTimeout' | 'bodyTimeout'
  >
>

/**
 * What becomes of a request. undici's older handler: its client works by it, and it alone is given
 * the header lines as they came; the newer one is a layer above that parses them.
 */
export interface UpstreamHandler {
  /** The request is about to be written. */
  readonly onConnect: () => void
  /** The first byte of an answer is there. */
  readonly onResponseStarted: () => void
  /** A head, informational ones too. False pauses the upstream until `resume`. */
  readonly onHeaders: (
    status: number,
    rawHeaders: Buffer[],
    resume: () => void,
    statusText: string,
  ) => boolean
  /** A piece of the body. False pauses as well. */
  readonly onData: (chunk: Buffer) => boolean
  readonly onComplete: () => void
  readonly onError: (error: Error) => void
}

/** Makes a connection. `onDisconnect` is called whenever its socket was closed. */
export type OpenConnection = (onDisconnect: (connection: Connection) => void) => Connection

/** Heads of answers may be this long, in bytes; undici's own default follows a flag of Node's. */
const maxHeadBytes = 65_536

/** Below the 5 s after which Node's own servers, a common upstream, close an idle connection. */
const idleConnectionMs = 4000

/** Reads the settings once. Throws for key material that OpenSSL refuses: at start-up. */
export const createOpener = (
  settings: UpstreamSettings,
  log: Logger,
  dial: Dial = createDial(settings),
): OpenConnection => {
  // In every dispatch: undici would else take the name from the client's Host header, and close the
  // connection whenever the name changes.
  const servername = settings.tls.serverName
  return (onDisconnect) => {
    let used = false
    let connected = false
    let attempt: Socket | undefined
    const deadline = new Deadline()
    const notes: Notes = { fault: undefined, flow: undefined, handler: unhandled }
    // One for all requests of the connection, as it has one at a time.
    const handler = noting(notes)

    const client = new Client(settings.origin, {
      connect: (_options, dialled) => {
        attempt = dial((...outcome) => {
          attempt = undefined
          notes.fault = undefined
          listenFirst(outcome[1], notes)
          dialled(...outcome)
        })
      },
      pipelining: 1,
      keepAliveTimeout: idleConnectionMs,
      maxHeaderSize: maxHeadBytes,
    })
    client.on('connect', () => {
      connected = true
    })
    client.on('disconnect', () => {
      connected = false
      used = false
      deadline.end()
      onDisconnect(connection)
    })
    // What a handler throws ends here; without a listener it would end the process.
    const emitter: EventEmitter = client
    emitter.on('error', (error: unknown) => {
      log.error({ err: error }, 'a failure of the upstream could not be answered')
    })

    const connection: Connection = {
      dispatch: (request, next) => {
        notes.handler = next
        client.dispatch(withServerName(request, servername), handler)
      },
      used: () => used,
      markUsed: () => {
        used = true
      },
      connected: () => connected,
      deadline,
      end: async () => {
        deadline.end()
        attempt?.destroy()
        await client.destroy()
      },
    }
    return connection
  }
}

/** Written out: a copy by spreading takes several times as long, and there is one for each request. */
const withServerName = (
  { path, method, headers, body, headersTimeout, bodyTimeout }: UpstreamRequest,
  servername: string,
): Dispatcher.DispatchOptions & { readonly servername: string } => ({
  path,
  method,
  headers,
  body,
  headersTimeout,
  bodyTimeout,
  servername,
})

interface Notes {
  /** Of the socket, if it broke. */
  fault: Error | undefined
  /** Makes the answer that was begun last flow again; of no effect when it does. */
  flow: (() => void) | undefined
  /** Of the request that the connection has now, or had last. */
  handler: UpstreamHandler
}

/** Before the first request, when nothing can come. */
const unhandled: UpstreamHandler = {
  onConnect: () => undefined,
  onResponseStarted: () => undefined,
  onHeaders: () => false,
  onData: () => false,
  onComplete: () => undefined,
  onError: () => undefined,
}

/**
 * Listens before undici does. For errors: see `noting`. For the end: undici 7 must not be paused then,
 * as it throws where nobody can catch it (nodejs/undici#5360); what is left is only what it has read.
 */
const listenFirst = (socket: Socket | null | undefined, notes: Notes): void => {
  socket?.once('end', () => notes.flow?.())
  socket?.once('error', (error) => {
    notes.fault = error
  })
}

/** undici takes a reset for the end of a body that has no length; it may as well be its middle. */
const noting = (notes: Notes): UpstreamHandler => ({
  onConnect: () => {
    notes.handler.onConnect()
  },
  onResponseStarted: () => {
    notes.handler.onResponseStarted()
  },
  onHeaders: (status, rawHeaders, resume, statusText) => {
    notes.flow = resume
    return notes.handler.onHeaders(status, rawHeaders, resume, statusText)
  },
  onData: (chunk) => notes.handler.onData(chunk),
  onComplete: () => {
    if (notes.fault === undefined) notes.handler.onComplete()
    else notes.handler.onError(notes.fault)
  },
  onError: (error) => {
    notes.handler.onError(error)
  },
})
