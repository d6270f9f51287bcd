// Connections that end before there is anything to answer: those beyond `limits.maxConnections`, and
// those whose TLS handshake fails. The log is all that tells of them.
import type { Server } from 'node:http'
import { createCountedWarning, type CountedWarningOptions } from './counted-warning.ts'

export type DropOptions = CountedWarningOptions

/** Logs the connections that a server closes at once. */
export const logDrops = (server: Server, options: DropOptions): void => {
  const warn = createCountedWarning(options, 'client connections closed at once', (dropped) => ({
    dropped,
    maxConnections: server.maxConnections,
  }))
  server.on('drop', warn)
}

/**
 * Logs the handshakes that fail at a server, with the reason of the last one. Not those of clients
 * that went away by themselves: balancers and scanners do little else.
 */
export const logFailedHandshakes = (server: Server, options: DropOptions): void => {
  const warn = createCountedWarning(options, 'TLS handshakes failed', (failed, reason: string) => ({
    failed,
    reason,
  }))
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket: Refused) => {
    const reason = reasonOf(error, socket)
    if (reason !== 'ECONNRESET') warn(reason)
  })
}

/** Of Node's TLSSocket. A word, such as UNABLE_TO_VERIFY_LEAF_SIGNATURE, though typed as an Error. */
interface Refused {
  readonly authorizationError: unknown
}

/**
 * What was wrong with the client's certificate, else the code of OpenSSL or Node.js: never a message,
 * which may hold the client's bytes.
 */
const reasonOf = ({ code }: NodeJS.ErrnoException, { authorizationError }: Refused): string =>
  typeof authorizationError === 'string' ? authorizationError : String(code)
