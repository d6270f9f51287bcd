// A real HTTP server whose handler does nothing but forward: everything is permitted. With the raw
// client it shows what the forwarder makes of bytes, on both sides.
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import type { Test } from 'tap'
import type { Permit } from '../../src/authorize.ts'
import type { Denial } from '../../src/core/denial.ts'
import type { RequestFacts } from '../../src/core/request.ts'
import type { Route } from '../../src/core/route.ts'
import type { LimitSettings, UpstreamSettings } from '../../src/core/settings.ts'
import { createIdentityHeaders } from '../../src/identity/apply.ts'
import type { ViewSettings } from '../../src/routing/request-view.ts'
import { systemClock } from '../../src/observe/clock.ts'
import type { Exchange } from '../../src/proxy/exchange.ts'
import { createForwarder, type Forwarder } from '../../src/proxy/forward.ts'
import { until } from './raw-upstream.ts'

export interface ForwardingGate {
  readonly port: number
  readonly forwarder: Forwarder
  readonly exchanges: readonly Exchange[]
  readonly refusals: readonly Denial[]
  /** What was counted, in order: `finished`, `failed reset`, `retried`, `stripped 2`. */
  readonly counted: readonly string[]
  /** Warnings and errors that were logged. */
  readonly logged: readonly string[]
  /** Connections of clients that are open now. */
  readonly clients: () => number
}

export interface GateOptions {
  readonly port?: number
  readonly upstream?: Partial<UpstreamSettings>
  readonly limits?: Partial<LimitSettings>
  readonly trustedProxies?: readonly string[]
  readonly facts?: Partial<RequestFacts>
  readonly permit?: Partial<Permit>
  readonly responseTimeoutMs?: number
  /** Those of the table, for their mappings; the permit names one of them by its index. */
  readonly routes?: readonly Route[]
  readonly view?: ViewSettings
  readonly claimHeaders?: Readonly<Record<string, readonly string[]>>
  readonly passHeaders?: readonly string[]
  /** Whether forwarding waits for the next turn of the event loop, as it does for a signing key. */
  readonly later?: boolean
  /** Called with each exchange before it is forwarded. */
  readonly before?: (exchange: Exchange) => void
}

/** Settings as the loader makes them from defaults, for an upstream on a port of 127.0.0.1. */
export const upstreamSettings = (
  port: number,
  changes: Partial<UpstreamSettings> = {},
): UpstreamSettings => ({
  origin: `http://127.0.0.1:${port}`,
  pathPrefix: '',
  socketPath: undefined,
  connectTimeoutMs: 5000,
  responseTimeoutMs: 29_000,
  idleTimeoutMs: 300_000,
  maxConnections: 1024,
  maxQueued: 1024,
  queueTimeoutMs: 1000,
  preserveHost: true,
  headers: [],
  tls: { ca: undefined, cert: undefined, key: undefined, serverName: '127.0.0.1' },
  ...changes,
})

