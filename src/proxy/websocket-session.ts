// One open WebSocket, from the 101 until both of its connections are closed: what either side sends
// goes to the other, and whichever way it ends, it ends on both sides, within bounds, exactly once.
import type { Socket } from 'node:net'
import type { Clock, WebSocketCloseReason } from '../core/ports.ts'
import type { WebSocketSettings } from '../core/settings.ts'
import { closeCodes, closeFrame, pingFrame } from './websocket-frames.ts'
import { createLane, type Lane } from './websocket-lane.ts'
import type { Mouth } from './websocket-mouth.ts'
import { startWatch, type Watch } from './websocket-watch.ts'

export interface SessionOptions {
  /** Nothing of it has been read yet, but for `held`. */
  readonly client: Socket
  readonly upstream: Socket
  /** Connects the two; http-proxy pipes it to `upstream`. */
  readonly mouth: Mouth
  /** What the client sent too early. */
  readonly held: readonly Buffer[]
  readonly settings: WebSocketSettings
  /** When the token ends, on the wall clock; undefined when that is not to end the session. */
  readonly expiresAtMs: number | undefined
  readonly clock: Clock
  /** Called once, when both connections are closed. */
  readonly onClosed: (summary: SessionSummary) => void
}

export interface SessionSummary {
  readonly reason: WebSocketCloseReason
  readonly clientBytes: number
  readonly upstreamBytes: number
}

export interface OpenSession {
  /** Sends both sides a Close (1001). How long they have to answer is for the drain to bound. */
  readonly drain: () => void
  /** Sends both sides a Close (1008), since the token has been revoked. */
  readonly revoke: () => void
}

/** How long a side may take to close its connection once it has been told to, in milliseconds. */
const closeWaitMs = 1000

/** Idle time after which the kernel begins to ask whether the client is still there. */
const keepAliveProbeMs = 60_000

/** Begins to pass bytes. To be called while http-proxy handles the upstream's 101. */
export const startSession = (options: SessionOptions): OpenSession => {
  const session = createSession(options)
  const { client, upstream, mouth, held } = options
  client.setTimeout(0).setNoDelay(true).setKeepAlive(true, keepAliveProbeMs)
  mouth.connect({
    onBytes: (chunk, done) => fromUpstream(session, chunk, done),
    onEnd: () => upstreamEnded(session),
    onWanted: () => void client.resume(),
  })
  client.on('end', () => clientEnded(session))
  client.on('close', () => clientClosed(session))
  upstream.on('close', () => upstreamClosed(session))
  for (const chunk of held) fromClient(session, chunk)
  client.on('data', (chunk: Buffer) => fromClient(session, chunk))
  return {
    drain: () => {
      if (session.reason === undefined) shut(session, 'drain', closeCodes.goingAway, 'going away')
    },
    revoke: () => endOrBreak(session, 'revoked', closeCodes.policyViolation),
  }
}

interface Session extends SessionOptions {
  readonly toUpstream: Lane
  readonly toClient: Lane
  readonly watch: Watch
  reason: WebSocketCloseReason | undefined
  /** Whether it is the gate that has sent the first Close. */
  endedByGate: boolean
  /** Whether the client's Close has come. */
  clientSaidClose: boolean
  clientEnded: boolean
  linger: NodeJS.Timeout | undefined
  /** How many of the two connections are closed. */
  closed: number
}

const createSession = (options: SessionOptions): Session => {
  const { client, mouth } = options
  const session: Session = {
    ...options,
    toUpstream: createLane({
      sender: 'client',
      write: mouth.push,
      onClose: () => clientSaidClose(session),
      onActivity: () => session.watch.moved(),
    }),
    toClient: createLane({
      sender: 'server',
      write: (bytes) => client.write(bytes),
      onClose: () => upstreamSaidClose(session),
      onActivity: () => session.watch.moved(),
    }),
    watch: startWatch({
      ...options,
      onIdle: () => endOrBreak(session, 'idle', closeCodes.goingAway),
      onExpiry: () => endOrBreak(session, 'expiry', closeCodes.policyViolation),
      ping: () => ping(session),
      clientBytes: () => session.toUpstream.bytes(),
      onSilence: () => breakOff(session, 'client'),
    }),
    reason: undefined,
    endedByGate: false,
    clientSaidClose: false,
    clientEnded: false,
    linger: undefined,
    closed: 0,
  }
  return session
}

