// Opens one connection to the upstream: TCP, TLS or a unix socket. It knows no HTTP. The name that
// the upstream's certificate must bear comes from the settings alone, never from a request.
import { connect as connectTcp, isIP, type Socket } from 'node:net'
import { checkServerIdentity, connect as connectTls, createSecureContext } from 'node:tls'
import type { UpstreamSettings } from '../core/settings.ts'
import { errors } from './undici.ts'

/** What the outcome of an attempt is handed to; called once. */
export type Dialled = (...outcome: [null, Socket] | [Error, null]) => void

/**
 * Begins to connect. The socket that is returned may be destroyed at any time, which ends the
 * attempt with an error.
 */
export type Dial = (dialled: Dialled) => Socket

export type DialSettings = Pick<
  UpstreamSettings,
  'origin' | 'socketPath' | 'connectTimeoutMs' | 'tls'
>

/** Idle time after which the kernel begins to ask whether the other side is still there. */
const keepAliveProbeMs = 60_000

/** Makes the dialler. Throws for key material that OpenSSL refuses: at start-up. */
export const createDial = (settings: DialSettings): Dial => {
  const secure = isSecure(settings.origin)
  const open = secure ? createTlsOpener(settings) : createPlainOpener(settings)
  const connected = secure ? 'secureConnect' : 'connect'
  return (dialled) => {
    const socket = open()
    let waiting = true
    const settle = (error: Error | null): void => {
      if (!waiting) return
      waiting = false
      clearTimeout(timer)
      if (error === null) dialled(null, socket)
      else dialled(error, null)
    }
    const timer = setTimeout(() => {
      socket.destroy(new errors.ConnectTimeoutError())
    }, settings.connectTimeoutMs)
    socket.setNoDelay(true).setKeepAlive(true, keepAliveProbeMs)
    socket.once(connected, () => settle(null))
    socket.on('error', (error) => {
      settle(error)
      // A record that cannot be read is an error of TLS and does not close by itself.
      socket.destroy()
    })
    socket.once('close', () => settle(new Error('the attempt to connect was given up')))
    return socket
  }
}

/** Whether the upstream speaks TLS. */
export const isSecure = (origin: string): boolean => origin.startsWith('https:')

const endpointOf = (
  settings: DialSettings,
): { readonly path: string } | { readonly host: string; readonly port: number } => {
  if (settings.socketPath !== undefined) return { path: settings.socketPath }
  const { hostname, port } = new URL(settings.origin)
  const defaultPort = isSecure(settings.origin) ? 443 : 80
  // URLs write IPv6 addresses in brackets, sockets do not.
  return { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? defaultPort : Number(port) }
}

const createPlainOpener = (settings: DialSettings): (() => Socket) => {
  const endpoint = endpointOf(settings)
  return () => connectTcp(endpoint)
}

const createTlsOpener = (settings: DialSettings): (() => Socket) => {
  const endpoint = endpointOf(settings)
  const { ca, cert, key, serverName } = settings.tls
  const secureContext = createSecureContext({ ca, cert, key })
  // An address is no server name (RFC 6066 §3): no SNI then, but the certificate must still be for it.
  const servername = isIP(serverName) === 0 ? serverName : ''
  let session: Buffer | undefined
  return () => {
    const socket = connectTls({
      ...endpoint,
      secureContext,
      servername,
      checkServerIdentity: (_host, certificate) => checkServerIdentity(serverName, certificate),
      ALPNProtocols: ['http/1.1'],
      ...(session === undefined ? {} : { session }),
    })
    // The next connection resumes this one's session and saves the full handshake.
    socket.on('session', (latest) => {
      session = latest
    })
    return socket
  }
}
