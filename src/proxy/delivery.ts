// One permitted request on its way to the upstream, and the answer on its way back: a small state
// machine between Node's server and undici. Whatever happens, it ends exactly once.
import type { Permit } from '../authorize.ts'
import type { Clock, LogFields, Logger, Recorder } from '../core/ports.ts'
import type { LimitSettings, UpstreamSettings } from '../core/settings.ts'
import type { Connection, UpstreamHandler } from './connection.ts'
import type { Waiting } from './deadline.ts'
import { isSecure } from './dial.ts'
import { upstreamMs, type Carrier, type Exchange } from './exchange.ts'
import { brokenAnswer, classifyFailure, noAnswerIn, type Failure } from './failure.ts'
import type { Waiter } from './line.ts'
import { Relay, type RelayOptions } from './relay.ts'
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
  const delivery = new Delivery(context, shipment)
  shipment.exchange.carrier = delivery
  context.upstream.acquire(delivery)
}

/** Itself what it hands to others: a function for each call that it may get is costly for a request. */
class Delivery implements Waiter, UpstreamHandler, Waiting, Carrier, RelayOptions {
  readonly stallTimeoutMs: number
  private readonly context: DeliveryContext
  private readonly permit: Permit
  private readonly exchange: Exchange
  private readonly head: RequestHead
  private readonly relay: Relay
  /** Whether the client was told to send its body. */
  private continued = false
  private retried = false
  private ended = false
  // Of the latest dispatch:
  /** Undefined as long as the request waits for a connection. */
  private connection: Connection | undefined = undefined
  /** Undefined when there is nothing to send. */
  private body: RequestBody | undefined = undefined
  /** Whether the socket has had a request before this one. */
  private reused = false
  /** Whether undici has taken the request to the socket. */
  private sent = false
  /** Whether a byte of an answer was seen. */
  private answered = false

  constructor(context: DeliveryContext, { permit, exchange, head }: Shipment) {
    this.context = context
    this.permit = permit
    this.exchange = exchange
    this.head = head
    this.stallTimeoutMs = context.settings.idleTimeoutMs
    this.relay = new Relay(exchange, this)
  }

  /** For the line of those that wait: sends the request. */
  ready(connection: Connection): void {
    const { exchange, permit, context } = this
    const { settings, clock } = context
    this.connection = connection
    this.reused = connection.used()
    this.sent = false
    this.answered = false
    this.body = hasBytes(exchange) ? this.createBody(connection) : undefined
    exchange.upstreamStartMs ??= clock.monotonicMs()
    connection.dispatch(
      {
        path: `${settings.pathPrefix}${permit.target.path}${permit.query}`,
        method: exchange.facts.method,
        headers: this.head.headers,
        body: this.body?.stream ?? null,
        headersTimeout: this.headersTimeoutMs(),
        bodyTimeout: settings.idleTimeoutMs,
      },
      this,
    )
  }

  /** Refuses the request, or breaks off the answer that was begun. */
  refused({ denial, kind }: Failure): void {
    const { exchange, relay, context } = this
    const { recorder } = context
    this.end()
    this.giveUp()
    if (kind !== undefined) recorder.upstreamFailed(kind)
    if (!relay.begun()) {
      exchange.refuse(denial)
      return
    }
    recorder.upstreamFinished(upstreamMs(exchange))
    context.log.warn(
      { ...this.logFields(), denial: denial.code, err: denial.cause },
      'an answer was broken off',
    )
    relay.break()
  }

  onConnect(): void {
    const connection = this.connection as Connection
    this.sent = true
    this.reused = connection.used()
    connection.markUsed()
    if (this.body === undefined) this.awaitAnswer(connection)
  }

  onResponseStarted(): void {
    this.answered = true
  }

  onHeaders(
    status: number,
    rawHeaders: readonly Buffer[],
    resume: () => void,
    statusText: string,
  ): boolean {
    if (this.ended) return false
    if (status >= 200) (this.connection as Connection).deadline.clear()
    const failure =
      status < 200
        ? this.inform(status, rawHeaders)
        : this.relay.begin({ status, statusText, rawHeaders, resume })
    if (failure !== undefined) this.refused(failure)
    return failure === undefined
  }

  onData(chunk: Buffer): boolean {
    return !this.ended && this.relay.write(chunk)
  }

  onComplete(): void {
    if (!this.ended) this.succeed()
  }

