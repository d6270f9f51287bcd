// One permitted request on its way to the upstream, and the answer on its way back: a small state
// machine between Node's server and undici. Whatever happens, it ends exactly once.
import type { Permit } from '../authorize.ts'
import type { Clock, LogFields, Logger, Recorder } from '../core/ports.ts'
import type { LimitSettings, UpstreamSettings } from '../core/settings.ts'
import type { Connection, UpstreamHandler } from './connection.ts'
import { isSecure } from './dial.ts'
import { upstreamMs, type Exchange } from './exchange.ts'
import { brokenAnswer, classifyFailure, noAnswerIn, type Failure } from './failure.ts'
import type { Waiter } from './line.ts'
import { createRelay, type Relay, type UpstreamHead } from './relay.ts'
import { createRequestBody, type RequestBody } from './request-body.ts'
import type { RequestHead } from './request-head.ts'
import { writeEarlyHints } from './response.ts'
import type { Upstream } from './upstream.ts'

/** What all deliveries share. */
export interface DeliveryContext {
  readonly upstream: Upstream
  readonly settings: UpstreamSettings
  readonly limits: Pick<LimitSettings, 'maxBodyBytes' | 'bodyIdleTimeoutMs'>
  readonly clock: Clock
  readonly recorder: Pick<Recorder, 'upstreamFinished' | 'upstreamFailed' | 'upstreamRetried'>
  readonly log: Logger
}

/** What one delivery is about. */
export interface Shipment {
  readonly permit: Permit
  readonly exchange: Exchange
  readonly head: RequestHead
}

/**
 * Begins a delivery. The client must still be there, and its response must have its socket: else
 * nobody would be told when the client leaves.
 */
export const startDelivery = (context: DeliveryContext, shipment: Shipment): void => {
  const delivery: Delivery = {
    context,
    ...shipment,
    relay: createRelay(shipment.exchange, {
      stallTimeoutMs: context.settings.idleTimeoutMs,
      onStall: () => {
        stalled(delivery)
      },
    }),
    waiter: {
      ready: (connection) => send(delivery, connection),
      refused: (failure) => fail(delivery, failure),
    },
    attempt: undefined,
    continued: false,
    retried: false,
    ended: false,
  }
  // Closed after a whole answer, too: then there is nothing left to abandon.
  shipment.exchange.response.once('close', () => abandon(delivery))
  context.upstream.acquire(delivery.waiter)
}

interface Delivery extends Shipment {
  readonly context: DeliveryContext
  readonly relay: Relay
  readonly waiter: Waiter
  /** The latest one; undefined as long as the request waits for a connection. */
  attempt: Attempt | undefined
  /** Whether the client was told to send its body. */
  continued: boolean
  retried: boolean
  ended: boolean
}

/** One dispatch on one connection. */
interface Attempt {
  readonly connection: Connection
  /** Undefined when there is nothing to send. */
  body: RequestBody | undefined
  /** Whether the socket has had a request before this one. */
  reused: boolean
  /** Whether undici has taken the request to the socket. */
  sent: boolean
  /** Whether a byte of an answer was seen. */
  answered: boolean
  /** Runs from the moment the request is whole until the head of its answer is there. */
  answerTimer: NodeJS.Timeout | undefined
}

const send = (delivery: Delivery, connection: Connection): void => {
  const { exchange, permit, head, context } = delivery
  const { settings, clock } = context
  const attempt: Attempt = {
    connection,
    body: undefined,
    reused: connection.used(),
    sent: false,
    answered: false,
    answerTimer: undefined,
  }
  if (hasBytes(exchange)) attempt.body = createBody(delivery, attempt)
  delivery.attempt = attempt
  exchange.upstreamStartMs ??= clock.monotonicMs()
  connection.dispatch(
    {
      path: `${settings.pathPrefix}${permit.target.path}${permit.query}`,
      method: exchange.facts.method,
      headers: head.headers,
      body: attempt.body?.stream ?? null,
      headersTimeout: responseTimeoutOf(delivery),
      bodyTimeout: settings.idleTimeoutMs,
    },
    createHandler(delivery, attempt),
  )
}

const hasBytes = ({ facts }: Exchange): boolean => facts.hasBody && facts.contentLength !== 0

const responseTimeoutOf = ({ permit, context }: Delivery): number =>
  permit.route.responseTimeoutMs ?? context.settings.responseTimeoutMs

const createBody = (delivery: Delivery, attempt: Attempt): RequestBody => {
  const { exchange, head } = delivery
  const { limits } = delivery.context
  return createRequestBody(exchange.request, {
    maxBytes: limits.maxBodyBytes,
    idleTimeoutMs: limits.bodyIdleTimeoutMs,
    onStart: () => {
      if (!head.expectsContinue || delivery.continued || exchange.facts.httpVersion === '1.0')
        return
      delivery.continued = true
      exchange.response.writeContinue()
    },
    onEnd: () => {
      awaitAnswer(delivery, attempt)
    },
    onFault: (denial) => fail(delivery, { denial, kind: undefined }),
  })
}

