// The listener of external authorization: edge proxies ask what the gate would say of a request, and
// forward it themselves. Nothing is forwarded, upgraded or tunnelled here, and no body is read.
import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Clock, Recorder } from '../core/ports.ts'
import type { LimitSettings, Settings } from '../core/settings.ts'
import type { RequestLog } from '../observe/request-log.ts'
import { createAccounts } from './account.ts'
import { createClientErrors, type ClientErrors } from './client-errors.ts'
import { isServing, trackConnections } from './connections.ts'
import { createDecide, type Decide } from './decide.ts'
import type { DecisionGate } from './decision-gate.ts'
import { logDrops, type DropOptions } from './drops.ts'
import { createListener, optionsOf, setLimits } from './listener.ts'

export interface DecisionServerOptions {
  /** The gate that decides from now on; asked for with every request. */
  readonly gate: () => DecisionGate
  /** CIDRs of the edge proxies that may ask. */
  readonly trustedPeers: readonly string[]
  readonly limits: LimitSettings
  readonly apiType: Settings['apiType']
  /** CIDRs of peers that may name a request by `X-Request-Id`. */
  readonly trustedProxies: readonly string[]
  readonly recorder: Pick<Recorder, 'decisionFinished' | 'refusedEarly'>
  readonly requestLog: Pick<RequestLog, 'wants' | 'write'>
  readonly clock: Clock
  readonly log: DropOptions['log']
  /** From when it says so on, every answer ends its connection. */
  readonly draining: () => boolean
}

export interface DecisionListener {
  /** It does not listen yet; `drain` ends it. */
  readonly server: Server
  /**
   * Decides by other options from the next request on. Of the limits `maxHeaderBytes` and
   * `headersTimeoutMs` stay those it was made with.
   */
  readonly use: (options: DecisionServerOptions) => void
}

/** Makes the listener. */
export const createDecisionListener = (first: DecisionServerOptions): DecisionListener => {
  const { limits } = first
  // Nobody uploads anything here, so a whole request has the time of its head.
  const server = createListener(
    { ...optionsOf(limits), requestTimeout: limits.headersTimeoutMs },
    { tls: undefined, handshakeTimeoutMs: limits.headersTimeoutMs },
  )
  logDrops(server, first)
  const connections = trackConnections(server)
  const handlersFor = (options: DecisionServerOptions): Handlers => {
    const recorder = decisionsOnly(options.recorder)
    const accounts = createAccounts({ ...options, recorder }, connections)
    const answer: DecisionGate['refused'] = (denial, seen) => options.gate().refused(denial, seen)
    return {
      ...createClientErrors({ ...options, answer }, connections, accounts),
      decide: createDecide(options, connections, accounts),
    }
  }
  let handlers = handlersFor(first)
  setLimits(server, limits)

  const decide: Decide = (request, response) => handlers.decide(request, response)
  server.on('request', decide)
  // The body is not wanted: without `100 Continue` it does not come.
  server.on('checkContinue', decide)
  server.on('checkExpectation', decide)
  server.on('connect', (request: IncomingMessage, socket: Socket) =>
    handlers.onConnect(request, socket),
  )
  server.on('clientError', (error: Error, socket: Socket) => handlers.onClientError(error, socket))
  server.on('timeout', (socket: Socket) => {
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
  readonly decide: Decide
}

/** A decision is no request that the gate forwards: it has its time, and counts where it is refused early. */
const decisionsOnly = ({ decisionFinished, refusedEarly }: DecisionServerOptions['recorder']) => ({
  requestStarted: () => undefined,
  requestFinished: ({ totalMs }: { readonly totalMs: number }) => {
    decisionFinished(totalMs)
  },
  refusedEarly,
})