  /** The upstream's side ended before the answer did. */
  onError(error: Error): void {
    if (this.ended) return
    // A 304 may state the length of what it does not carry; undici then misses the bytes.
    if (this.relay.bodiless()) {
      this.succeed()
      return
    }
    const connected = this.sent || this.reused
    const secure = isSecure(this.context.settings.origin)
    const failure = classifyFailure(error, { connected, secure })
    if (failure.kind === 'reset' && this.mayRetry()) this.retry()
    else this.refused(failure)
  }

  /** No head of an answer in time. */
  onLate(ms: number): void {
    this.refused(noAnswerIn(ms))
  }

  /** The client is gone: what was asked for it is of no use any more. Or its answer was whole. */
  onClosed(): void {
    if (this.ended) return
    this.end()
    this.giveUp()
  }

  /** The client is there, but takes no more of its answer; the upstream may be done with it. */
  onStall(): void {
    this.onClosed()
    this.context.log.info(this.logFields(), 'a client that did not take its answer was cut off')
    this.exchange.response.destroy()
  }

  private responseTimeoutMs(): number {
    return this.permit.route.responseTimeoutMs ?? this.context.settings.responseTimeoutMs
  }

  /**
   * undici's own time-out for the head of the answer. It covers an upstream that does not take a body;
   * without one there is the deadline, and undici need not make a timer for each of two times.
   */
  private headersTimeoutMs(): number {
    const ms = this.responseTimeoutMs()
    return this.body === undefined ? Math.max(ms, this.stallTimeoutMs) : ms
  }

  private createBody(connection: Connection): RequestBody {
    const { exchange, head } = this
    const { limits } = this.context
    return createRequestBody(exchange.request, {
      maxBytes: limits.maxBodyBytes,
      idleTimeoutMs: limits.bodyIdleTimeoutMs,
      onStart: () => {
        if (!head.expectsContinue || this.continued || exchange.facts.httpVersion === '1.0') return
        this.continued = true
        exchange.response.writeContinue()
      },
      onEnd: () => {
        this.awaitAnswer(connection)
      },
      onFault: (denial) => this.refused({ denial, kind: undefined }),
    })
  }

  /**
   * Starts the time-out for the head of the answer, from the moment the request is whole. undici's is
   * late by up to a second, and every informational answer renews it.
   */
  private awaitAnswer({ deadline }: Connection): void {
    if (!this.relay.begun()) deadline.set(this.responseTimeoutMs(), this)
  }

  private inform(status: number, rawHeaders: readonly Buffer[]): Failure | undefined {
    // The client's Upgrade was not passed on, so there is nothing to switch to; below 100 is no status.
    if (status < 102) return brokenAnswer(`the upstream answered with status ${status}`)
    if (status === 103) writeEarlyHints(this.exchange, rawHeaders)
    return undefined
  }

  /**
   * Whether the upstream closed an idle connection just as the request was sent on it (RFC 9112
   * §9.3.1). Sent again is what did not leave, or what may be done twice and had no body to lose.
   */
  private mayRetry(): boolean {
    if (this.retried || !this.reused || this.answered) return false
    if (!this.sent) return true
    const { body, exchange } = this
    // undici writes the head with the first bytes of the body, or with its end.
    return body === undefined ? idempotentMethods.has(exchange.facts.method) : body.untouched()
  }

  private retry(): void {
    const { context } = this
    const connection = this.connection as Connection
    this.retried = true
    context.recorder.upstreamRetried()
    connection.deadline.clear()
    this.body?.detach()
    // Later, since undici is still busy with the connection that failed.
    queueMicrotask(() => {
      if (!this.ended) this.ready(context.upstream.renew(connection))
    })
  }

  private succeed(): void {
    const { upstream, recorder } = this.context
    this.end()
    upstream.release(this.connection as Connection)
    recorder.upstreamFinished(upstreamMs(this.exchange))
    this.relay.end()
  }

  private end(): void {
    const { connection } = this
    this.ended = true
    if (connection !== undefined) {
      this.exchange.upstreamEndMs = this.context.clock.monotonicMs()
      connection.deadline.clear()
    }
    this.body?.release()
    this.relay.stop()
  }

  /** Leaves the queue, or closes the connection: undici has no other way to take a request back. */
  private giveUp(): void {
    const { upstream } = this.context
    if (this.connection === undefined) upstream.forget(this)
    else upstream.discard(this.connection)
  }

  private logFields(): LogFields {
    return { requestId: this.exchange.requestId, route: this.permit.route.label }
  }
}

const hasBytes = ({ facts }: Exchange): boolean => facts.hasBody && facts.contentLength !== 0

/** RFC 9110 §9.2.2; TRACE is not sent on. */
const idempotentMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE'])
