// The listener of external authorization: edge proxies ask what the gate would say of a request, and
// forward it themselves. Nothing is forwarded, upgraded or tunnelled here, and no body is read.
import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Clock, Recorder } from '../core/ports.ts'
import type { LimitSettings, Settings } from '../core/settings.ts'
import type { RequestLog } from '../observe/request-log.ts'
import { createAccounts } from './account.ts'
import { createClientErrors } from './client-errors.ts'
import { isServing, trackConnections } from './connections.ts'
import { createDecide } from './decide.ts'
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

/** Makes the listener. It does not listen yet; `drain` ends it. */
export const createDecisionServer = (options: DecisionServerOptions): Server => {
  const { limits, recorder } = options
  // Nobody uploads anything here, so a whole request has the time of its head.
  const server = createListener(
    { ...optionsOf(limits), requestTimeout: limits.headersTimeoutMs },
    { tls: undefined, handshakeTimeoutMs: limits.headersTimeoutMs },
  )
  setLimits(server, limits)
  logDrops(server, options)
  const connections = trackConnections(server)
  const accounts = createAccounts({ ...options, recorder: decisionsOnly(recorder) }, connections)
  const answer: DecisionGate['refused'] = (denial, seen) => options.gate().refused(denial, seen)
  const { onClientError, onConnect } = createClientErrors(
    { ...options, answer },
    connections,
    accounts,
  )
  const decide = createDecide(options, connections, accounts)
  server.on('request', decide)
  // The body is not wanted: without `100 Continue` it does not come.
  server.on('checkContinue', decide)
  server.on('checkExpectation', decide)
  server.on('connect', onConnect)
  server.on('clientError', onClientError)
  server.on('timeout', (socket: Socket) => {
    if (!isServing(connections.of(socket))) socket.destroy()
  })
  return server
}

/** A decision is no request that the gate forwards: it has its time, and counts where it is refused early. */
const decisionsOnly = ({ decisionFinished, refusedEarly }: DecisionServerOptions['recorder']) => ({
  requestStarted: () => undefined,
  requestFinished: ({ totalMs }: { readonly totalMs: number }) => {
    decisionFinished(totalMs)
  },
  refusedEarly,
})