const createHandler = (delivery: Delivery, attempt: Attempt): UpstreamHandler => {
  const { relay } = delivery
  return {
    onConnect: () => {
      attempt.sent = true
      attempt.reused = attempt.connection.used()
      attempt.connection.markUsed()
      if (attempt.body === undefined) awaitAnswer(delivery, attempt)
    },
    onResponseStarted: () => {
      attempt.answered = true
    },
    onHeaders: (status, rawHeaders, resume, statusText) => {
      if (delivery.ended) return false
      const failure =
        status < 200
          ? inform(delivery, status, rawHeaders)
          : answer(delivery, attempt, { status, statusText, rawHeaders, resume })
      if (failure !== undefined) fail(delivery, failure)
      return failure === undefined
    },
    onData: (chunk) => !delivery.ended && relay.write(chunk),
    onComplete: () => {
      if (!delivery.ended) succeed(delivery, attempt)
    },
    onError: (error) => {
      if (!delivery.ended) interrupted(delivery, attempt, error)
    },
  }
}

/**
 * Starts the time-out for the head of the answer. undici has one too, which covers an upstream that
 * does not take a body, but it is late by up to a second, and every informational answer renews it.
 */
const awaitAnswer = (delivery: Delivery, attempt: Attempt): void => {
  if (delivery.relay.begun()) return
  const ms = responseTimeoutOf(delivery)
  attempt.answerTimer = setTimeout(() => fail(delivery, noAnswerIn(ms)), ms)
}

const answer = ({ relay }: Delivery, attempt: Attempt, head: UpstreamHead): Failure | undefined => {
  clearTimeout(attempt.answerTimer)
  return relay.begin(head)
}

const inform = (
  { exchange }: Delivery,
  status: number,
  rawHeaders: readonly Buffer[],
): Failure | undefined => {
  // The client's Upgrade was not passed on, so there is nothing to switch to; below 100 is no status.
  if (status < 102) return brokenAnswer(`the upstream answered with status ${status}`)
  if (status === 103) writeEarlyHints(exchange, rawHeaders)
  return undefined
}

/** The upstream's side ended before the answer did. */
const interrupted = (delivery: Delivery, attempt: Attempt, error: Error): void => {
  const { relay, context } = delivery
  // A 304 may state the length of what it does not carry; undici then misses the bytes.
  if (relay.bodiless()) {
    succeed(delivery, attempt)
    return
  }
  const connected = attempt.sent || attempt.reused
  const failure = classifyFailure(error, { connected, secure: isSecure(context.settings.origin) })
  if (failure.kind === 'reset' && mayRetry(delivery, attempt)) retry(delivery, attempt)
  else fail(delivery, failure)
}

/** RFC 9110 §9.2.2; TRACE is not sent on. */
const idempotentMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])

/**
 * Whether the upstream closed an idle connection just as the request was sent on it (RFC 9112
 * §9.3.1). Sent again is what did not leave, or what may be done twice and had no body to lose.
 */
const mayRetry = ({ exchange, retried }: Delivery, attempt: Attempt): boolean => {
  if (retried || !attempt.reused || attempt.answered) return false
  const { body, sent } = attempt
  if (!sent) return true
  // undici writes the head with the first bytes of the body, or with its end.
  return body === undefined ? idempotentMethods.has(exchange.facts.method) : body.untouched()
}

const retry = (delivery: Delivery, attempt: Attempt): void => {
  delivery.retried = true
  delivery.context.recorder.upstreamRetried()
  clearTimeout(attempt.answerTimer)
  attempt.body?.detach()
  // Later, since undici is still busy with the connection that failed.
  queueMicrotask(() => {
    if (!delivery.ended) send(delivery, delivery.context.upstream.renew(attempt.connection))
  })
}

const succeed = (delivery: Delivery, attempt: Attempt): void => {
  end(delivery)
  const { upstream, recorder } = delivery.context
  upstream.release(attempt.connection)
  recorder.upstreamFinished(upstreamMs(delivery.exchange))
  delivery.relay.end()
}

/** Refuses the request, or breaks off the answer that was begun. */
const fail = (delivery: Delivery, { denial, kind }: Failure): void => {
  const { exchange, relay, context } = delivery
  const { recorder } = context
  end(delivery)
  giveUp(delivery)
  if (kind !== undefined) recorder.upstreamFailed(kind)
  if (!relay.begun()) {
    exchange.refuse(denial)
    return
  }
  recorder.upstreamFinished(upstreamMs(exchange))
  context.log.warn(
    { ...logFields(delivery), denial: denial.code, err: denial.cause },
    'an answer was broken off',
  )
  relay.break()
}

/** The client is gone: what was asked for it is of no use any more. */
const abandon = (delivery: Delivery): void => {
  if (delivery.ended) return
  end(delivery)
  giveUp(delivery)
}

/** The client is there, but takes no more of its answer; the upstream may be done with it. */
const stalled = (delivery: Delivery): void => {
  abandon(delivery)
  delivery.context.log.info(
    logFields(delivery),
    'a client that did not take its answer was cut off',
  )
  delivery.exchange.response.destroy()
}

const logFields = ({ exchange, permit }: Delivery): LogFields => ({
  requestId: exchange.requestId,
  route: permit.route.label,
})

const end = (delivery: Delivery): void => {
  const { attempt, exchange, relay, context } = delivery
  delivery.ended = true
  if (attempt !== undefined) exchange.upstreamEndMs = context.clock.monotonicMs()
  attempt?.body?.release()
  clearTimeout(attempt?.answerTimer)
  relay.stop()
}

/** Leaves the queue, or closes the connection: undici has no other way to take a request back. */
const giveUp = ({ context, waiter, attempt }: Delivery): void => {
  const { upstream } = context
  if (attempt === undefined) upstream.forget(waiter)
  else upstream.discard(attempt.connection)
}
