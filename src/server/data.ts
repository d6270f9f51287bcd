// The listener that takes traffic: Node's HTTP server with its limits set and its events wired. It
// holds no logic of its own; one request's way is serve.ts.
import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import type { LimitSettings, ListenTls } from '../core/settings.ts'
import { createAccounts, type AccountOptions } from './account.ts'
import { createClientErrors, type ClientErrors } from './client-errors.ts'
import type { Forward } from '../proxy/forward.ts'
import { isServing, trackConnections } from './connections.ts'
import { logDrops, logFailedHandshakes, type DropOptions } from './drops.ts'
import { readFacts } from './facts.ts'
import { createListener, optionsOf, setLimits } from './listener.ts'
import { createServe, type Serve, type ServeOptions } from './serve.ts'
import { createUpgrade, isUpgradeTaken, type OnUpgrade } from './upgrade.ts'

export type DataServerOptions = Omit<ServeOptions, 'readFacts'> &
  AccountOptions &
  Pick<DropOptions, 'log'> & {
    readonly limits: LimitSettings
    /** Undefined speaks plain HTTP. */
    readonly tls: ListenTls | undefined
    /** What takes permitted WebSocket handshakes. */
    readonly openWebSocket: Forward
  }

export interface DataListener {
  /** It does not listen yet; `drain` ends it. */
  readonly server: Server
  /**
   * Serves by other options from the next request on; requests under way keep those they began with.
   * `tls`, and of the limits `maxHeaderBytes` and `headersTimeoutMs`, stay those it was made with.
   */
  readonly use: (options: DataServerOptions) => void
}

/** Makes the data listener. */
export const createDataListener = (first: DataServerOptions): DataListener => {
  const { limits } = first
  const server = createListener(
    // A bound on the whole request would end long uploads; the forwarder bounds the time between two
    // pieces of a body instead.
    { ...isUpgradeTaken, ...optionsOf(limits), requestTimeout: 0 },
    { tls: first.tls, handshakeTimeoutMs: limits.headersTimeoutMs },
  )
  logDrops(server, first)
  logFailedHandshakes(server, first)

  const connections = trackConnections(server)
  const handlersFor = (options: DataServerOptions): Handlers => {
    const accounts = createAccounts(options, connections)
    const serveOptions = { ...options, readFacts }
    return {
      ...createClientErrors(options, connections, accounts),
      serve: createServe(serveOptions, connections, accounts),
      onUpgrade: createUpgrade({ ...serveOptions, server }, connections, accounts),
    }
  }
  let handlers = handlersFor(first)
  setLimits(server, limits)

  const serve: Serve = (request, response) => handlers.serve(request, response)
  server.on('request', serve)
  // The forwarder sends `100 Continue` once the request is permitted.
  server.on('checkContinue', serve)
  // An expectation that we do not know may be ignored: RFC 9110 §10.1.1.
  server.on('checkExpectation', serve)
  server.on('upgrade', (...event: Parameters<OnUpgrade>) => handlers.onUpgrade(...event))
  server.on('connect', (request: IncomingMessage, socket: Socket) =>
    handlers.onConnect(request, socket),
  )
  server.on('clientError', (error: Error, socket: Socket) => handlers.onClientError(error, socket))
  server.on('timeout', (socket: Socket) => {
    // Nothing moved: the client is idle, or does not take its answers. While the answer that is due
    // is the forwarder's, the time-outs are its own.
    if (!isServing(connections.of(socket))) socket.destroy()
  })
  return {
    server,
    use: (options) => {
      handlers = handlersFor(options)
      setLimits(server, options.limits)
    },
  }
}

/** What answers the events of the server. */
interface Handlers extends ClientErrors {
  readonly serve: Serve
  readonly onUpgrade: OnUpgrade
}
