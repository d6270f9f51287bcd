// What the forwarder is handed of one request and its response. Types only: the server makes one
// for every permitted request, forward.ts works through it.
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Denial } from '../core/denial.ts'
import type { RequestFacts } from '../core/request.ts'

/** One request and the response that is owed for it. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly facts: RequestFacts
  /** Sent to the upstream as `X-Request-Id`. */
  readonly requestId: string
  /** Answers with a refusal. Only before the response head has been written. Never throws. */
  readonly refuse: (denial: Denial) => void
  /** Says CORS anew in the header lines of the upstream's answer; undefined leaves them as they are. */
  readonly dress: ((lines: readonly string[]) => string[]) | undefined
  /** Set by the forwarder when the request is on its way; undefined before that. */
  carrier: Carrier | undefined
  /** `clock.monotonicMs()` when the request was handed to the upstream; undefined before that. */
  upstreamStartMs: number | undefined
  /** `clock.monotonicMs()` when its last byte was back, or when it failed; undefined before that. */
  upstreamEndMs: number | undefined
}

/** What is told of the end of a response by whoever serves it. */
export interface Carrier {
  /** The response was closed, whole or not; called once. */
  readonly onClosed: () => void
}

/** How long the upstream had the request; both ends must have been noted. */
export const upstreamMs = ({ upstreamStartMs = 0, upstreamEndMs = 0 }: Exchange): number =>
  upstreamEndMs - upstreamStartMs
