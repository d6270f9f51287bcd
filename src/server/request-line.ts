// What the log tells of a request. It gathers; which lines are written is observe/request-log.ts.
import type { Socket } from 'node:net'
import type { Decision } from '../authorize.ts'
import type { Denial } from '../core/denial.ts'
import { subjectIn } from '../core/identity.ts'
import { unmatchedRoute } from '../core/route.ts'
import { traceIdIn } from '../core/trace-context.ts'
import type { LineOutcome, RequestLine } from '../observe/request-log.ts'
import type { OpenRequest } from './connections.ts'
import { peerAddress } from './facts.ts'

/** A refusal of something that never became a request of Node's. */
export interface SocketRefusal {
  readonly socket: Socket
  readonly requestId: string
  /** `-` when no method was read. */
  readonly method: string
  readonly status: number
  readonly denial: Denial
}

/** What was measured of a request; durations in milliseconds. */
export type Measured = Pick<
  RequestLine,
  'status' | 'verifyMs' | 'upstreamMs' | 'totalMs' | 'bytesIn' | 'bytesOut'
>

/** By which the log decides whether it wants the line. */
export const outcomeOf = ({ denial, decision }: OpenRequest): LineOutcome => ({
  denial: denial?.code,
  wouldDeny: decision?.kind === 'reported' ? decision.denial.code : undefined,
})

/** What the log tells of a request, whatever became of it. */
export const lineOf = (open: OpenRequest, measured: Measured): RequestLine => {
  const { request, facts, route, denial, decision } = open
  return {
    requestId: open.requestId,
    traceId: traceIdIn(request.rawHeaders),
    // Of a decision, that of the request which it is about.
    method: facts?.method ?? (request.method as string),
    route: route?.label ?? 'none',
    template: route === undefined || route === unmatchedRoute ? undefined : route.path,
    status: measured.status,
    ...outcomeOf(open),
    cause: denial?.cause,
    authorizer: route?.access.kind === 'token' ? route.access.authorizer : undefined,
    subject: subjectOf(decision),
    remoteAddress: open.remoteAddress,
    verifyMs: measured.verifyMs,
    upstreamMs: measured.upstreamMs,
    totalMs: measured.totalMs,
    bytesIn: measured.bytesIn,
    bytesOut: measured.bytesOut,
  }
}

/** Of something whose head was never read whole. */
export const socketLineOf = ({
  socket,
  requestId,
  method,
  status,
  denial,
}: SocketRefusal): RequestLine => ({
  requestId,
  traceId: undefined,
  method,
  route: 'none',
  template: undefined,
  status,
  denial: denial.code,
  wouldDeny: undefined,
  cause: denial.cause,
  authorizer: undefined,
  subject: undefined,
  remoteAddress: peerAddress(socket.remoteAddress),
  verifyMs: undefined,
  upstreamMs: 0,
  totalMs: 0,
  bytesIn: socket.bytesRead,
  bytesOut: socket.bytesWritten,
})

const subjectOf = (decision: Decision | undefined): string | undefined => {
  if (decision?.kind !== 'authorized') return decision?.subject
  return decision.identity && subjectIn(decision.identity)
}
