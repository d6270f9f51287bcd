// Tunnels WebSocket upgrades through http-proxy, which is used for nothing else and given nothing to
// decide: path, headers, connection, answers and errors are the gate's. It takes a Permit.
import type { ClientRequest } from 'node:http'
import { createRequire } from 'node:module'
import { Socket } from 'node:net'
import type HttpProxy from 'http-proxy'
import { deny } from '../core/denial.ts'
import type { Identity } from '../core/identity.ts'
import type { Recorder } from '../core/ports.ts'
import type { UpstreamSettings } from '../core/settings.ts'
import type { IdentityHeaders } from '../identity/apply.ts'
import { Agent, IncomingMessage } from '../node-http.ts'
import type { ViewSettings } from '../routing/request-view.ts'
import { createDial, isSecure, type Dial } from './dial.ts'
import { brokenAnswer, classifyFailure, noAnswerIn, overloaded, type Failure } from './failure.ts'
import type { Forward } from './forward.ts'
import { createRequestHead } from './request-head.ts'
import {
  startOpening,
  type AskUpstream,
  type OpeningContext,
  type UpstreamAsk,
} from './websocket-opening.ts'
import type { OpenSession } from './websocket-session.ts'
import { createOpenSessions, type OpenSessions } from './websocket-sessions.ts'

const httpProxy = createRequire(import.meta.url)('http-proxy') as typeof HttpProxy

export interface TunnelOptions extends Omit<OpeningContext, 'ask'> {
  /** CIDRs of peers whose forwarding headers are believed. */
  readonly trustedProxies: readonly string[]
  readonly headers: IdentityHeaders
  /** In place of the one that connects to the upstream. */
  readonly dial?: Dial | undefined
  /** What the references of mappings depend on. */
  readonly view: ViewSettings
  /** The deny list: asked when a WebSocket opens, and for all that are open when it has changed. */
  readonly isRevoked: (identity: Identity) => boolean
  /** WebSockets that others open too; without them it has its own. */
  readonly sessions?: OpenSessions | undefined
  readonly recorder: OpeningContext['recorder'] & Pick<Recorder, 'identityHeadersStripped'>
}

export interface Tunnel {
  /**
   * Opens a WebSocket for a permitted handshake, or refuses it. Never throws. The response must be
   * attached to a socket that nobody else reads, and the facts must hold the handshake.
   */
  readonly open: Forward
  /** Sends a Close to both sides of every WebSocket, and to those that still open. */
  readonly drain: () => void
  /** Sends a Close to both sides of every WebSocket whose token is revoked now. */
  readonly closeRevoked: () => void
}

/** Makes the tunnel. Throws for CIDRs and key material that cannot be used: at start-up. */
export const createTunnel = (options: TunnelOptions): Tunnel => {
  const { recorder, upstream, websocket, dial = createDial(upstream) } = options
  const context: OpeningContext = { ...options, ask: createAsk(upstream, dial) }
  const makeHead = createRequestHead({
    trustedProxies: options.trustedProxies,
    preserveHost: upstream.preserveHost,
    identity: options.headers,
    view: options.view,
    clock: options.clock,
  })
  const sessions = options.sessions ?? createOpenSessions(options.isRevoked)

  const begin: Forward = (permit, exchange) => {
    const { socket } = exchange.response
    const { webSocket } = exchange.facts
    if (exchange.response.destroyed || socket === null || webSocket === undefined) return
    if (sessions.count() >= websocket.maxConnections) {
      recorder.upstreamFailed('overload')
      exchange.refuse(overloaded(`${sessions.count()} WebSockets are open`).denial)
      return
    }
    const { headers, stripped } = makeHead(exchange.facts, exchange.requestId, permit)
    if (stripped > 0) recorder.identityHeadersStripped(stripped)
    // undici, on the other way, writes the URL's authority.
    if (!upstream.preserveHost && options.headers.hostOf(permit.route) === undefined) {
      headers.unshift('Host', new URL(upstream.origin).host)
    }
    let opened: OpenSession | undefined
    sessions.begin()
    startOpening(context, {
      permit,
      exchange,
      webSocket,
      socket,
      headers,
      onOpen: (session) => {
        opened = session
        sessions.add(session, permit.identity)
      },
      onOver: () => {
        sessions.over()
        if (opened !== undefined) sessions.remove(opened)
      },
    })
  }

  return {
    open: (permit, exchange) => {
      try {
        begin(permit, exchange)
      } catch (cause) {
        exchange.refuse(deny('internal', { cause }))
      }
    },
    drain: sessions.drain,
    closeRevoked: sessions.closeRevoked,
  }
}

