// The listener that takes traffic: Node's HTTP server with its limits set and its events wired. It
// holds no logic of its own; one request's way is serve.ts.
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { LimitSettings, ListenTls } from '../core/settings.ts'
import { createAccounts, type AccountOptions } from './account.ts'
import { createClientErrors } from './client-errors.ts'
import type { Forward } from '../proxy/forward.ts'
import { isServing, trackConnections } from './connections.ts'
import { logDrops, logFailedHandshakes, type DropOptions } from './drops.ts'
import { readFacts } from './facts.ts'
import { createListener, optionsOf, setLimits } from './listener.ts'
import { createServe, type ServeOptions } from './serve.ts'
import { createUpgrade, isUpgradeTaken } from './upgrade.ts'

export type DataServerOptions = Omit<ServeOptions, 'readFacts'> &
  AccountOptions &
  Pick<DropOptions, 'log'> & {
    readonly limits: LimitSettings
    /** Undefined speaks plain HTTP. */
    readonly tls: ListenTls | undefined
    /** What takes permitted WebSocket handshakes. */
    readonly openWebSocket: Forward
  }

/** Makes the data listener. It does not listen yet; `drain` ends it. */
export const createDataServer = (options: DataServerOptions): Server => {
  const { limits } = options
  const server = createListener(
    // A bound on the whole request would end long uploads; the forwarder bounds the time between two
    // pieces of a body instead.
    { ...isUpgradeTaken, ...optionsOf(limits), requestTimeout: 0 },
    { tls: options.tls, handshakeTimeoutMs: limits.headersTimeoutMs },
  )
  setLimits(server, limits)
  logDrops(server, options)
  logFailedHandshakes(server, options)

  const connections = trackConnections(server)
  const accounts = createAccounts(options, connections)
  const serveOptions = { ...options, readFacts }
  const serve = createServe(serveOptions, connections, accounts)
  const { onClientError, onConnect } = createClientErrors(options, connections, accounts)
  server.on('request', serve)
  // The forwarder sends `100 Continue` once the request is permitted.
  server.on('checkContinue', serve)
  // An expectation that we do not know may be ignored: RFC 9110 §10.1.1.
  server.on('checkExpectation', serve)
  server.on('upgrade', createUpgrade({ ...serveOptions, server }, connections, accounts))
  server.on('connect', onConnect)
  server.on('clientError', onClientError)
  server.on('timeout', (socket: Socket) => {
    // Nothing moved: the client is idle, or does not take its answers. While the answer that is due
    // is the forwarder's, the time-outs are its own.
    if (!isServing(connections.of(socket))) socket.destroy()
  })
  return server
}
