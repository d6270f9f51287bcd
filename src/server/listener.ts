// Node's server for what asks the gate: HTTP/1.1 on TCP or in TLS, with its limits. Which connections
// carry requests depends on that, and on nothing else.
import type { Server, ServerOptions } from 'node:http'
import { createServer } from '../node-http.ts'
import { createServer as createTlsServer, type Server as TlsListener } from 'node:https'
import { Server as TlsServer, type SecureContextOptions } from 'node:tls'
import type { LimitSettings, ListenTls } from '../core/settings.ts'
import { GateResponse } from './gate-response.ts'

export interface ListenerOptions {
  /** Undefined speaks plain HTTP. */
  readonly tls: ListenTls | undefined
  /** Within which a handshake must be over. */
  readonly handshakeTimeoutMs: number
}

/** Makes the server. With TLS it speaks 1.2 or later, and no protocol in it but HTTP/1.1. */
export const createListener = (
  options: ServerOptions,
  { tls, handshakeTimeoutMs }: ListenerOptions,
): Server =>
  tls === undefined
    ? createServer(options)
    : createTlsServer({
        ...options,
        ...contextOf(tls),
        requestCert: tls.clientCa !== undefined,
        rejectUnauthorized: true,
        ALPNProtocols: ['http/1.1'],
        // Node.js measures it from the connection on, however slowly the client talks.
        handshakeTimeout: handshakeTimeoutMs,
      })

/** Longest time, in milliseconds, until a head that is late is noticed. */
const headersCheckMs = 1000

/** What the limits are to Node's server while it is made; its responses have a place in the books. */
export const optionsOf = (limits: LimitSettings) => ({
  ServerResponse: GateResponse,
  maxHeaderSize: limits.maxHeaderBytes,
  headersTimeout: limits.headersTimeoutMs,
  // Node looks for late heads at this interval only, every 30 s by default.
  connectionsCheckingInterval: Math.min(headersCheckMs, limits.headersTimeoutMs),
  keepAliveTimeout: limits.keepAliveTimeoutMs,
  // Node would answer in its own words; a missing Host is `request_malformed` like an odd one.
  requireHostHeader: false,
  noDelay: true,
})

/** What the limits are to Node's server once it is made; may be called again, for new connections. */
export const setLimits = (server: Server, limits: LimitSettings): void => {
  server.maxConnections = limits.maxConnections
  // Node drops lines past the 1000th in silence, be it the one that frames the body. Their bytes
  // are bounded by maxHeaderSize.
  server.maxHeadersCount = 0
  server.timeout = limits.bodyIdleTimeoutMs
  server.keepAliveTimeout = limits.keepAliveTimeoutMs
}

/** Whether a server speaks TLS. */
export const isTls = (server: Server): server is TlsListener => server instanceof TlsServer

/** The event of a server that hands over a connection ready for requests. */
export const readyEvent = (server: Server): 'connection' | 'secureConnection' =>
  isTls(server) ? 'secureConnection' : 'connection'

/**
 * Puts other certificates in force for handshakes that begin from now on. Connections stay, and no
 * session of before is resumed: their tickets were made with keys of the old context.
 *
 * @throws what OpenSSL does not take; the old ones then stay in force
 */
export const replaceCertificates = (server: Server, tls: ListenTls): void => {
  if (isTls(server)) server.setSecureContext(contextOf(tls))
}

const contextOf = ({ cert, key, clientCa }: ListenTls): SecureContextOptions => ({
  cert,
  key,
  ...(clientCa === undefined ? {} : { ca: clientCa }),
  minVersion: 'TLSv1.2',
})
