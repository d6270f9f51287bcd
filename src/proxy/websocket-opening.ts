// One WebSocket from a permitted handshake to the 101, or to the answer that the client gets instead.
// Whatever happens on either side meanwhile, it settles exactly once.
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Permit } from '../authorize.ts'
import type { Clock, Logger, Recorder } from '../core/ports.ts'
import type { WebSocketHandshake } from '../core/request.ts'
import type { LogSettings, UpstreamSettings, WebSocketSettings } from '../core/settings.ts'
import type { Exchange } from './exchange.ts'
import { brokenAnswer, type Failure } from './failure.ts'
import { writeHead } from './response.ts'
import { clientHandshake, upstreamHandshake, type Offer } from './websocket-handshake.ts'
import { holdClient, type HeldClient } from './websocket-hold.ts'
import { createMouth, type Mouth } from './websocket-mouth.ts'
import { relayRefusal } from './websocket-refusal.ts'
import { startSession, type OpenSession, type SessionSummary } from './websocket-session.ts'

/** A handshake for the upstream, and what is told of its outcome: one of the three, at most once. */
export interface UpstreamAsk {
  readonly path: string
  /** Flat: name, value… */
  readonly headers: readonly string[]
  readonly mouth: Mouth
  /** To the head of the answer, once connected. */
  readonly responseTimeoutMs: number
  /** A 101. The socket is connected with the mouth when this returns, unless it is destroyed. */
  readonly onSwitched: (answer: IncomingMessage, upstream: Socket) => void
  /** Another answer. Its body is piped into the mouth when this returns. */
  readonly onRefused: (answer: IncomingMessage) => void
  readonly onFailed: (failure: Failure) => void
}

/** Sends a handshake. The function that it gives takes it back, with its connection. */
export type AskUpstream = (ask: UpstreamAsk) => () => void

/** What all openings share. */
export interface OpeningContext {
  readonly ask: AskUpstream
  readonly upstream: UpstreamSettings
  readonly websocket: WebSocketSettings
  readonly clock: Clock
  readonly recorder: Pick<
    Recorder,
    'upstreamFinished' | 'upstreamFailed' | 'webSocketOpened' | 'webSocketClosed'
  >
  readonly log: Logger
  /** Closed WebSockets are logged at `info` when all requests are, else at `debug`. */
  readonly logRequests: LogSettings['requests']
}

/** What one opening is about. */
export interface Handshake {
  readonly permit: Permit
  readonly exchange: Exchange
  readonly webSocket: WebSocketHandshake
  /** The client's, attached to the response; nobody else reads it. */
  readonly socket: Socket
  /** The header lines that any request would have, `Host` among them. */
  readonly headers: readonly string[]
  readonly onOpen: (session: OpenSession) => void
  /** Called once, when the last of it is over, however it went. */
  readonly onOver: () => void
}

interface Opening extends OpeningContext, Handshake {
  readonly offer: Offer
  readonly held: HeldClient
  readonly mouth: Mouth
  takeBack: () => void
  /** Whether it has succeeded, failed or been given up. */
  settled: boolean
}

/** Begins. The client must still be there. */
export const startOpening = (context: OpeningContext, handshake: Handshake): void => {
  const { exchange, permit, socket, webSocket } = handshake
  const { upstream, websocket, clock } = context
  const offer = { handshake: webSocket, tokenPrefix: websocket.tokenProtocolPrefix }
  const opening: Opening = {
    ...context,
    ...handshake,
    offer,
    held: holdClient(socket, () => abandon(opening)),
    mouth: createMouth(),
    takeBack: () => undefined,
    settled: false,
  }
  exchange.upstreamStartMs = clock.monotonicMs()
  exchange.response.once('close', () => abandon(opening))
  opening.takeBack = context.ask({
    path: `${upstream.pathPrefix}${permit.target.path}${permit.query}`,
    headers: upstreamHandshake(handshake.headers, offer),
    mouth: opening.mouth,
    responseTimeoutMs: permit.route.responseTimeoutMs ?? upstream.responseTimeoutMs,
    onSwitched: (answer, socket) => switched(opening, answer, socket),
    onRefused: (answer) => refused(opening, answer),
    onFailed: (failure) => fail(opening, failure),
  })
}

/** The upstream has agreed. */
const switched = (opening: Opening, answer: IncomingMessage, upstream: Socket): void => {
  const { exchange, websocket, recorder, clock, permit } = opening
  const headers = clientHandshake(answer.rawHeaders, opening.offer)
  const failure = 'denial' in headers ? headers : passHead(exchange, headers)
  if (failure !== undefined) {
    upstream.destroy()
    fail(opening, failure)
    return
  }
  settle(opening)
  recorder.upstreamFinished(upstreamMs(exchange))
  recorder.webSocketOpened()
  const endsAt = websocket.closeAtExpiry ? permit.acceptedUntil : undefined
  const openedMs = clock.monotonicMs()
  const session = startSession({
    client: opening.socket,
    upstream,
    mouth: opening.mouth,
    held: opening.held.release(),
    settings: websocket,
    expiresAtMs: endsAt === undefined ? undefined : endsAt * 1000,
    clock,
    onClosed: (summary) => closed(opening, summary, openedMs),
  })
  opening.onOpen(session)
}

const passHead = (exchange: Exchange, headers: readonly string[]): Failure | undefined => {
  const refusal = writeHead(exchange, { status: 101, statusText: '', headers: [...headers] })
  if (refusal !== undefined) return brokenAnswer('the 101 cannot be passed on', refusal)
  exchange.response.end()
  return undefined
}

/** The upstream has answered otherwise: the client gets that answer. */
const refused = (opening: Opening, answer: IncomingMessage): void => {
  const { exchange, mouth, recorder } = opening
  const { idleTimeoutMs } = opening.upstream
  const failure = relayRefusal(exchange, answer, { mouth, idleTimeoutMs })
  if (failure !== undefined) {
    fail(opening, failure)
    return
  }
  settle(opening)
  opening.held.release()
  recorder.upstreamFinished(upstreamMs(exchange))
  exchange.response.once('close', () => {
    opening.takeBack()
    opening.onOver()
  })
}

const fail = (opening: Opening, { denial, kind }: Failure): void => {
  if (opening.settled) return
  giveUp(opening)
  if (kind !== undefined) opening.recorder.upstreamFailed(kind)
  opening.exchange.refuse(denial)
}

/** The client has left, or has ended its side before it was answered. */
const abandon = (opening: Opening): void => {
  if (opening.settled) return
  giveUp(opening)
  opening.socket.destroy()
}

const giveUp = (opening: Opening): void => {
  settle(opening)
  opening.held.release()
  opening.takeBack()
  opening.mouth.stream.destroy()
  opening.onOver()
}

const settle = (opening: Opening): void => {
  opening.settled = true
  opening.exchange.upstreamEndMs = opening.clock.monotonicMs()
}

const upstreamMs = ({ upstreamStartMs = 0, upstreamEndMs = 0 }: Exchange): number =>
  upstreamEndMs - upstreamStartMs

const closed = (opening: Opening, summary: SessionSummary, openedMs: number): void => {
  const { exchange, permit, clock, log, logRequests } = opening
  opening.onOver()
  opening.recorder.webSocketClosed(summary.reason)
  log[logRequests === 'all' ? 'info' : 'debug'](
    {
      requestId: exchange.requestId,
      route: permit.route.label,
      ...summary,
      openMs: Math.round(clock.monotonicMs() - openedMs),
    },
    'WebSocket closed',
  )
}