/** Sends handshakes by http-proxy. */
const createAsk = (upstream: UpstreamSettings, dial: Dial): AskUpstream => {
  const secure = isSecure(upstream.origin)
  const proxy = httpProxy.createProxyServer()
  // http-proxy hands on the mouth that it was given: by it, a request is told from the others.
  const prepare = new WeakMap<object, (request: ClientRequest) => void>()
  proxy.on('proxyReqWs', (request, _incoming, mouth) => prepare.get(mouth)?.(request))

  return (ask) => {
    let request: ClientRequest | undefined
    let connection: Socket | undefined
    let timer: NodeJS.Timeout | undefined
    let connected = false
    let over = false
    const takeBack = (): void => {
      over = true
      clearTimeout(timer)
      request?.destroy()
      connection?.destroy()
    }
    const fail = (failure: Failure): void => {
      if (over) return
      takeBack()
      ask.onFailed(failure)
    }
    const agent = createAgent((made) => {
      connection = dial((error, socket) => {
        connected = socket !== null
        const ms = ask.responseTimeoutMs
        if (connected) timer = setTimeout(() => fail(noAnswerIn(ms)), ms)
        made(error, socket ?? undefined)
      })
    })
    prepare.set(ask.mouth.stream, (made) => {
      request = made
      // http-proxy listens too, but only once this has gone well.
      made.on('error', () => undefined)
      writeRequest(made, ask)
      made.once('response', (answer) => {
        clearTimeout(timer)
        if (!over) ask.onRefused(answer)
      })
      made.once('upgrade', (answer, socket: Socket) => {
        clearTimeout(timer)
        // Nobody else listens yet, and a reset can come at any moment.
        socket.on('error', () => undefined)
        // Not after `takeBack`: a request that is destroyed has no socket to be upgraded on.
        ask.onSwitched(answer, socket)
      })
    })
    try {
      const { stream } = ask.mouth
      proxy.ws(requestStub(), stream, Buffer.alloc(0), targetOptions(agent), (error) =>
        fail(failureOf(error, { connected, secure })),
      )
    } catch (cause) {
      fail({ denial: deny('internal', { cause }), kind: undefined })
    }
    return takeBack
  }
}

type Made = (error: Error | null, socket?: Socket) => void

/** Serves one request, whose connection is made by the gate's dialler: it knows the server's name. */
const createAgent = (connect: (made: Made) => void): Agent =>
  Object.assign(new Agent(), {
    createConnection: (_options: unknown, made: Made) => connect(made),
  })

/** Where to connect, and by which protocol, is known to the agent; the path is set afterwards. */
const targetOptions = (agent: Agent): HttpProxy.ServerOptions => ({
  target: { protocol: 'http:', host: 'upstream', port: 80 },
  // No part of a path is parsed or joined.
  toProxy: true,
  ignorePath: true,
  agent,
})

/**
 * What http-proxy is shown of the client's request. It would copy the headers, and Node fixes those
 * of a request with `Expect` before they could be replaced.
 */
const requestStub = (): IncomingMessage =>
  Object.assign(new IncomingMessage(new Socket()), {
    method: 'GET',
    url: '',
    headers: { upgrade: 'websocket' },
  })

/** The path byte for byte, and none of the headers that http-proxy has set. */
const writeRequest = (request: ClientRequest, { path, headers }: UpstreamAsk): void => {
  request.path = path
  for (const name of request.getHeaderNames()) request.removeHeader(name)
  // Node's request takes each name once, with all its values.
  const lines = new Map<string, { readonly name: string; readonly values: string[] }>()
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] as string
    const value = headers[index + 1] as string
    const earlier = lines.get(name.toLowerCase())
    if (earlier === undefined) lines.set(name.toLowerCase(), { name, values: [value] })
    else earlier.values.push(value)
  }
  for (const { name, values } of lines.values()) request.setHeader(name, values)
}

const failureOf = (error: Error, stage: { connected: boolean; secure: boolean }): Failure =>
  'code' in error && String(error.code).startsWith('HPE_')
    ? brokenAnswer("the upstream's answer is no HTTP", error)
    : classifyFailure(error, stage)
