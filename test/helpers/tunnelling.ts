// A data listener that permits every WebSocket handshake and tunnels it: what both sides see of each
// other is then the tunnel's doing.
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Test } from 'tap'
import { createMockAnswer } from '../../src/answers/mock.ts'
import type { Permit } from '../../src/authorize.ts'
import type { Denial } from '../../src/core/denial.ts'
import type { Identity } from '../../src/core/identity.ts'
import type { FinishedRequest } from '../../src/core/ports.ts'
import type { Route } from '../../src/core/route.ts'
import type { UpstreamSettings, WebSocketSettings } from '../../src/core/settings.ts'
import { createIdentityHeaders } from '../../src/identity/apply.ts'
import type { ViewSettings } from '../../src/routing/request-view.ts'
import { systemClock } from '../../src/observe/clock.ts'
import type { RequestLine } from '../../src/observe/request-log.ts'
import { createTunnel, type Tunnel } from '../../src/proxy/tunnel.ts'
import { createAnswerRefusal } from '../../src/server/answer-refusal.ts'
import { createDataListener } from '../../src/server/data.ts'
import { answerSettings } from './answer-settings.ts'
import { upstreamSettings } from './forwarding.ts'

export const webSocketSettings: WebSocketSettings = {
  closeAtExpiry: false,
  idleTimeoutMs: 600_000,
  pingIntervalMs: 0,
  maxConnections: 5000,
  tokenQuery: '',
  tokenProtocolPrefix: '',
}

export interface TunnellingGate {
  readonly port: number
  readonly server: Server
  readonly tunnel: Tunnel
  /** What was counted, in order: `opened`, `closed client`, `failed reset`, `stripped 1`, `finished`. */
  readonly counted: readonly string[]
  /** `closed client` and the like alone. */
  readonly closings: () => readonly string[]
  readonly requests: readonly FinishedRequest[]
  readonly lines: readonly RequestLine[]
  readonly denials: () => readonly (Denial['code'] | undefined)[]
  /** Level, message and fields of what the tunnel logs. */
  readonly logged: readonly (readonly [string, string, object])[]
  /** Connections of clients that are open now. */
  readonly clients: () => number
  /** The gate's own side of those connections, in the order of connecting. */
  readonly sockets: readonly Socket[]
}

export interface TunnellingOptions {
  readonly port?: number
  readonly upstream?: Partial<UpstreamSettings>
  readonly websocket?: Partial<WebSocketSettings>
  readonly permit?: object
  readonly responseTimeoutMs?: number
  /** Those of the table, for their mappings; the permit names one of them by its index. */
  readonly routes?: readonly Route[]
  readonly view?: ViewSettings
  readonly claimHeaders?: Readonly<Record<string, readonly string[]>>
  readonly logRequests?: 'denied' | 'all'
  /** The deny list; without it nothing is revoked. */
  readonly isRevoked?: (identity: Identity) => boolean
  /** Wraps the permit in a promise, as it is when a signing key has to be fetched. */
  readonly later?: Promise<void>
}

/** Starts it before the upstream on `port`; it ends with the test. */
export const startTunnelling = async (
  t: Test,
  options: TunnellingOptions = {},
): Promise<TunnellingGate> => {
  const upstream = upstreamSettings(options.port ?? 1, options.upstream)
  const counted: string[] = []
  const requests: FinishedRequest[] = []
  const lines: RequestLine[] = []
  const logged: [string, string, object][] = []
  const log = (level: string) => (fields: object, message: string) => {
    logged.push([level, message, fields])
  }
  const tunnel = createTunnel({
    upstream,
    websocket: { ...webSocketSettings, ...options.websocket },
    trustedProxies: [],
    headers: createIdentityHeaders(
      {
        apiType: 'REST',
        claimEncoding: 'percent',
        claimHeaders: options.claimHeaders ?? {},
        claimsHeader: '',
        authorizers: [],
        stripHeaders: [],
        passHeaders: [],
        forwardToken: true,
        upstream,
      },
      options.routes ?? [],
    ),
    view: options.view ?? { apiType: 'REST', stage: '' },
    clock: systemClock,
    recorder: {
      upstreamFinished: () => void counted.push('finished'),
      upstreamFailed: (kind) => void counted.push(`failed ${kind}`),
      identityHeadersStripped: (count) => void counted.push(`stripped ${count}`),
      webSocketOpened: () => void counted.push('opened'),
      webSocketClosed: (reason) => void counted.push(`closed ${reason}`),
    },
    log: { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') },
    logRequests: options.logRequests ?? 'denied',
    isRevoked: options.isRevoked ?? (() => false),
  })
  const { server } = createDataListener({
    authorize: async (facts) => {
      await options.later
      return permitFor(facts.target, options)
    },
    forward: (_permit, { response }) => void response.end('plain'),
    openWebSocket: tunnel.open,
    answer: createAnswerRefusal(answerSettings),
    answerMock: createMockAnswer('REST'),
    apiType: 'REST',
    recorder: {
      requestStarted: () => undefined,
      requestFinished: (finished) => void requests.push(finished),
      refusedEarly: (code) => void counted.push(`early ${code}`),
    },
    requestLog: { wants: () => true, write: (line) => void lines.push(line) },
    clock: systemClock,
    log: { warn: log('warn') },
    draining: () => false,
    tls: undefined,
    trustedProxies: [],
    limits: {
      maxHeaderBytes: 32_768,
      maxTokenBytes: 16_384,
      maxBodyBytes: 0,
      headersTimeoutMs: 15_000,
      bodyIdleTimeoutMs: 60_000,
      keepAliveTimeoutMs: 75_000,
      maxConnections: 10_000,
    },
  })
  const open = new Set<Socket>()
  const sockets: Socket[] = []
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    sockets.push(socket)
    socket.on('close', () => open.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    for (const socket of open) socket.destroy()
  })
  return {
    port: (server.address() as AddressInfo).port,
    server,
    tunnel,
    counted,
    closings: () => counted.filter((word) => word.startsWith('closed')),
    requests,
    lines,
    denials: () => lines.map(({ denial }) => denial),
    logged,
    clients: () => open.size,
    sockets,
  }
}

const permitFor = (url: string, options: TunnellingOptions): Permit => {
  const [path, query] = url.split(/(?=\?)/)
  return {
    kind: 'authorized',
    route: {
      index: 0,
      label: 'GET /ws',
      access: { kind: 'public' },
      responseTimeoutMs: options.responseTimeoutMs,
    },
    target: { path },
    query: query ?? '',
    identity: undefined,
    acceptedUntil: undefined,
    identitySource: undefined,
    ...options.permit,
  } as unknown as Permit
}
