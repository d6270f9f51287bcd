// The accounts of the data listener: each request counted when it begins and exactly once when its
// response is closed, with its line in the log. It never changes what a client gets.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Denial, DenialCode } from '../core/denial.ts'
import type { Clock, Recorder } from '../core/ports.ts'
import type { Settings } from '../core/settings.ts'
import type { RequestLine, RequestLog } from '../observe/request-log.ts'
import type { Connections, OpenRequest } from './connections.ts'
import { peerAddress } from './facts.ts'
import { createRequestIds } from './request-id.ts'

export interface AccountOptions {
  readonly recorder: Pick<Recorder, 'requestStarted' | 'requestFinished' | 'refusedEarly'>
  readonly requestLog: Pick<RequestLog, 'write'>
  readonly clock: Clock
  /** Whose form the ids of requests have. */
  readonly apiType: Settings['apiType']
  /** CIDRs of peers that may name a request by `X-Request-Id`. */
  readonly trustedProxies: readonly string[]
}

/** A refusal of something that never became a request of Node's. */
export interface SocketRefusal {
  readonly socket: Socket
  readonly requestId: string
  /** `-` when no method was read. */
  readonly method: string
  readonly status: number
  readonly denial: Denial
}

export interface Accounts {
  /** Opens the account of a request. It closes by itself, with the response. */
  readonly begin: (request: IncomingMessage, response: ServerResponse) => OpenRequest
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
  const requestIdOf = createRequestIds(options.trustedProxies, options.apiType)

  const close = (open: OpenRequest, startMs: number, remoteAddress: string): void => {
    connections.closed(open)
    const nowMs = clock.monotonicMs()
    const totalMs = nowMs - startMs
    const upstreamMs = upstreamTime(open, nowMs)
    const status = statusOf(open)
    recorder.requestFinished({ route: open.route, status, totalMs, upstreamMs })
    requestLog.write({ ...describe(open), remoteAddress, status, totalMs, upstreamMs })
  }

  return {
    begin: (request, response) => {
      const remoteAddress = peerAddress(request.socket.remoteAddress)
      const startMs = clock.monotonicMs()
      const ids = { requestId: requestIdOf(request), atMs: clock.wallMs() }
      const open = newOpenRequest(request, response, ids)
      recorder.requestStarted()
      connections.opened(open)
      // Writing to a response whose client has left is an error event, which nobody else awaits.
      response.on('error', ignore)
      response.once('close', () => {
        close(open, startMs, remoteAddress)
      })
      return open
    },
    refused: (open, denial) => {
      open.state = 'refused'
      open.denial = denial
      if (open.route === undefined && earlyCodes.has(denial.code)) {
        recorder.refusedEarly(denial.code)
      }
    },
    refusedOnSocket: ({ socket, requestId, method, status, denial }) => {
      recorder.refusedEarly(denial.code)
      requestLog.write({
        requestId,
        method,
        route: 'none',
        status,
        denial: denial.code,
        cause: denial.cause,
        remoteAddress: peerAddress(socket.remoteAddress),
        totalMs: 0,
        upstreamMs: 0,
        authorizer: undefined,
      })
    },
  }
}

const newOpenRequest = (
  request: IncomingMessage,
  response: ServerResponse,
  ids: Pick<OpenRequest, 'requestId' | 'atMs'>,
): OpenRequest => ({
  request,
  response,
  ...ids,
  facts: undefined,
  state: 'deciding',
  route: undefined,
  denial: undefined,
  exchange: undefined,
  socketStatus: undefined,
})

/** What the log tells of a request, whatever became of it. */
const describe = (
  open: OpenRequest,
): Pick<RequestLine, 'requestId' | 'method' | 'route' | 'denial' | 'cause' | 'authorizer'> => {
  const { requestId, request, facts, route, denial } = open
  return {
    requestId,
    // Of a decision, that of the request which it is about.
    method: facts?.method ?? (request.method as string),
    route: route?.label ?? 'none',
    denial: denial?.code,
    cause: denial?.cause,
    authorizer: route?.access.kind === 'token' ? route.access.authorizer : undefined,
  }
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