/** Starts a gate before the upstream on `port`; it ends with the test. */
export const startForwarding = async (t: Test, options: GateOptions): Promise<ForwardingGate> => {
  const upstream = upstreamSettings(options.port ?? 1, options.upstream)
  const exchanges: Exchange[] = []
  const refusals: Denial[] = []
  const counted: string[] = []
  const logged: string[] = []
  const log = (_fields: unknown, message: string) => void logged.push(message)
  const forwarder = createForwarder({
    upstream,
    limits: { maxBodyBytes: 0, bodyIdleTimeoutMs: 60_000, ...options.limits },
    trustedProxies: options.trustedProxies ?? [],
    headers: createIdentityHeaders(
      {
        apiType: 'REST',
        claimEncoding: 'percent',
        claimHeaders: options.claimHeaders ?? {},
        claimsHeader: '',
        authorizers: [],
        stripHeaders: [],
        passHeaders: options.passHeaders ?? [],
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
      upstreamRetried: () => void counted.push('retried'),
      identityHeadersStripped: (lines) => void counted.push(`stripped ${lines}`),
    },
    log: { debug: () => undefined, info: () => undefined, warn: log, error: log },
  })
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const exchange: Exchange = {
      request,
      response,
      facts: { ...factsOf(request), ...options.facts },
      requestId: randomUUID(),
      refuse: (denial) => {
        refusals.push(denial)
        refuse(exchange, denial)
      },
      dress: undefined,
      carrier: undefined,
      upstreamStartMs: undefined,
      upstreamEndMs: undefined,
    }
    exchanges.push(exchange)
    response.once('close', () => exchange.carrier?.onClosed())
    const forward = (): void => {
      options.before?.(exchange)
      forwarder.forward(permitFor(request, options), exchange)
    }
    if (options.later === true) setImmediate(forward)
    else forward()
  }
  const server = createServer(serve).on('checkContinue', serve)
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(async () => {
    await forwarder.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  const { port } = server.address() as AddressInfo
  const clients = () => sockets.size
  return { port, forwarder, exchanges, refusals, counted, logged, clients }
}

/** What the server's own reader would say of these requests. */
export const factsOf = (request: IncomingMessage): RequestFacts => {
  const { rawHeaders, headers } = request
  const length = headers['content-length']
  const options = headers.connection?.toLowerCase().split(/\s*,\s*/)
  return {
    method: request.method!,
    target: request.url!,
    rawHeaders,
    connectionOptions: options === undefined ? undefined : new Set(options),
    host: headers.host,
    remoteAddress: '127.0.0.1',
    secure: false,
    httpVersion: request.httpVersion as '1.0' | '1.1',
    hasBody: headers['transfer-encoding'] !== undefined || Number(length ?? 0) > 0,
    contentLength: length === undefined ? undefined : Number(length),
  }
}

const permitFor = (request: IncomingMessage, options: GateOptions): Permit => {
  const [path, query] = request.url!.split(/(?=\?)/)
  return {
    kind: 'authorized',
    route: { label: 'ANY /{proxy+}', responseTimeoutMs: options.responseTimeoutMs },
    target: { path },
    query: query ?? '',
    identity: undefined,
    identitySource: undefined,
    ...options.permit,
  } as unknown as Permit
}

const refuse = ({ request, response }: Exchange, denial: Denial): void => {
  if (!request.complete) response.shouldKeepAlive = false
  response.writeHead(500, { 'X-Denial': denial.code, 'Content-Length': 0 }).end()
}

/** A client that writes bytes and keeps what comes back. */
export interface RawClient {
  readonly socket: Socket
  readonly text: () => string
  /** Waits until the text matches. */
  readonly sees: (pattern: RegExp) => Promise<void>
  /** Waits for the connection's end. `end`: closed in order. `reset`: broken. */
  readonly closed: Promise<'end' | 'reset'>
}

/** Connects to 127.0.0.1 and writes `text`, one byte per character. */
export const dialRaw = (t: Test, port: number, text = ''): RawClient =>
  watchRaw(t, connect({ port, host: '127.0.0.1', allowHalfOpen: true }), text)

/** Makes a client of a connection, which ends with the test, and writes `text` to it. */
export const watchRaw = (t: Test, socket: Socket, text: string): RawClient => {
  let received = ''
  socket.on('data', (chunk) => {
    received += chunk.toString('latin1')
  })
  let reset = false
  socket.on('error', () => {
    reset = true
  })
  socket.on('end', () => socket.end())
  const closed = new Promise<'end' | 'reset'>((resolve) => {
    socket.on('close', () => resolve(reset ? 'reset' : 'end'))
  })
  t.teardown(() => socket.destroy())
  socket.write(text, 'latin1')
  return {
    socket,
    text: () => received,
    sees: (pattern) => until(() => pattern.test(received), String(pattern)),
    closed,
  }
}

/** Sends one request with `Connection: close` added and gives the whole of what came back. */
export const exchangeRaw = async (t: Test, port: number, text: string): Promise<string> => {
  const client = dialRaw(t, port, text.replace('\r\n', '\r\nConnection: close\r\n'))
  await client.closed
  return client.text()
}
