// The accounts of the data listener: each request counted when it begins and exactly once when its
// response is closed, with its line in the log. It never changes what a client gets.
import type { IncomingMessage } from 'node:http'
import type { Decision } from '../authorize.ts'
import type { Denial, DenialCode } from '../core/denial.ts'
import type { Clock, Recorder } from '../core/ports.ts'
import type { Settings } from '../core/settings.ts'
import type { RequestLog } from '../observe/request-log.ts'
import type { Connection, Connections, OpenRequest } from './connections.ts'
import { peerAddress } from './facts.ts'
import type { GateResponse } from './gate-response.ts'
import { createRequestIds } from './request-id.ts'
import { lineOf, outcomeOf, socketLineOf, type SocketRefusal } from './request-line.ts'

export interface AccountOptions {
  readonly recorder: Pick<Recorder, 'requestStarted' | 'requestFinished' | 'refusedEarly'>
  readonly requestLog: Pick<RequestLog, 'wants' | 'write'>
  readonly clock: Clock
  /** Whose form the ids of requests have. */
  readonly apiType: Settings['apiType']
  /** CIDRs of peers that may name a request by `X-Request-Id`. */
  readonly trustedProxies: readonly string[]
  /** From when it says so on, every answer ends its connection. */
  readonly draining: () => boolean
}

export interface Accounts {
  /** Opens the account of a request. It closes by itself, with the response. */
  readonly begin: (
    request: IncomingMessage,
    response: GateResponse,
    connection: Connection,
  ) => OpenRequest
  /** Notes what was decided of a request, and when. */
  readonly decided: (open: OpenRequest, decision: Decision) => void
  /** Notes why a request is refused; counts it if it never came to a route. */
  readonly refused: (open: OpenRequest, denial: Denial) => void
  /** Counts and logs a refusal on the bare socket. */
  readonly refusedOnSocket: (refusal: SocketRefusal) => void
}

/** Status of a request whose client left before it got a head; nginx's word for it. */
const clientClosedRequest = 499

/** Refusals that belong to the listener, not to a route, as long as there is no route. */
const earlyCodes: ReadonlySet<DenialCode> = new Set([
  'request_malformed',
  'target_ambiguous',
  'peer_untrusted',
  'header_aliased',
  'headers_too_large',
  'request_timeout',
  'body_too_large',
])

/** Makes the accounts of one listener. */
export const createAccounts = (options: AccountOptions, connections: Connections): Accounts => {
  const { recorder, requestLog, clock } = options
  const openRequest = createOpening(options)

  const close = (open: OpenRequest): void => {
    const { bytesIn, bytesOut } = connections.closed(open)
    const nowMs = clock.monotonicMs()
    const totalMs = nowMs - open.startMs
    const upstreamMs = upstreamTime(open, nowMs)
    const status = statusOf(open)
    const verifyMs = open.decidedMs === undefined ? undefined : open.decidedMs - open.startMs
    recorder.requestFinished({ route: open.route, status, totalMs, upstreamMs })
    if (requestLog.wants(outcomeOf(open)))
      requestLog.write(lineOf(open, { status, verifyMs, upstreamMs, totalMs, bytesIn, bytesOut }))
  }

  /** For the `close` of a response. */
  function onClose(this: GateResponse): void {
    const { open } = this
    this.open = undefined
    if (open === undefined) return
    close(open)
    open.exchange?.carrier?.onClosed()
  }

  return {
    begin: (request, response, connection) => {
      const open = openRequest(request, response, connection)
      response.open = open
      recorder.requestStarted()
      connections.opened(open)
      // Writing to a response whose client has left is an error event, which nobody else awaits.
      response.on('error', ignore)
      response.on('close', onClose)
      return open
    },
    decided: (open, decision) => {
      open.route = decision.route
      open.decision = decision
      open.decidedMs = clock.monotonicMs()
    },
    refused: (open, denial) => {
      open.state = 'refused'
      open.denial = denial
      if (open.route === undefined && earlyCodes.has(denial.code)) {
        recorder.refusedEarly(denial.code)
      }
    },
    refusedOnSocket: (refusal) => {
      recorder.refusedEarly(refusal.denial.code)
      requestLog.write(socketLineOf(refusal))
    },
  }
}

/** Makes a request's place in the books. */
const createOpening = ({ clock, draining, ...options }: AccountOptions) => {
  const requestIdOf = createRequestIds(options.trustedProxies, options.apiType)
  return (
    request: IncomingMessage,
    response: GateResponse,
    connection: Connection,
  ): OpenRequest => ({
    request,
    response,
    connection,
    draining,
    requestId: requestIdOf(request),
    remoteAddress: peerAddress(request.socket.remoteAddress),
    atMs: clock.wallMs(),
    startMs: clock.monotonicMs(),
    facts: undefined,
    state: 'deciding',
    route: undefined,
    denial: undefined,
    decision: undefined,
    decidedMs: undefined,
    exchange: undefined,
    socketStatus: undefined,
  })
}

const statusOf = ({ response, socketStatus }: OpenRequest): number => {
  if (socketStatus !== undefined) return socketStatus
  return response.headersSent ? response.statusCode : clientClosedRequest
}

const upstreamTime = ({ exchange }: OpenRequest, nowMs: number): number => {
  if (exchange?.upstreamStartMs === undefined) return 0
  return (exchange.upstreamEndMs ?? nowMs) - exchange.upstreamStartMs
}

const ignore = (): void => undefined
