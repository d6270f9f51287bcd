// The door to the upstream: takes a Permit and an exchange, and sees to the rest. It cannot be used
// without a Permit, decides nothing about access, and never throws for what a peer does.
import type { Permit } from '../authorize.ts'
import { deny } from '../core/denial.ts'
import type { Clock, Logger, Recorder } from '../core/ports.ts'
import type { RequestFacts } from '../core/request.ts'
import type { LimitSettings, UpstreamSettings } from '../core/settings.ts'
import type { IdentityHeaders } from '../identity/apply.ts'
import type { ViewSettings } from '../routing/request-view.ts'
import { startDelivery, type DeliveryContext } from './delivery.ts'
import type { Dial } from './dial.ts'
import type { Exchange } from './exchange.ts'
import { answerAsLast, hopsLeft, oneHopFewer } from './max-forwards.ts'
import { createRequestHead } from './request-head.ts'
import { createUpstream, type Upstream, type UpstreamLoad } from './upstream.ts'

/**
 * Forwards one permitted request and relays its answer, or refuses it. Never throws, never rejects.
 * The response must not have been written to, and must have no headers set: Node would then merge
 * repeated ones (`Set-Cookie`).
 */
export type Forward = (permit: Permit, exchange: Exchange) => void

export interface ForwarderOptions {
  readonly upstream: UpstreamSettings
  readonly limits: Pick<LimitSettings, 'maxBodyBytes' | 'bodyIdleTimeoutMs'>
  /** CIDRs of peers whose forwarding headers are believed. */
  readonly trustedProxies: readonly string[]
  readonly headers: IdentityHeaders
  /** In place of the one that connects to the upstream. */
  readonly dial?: Dial | undefined
  /** Connections that others use too, made from the same upstream settings; without them it has its own. */
  readonly connections?: Upstream | undefined
  /** What the references of mappings depend on. */
  readonly view: ViewSettings
  readonly clock: Clock
  readonly recorder: Pick<
    Recorder,
    'upstreamFinished' | 'upstreamFailed' | 'upstreamRetried' | 'identityHeadersStripped'
  >
  readonly log: Logger
}

export interface Forwarder {
  readonly forward: Forward
  /**
   * Ends what is still under way. Settles when every connection to the upstream is closed; whoever gave
   * connections closes them.
   */
  readonly close: () => Promise<void>
  /** What is under way, WebSockets aside. */
  readonly load: () => UpstreamLoad
}

/** Makes the forwarder. Throws for CIDRs and key material that cannot be used: at start-up. */
export const createForwarder = (options: ForwarderOptions): Forwarder => {
  const { recorder, limits } = options
  const { connections } = options
  const upstream = connections ?? createUpstream(options.upstream, options.log, options.dial)
  const context: DeliveryContext = { ...options, settings: options.upstream, upstream }
  const makeHead = createRequestHead({
    trustedProxies: options.trustedProxies,
    preserveHost: options.upstream.preserveHost,
    identity: options.headers,
    view: options.view,
    clock: options.clock,
  })

  const begin = (permit: Permit, exchange: Exchange): void => {
    if (exchange.response.destroyed) return
    if (declaresTooMuch(exchange, limits.maxBodyBytes)) {
      exchange.refuse(deny('body_too_large'))
      return
    }
    const hops = hopsLeft(exchange.facts)
    if (hops === 0) {
      answerAsLast(exchange)
      return
    }
    try {
      const head = makeHead(passedOn(exchange.facts, hops), exchange.requestId, permit)
      if (head.stripped > 0) recorder.identityHeadersStripped(head.stripped)
      startDelivery(context, { permit, exchange, head })
    } catch (cause) {
      exchange.refuse(deny('internal', { cause }))
    }
  }

  return {
    forward: (permit, exchange) => {
      const { response } = exchange
      // A pipelined request waits for its turn: the client sees its effects in the order in which it
      // asked for them (RFC 9112 §9.3.2), and takes one connection to the upstream, not a hundred.
      if (response.socket === null) response.once('socket', () => begin(permit, exchange))
      else begin(permit, exchange)
    },
    close: connections === undefined ? upstream.close : () => Promise.resolve(),
    load: upstream.load,
  }
}

const passedOn = (facts: RequestFacts, hops: number | undefined): RequestFacts =>
  hops === undefined ? facts : { ...facts, rawHeaders: oneHopFewer(facts.rawHeaders, hops) }

const declaresTooMuch = ({ facts }: Exchange, maxBodyBytes: number): boolean =>
  maxBodyBytes > 0 && facts.contentLength !== undefined && facts.contentLength > maxBodyBytes