const fromClient = (session: Session, chunk: Buffer): void => {
  const fed = session.toUpstream.feed(chunk)
  if (fed === 'broken') breakOff(session, 'error')
  // While the connection ends, the client is read whatever becomes of its bytes: its end must be seen.
  else if (fed === 'pause' && session.linger === undefined) session.client.pause()
}

const fromUpstream = (session: Session, chunk: Buffer, done: () => void): void => {
  const fed = session.toClient.feed(chunk)
  if (fed === 'broken') breakOff(session, 'error')
  if (fed === 'pause') session.client.once('drain', done)
  else done()
}

const clientSaidClose = (session: Session): void => {
  session.reason ??= 'client'
  session.clientSaidClose = true
  // It is the server that closes the connection first (RFC 6455 §7.1.1).
  if (session.endedByGate) endClient(session)
}

const upstreamSaidClose = (session: Session): void => {
  session.reason ??= 'upstream'
  if (session.endedByGate) session.mouth.end()
}

const clientEnded = (session: Session): void => {
  session.reason ??= 'client'
  session.clientEnded = true
  session.mouth.end()
  startLinger(session)
}

/** All that the upstream has sent was passed on, and there will be no more. */
const upstreamEnded = (session: Session): void => {
  const { client, toClient } = session
  session.reason ??= 'upstream'
  if (!toClient.between()) {
    client.destroy()
    return
  }
  toClient.close(closeFrame('server', closeCodes.internalError, 'upstream closed the connection'))
  // After the gate's own Close the client's is still to come.
  if (!session.endedByGate || session.clientSaidClose) endClient(session)
}

const clientClosed = (session: Session): void => {
  // Its last words are still on their way to the upstream; the linger bounds that.
  if (!session.clientEnded) breakOff(session, 'client')
  oneClosed(session)
}

const upstreamClosed = (session: Session): void => {
  const { client, upstream } = session
  // After an orderly end a slow client may still have bytes to take.
  if (!upstream.readableEnded && !client.destroyed) upstreamEnded(session)
  oneClosed(session)
}

const oneClosed = (session: Session): void => {
  session.closed += 1
  if (session.closed < 2) return
  clearTimeout(session.linger)
  session.watch.stop()
  session.mouth.stream.destroy()
  session.onClosed({
    // Set by whatever closed the first of the two.
    reason: session.reason as WebSocketCloseReason,
    clientBytes: session.toUpstream.bytes(),
    upstreamBytes: session.toClient.bytes(),
  })
}

const ping = ({ client, toClient }: Session): boolean => {
  // Paused: the upstream takes no more, and so the client's bytes are not read.
  if (client.isPaused() || client.writableNeedDrain || toClient.waiting()) return false
  toClient.inject(pingFrame('server'))
  return true
}

const closeTexts = { idle: 'idle', expiry: 'token expired', revoked: 'token revoked' } as const

/** Ends a session in order, or at once where it has begun to end and does not get on. */
const endOrBreak = (session: Session, reason: keyof typeof closeTexts, code: number): void => {
  if (session.reason !== undefined) {
    breakOff(session, reason)
    return
  }
  shut(session, reason, code, closeTexts[reason])
  startLinger(session)
}

const shut = (session: Session, reason: WebSocketCloseReason, code: number, text: string): void => {
  session.reason = reason
  session.endedByGate = true
  session.toUpstream.close(closeFrame('client', code, text))
  session.toClient.close(closeFrame('server', code, text))
}

const endClient = (session: Session): void => {
  // What is still to be sent takes its time; after it, the client has to close.
  session.client.end(() => startLinger(session))
}

const startLinger = (session: Session): void => {
  session.linger ??= setTimeout(() => breakOff(session, 'error'), closeWaitMs)
  session.client.resume()
}

const breakOff = (session: Session, reason: WebSocketCloseReason): void => {
  session.reason ??= reason
  session.client.destroy()
  session.upstream.destroy()
  session.mouth.stream.destroy()
}
