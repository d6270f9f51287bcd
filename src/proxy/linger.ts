// What is done with the rest of a request's body once the answer is out: a little more of it is read,
// so that a client busy with sending sees the answer instead of a reset (RFC 9112 §9.6).
import type { IncomingMessage, ServerResponse } from 'node:http'

/**
 * How much more is read, and how long the connection then lives. Both count: what lies unread when a
 * socket is closed resets it, so a client that goes on sending is left to wait, and to read.
 */
export const linger = { maxBytes: 65_536, maxMs: 1000 } as const

/**
 * Ends a response whose bytes are all written, but not before the request's body has ended or its
 * bounds are reached: Node destroys the socket at the end of a last response, and a socket that is
 * closed with bytes unread is reset, which can take the answer with it.
 */
export const endAfterBody = (request: IncomingMessage, response: ServerResponse): void => {
  let bytes = 0
  const count = (chunk: Buffer): void => {
    bytes += chunk.length
    if (bytes > linger.maxBytes) request.off('data', count).pause()
  }
  const letGo = (): void => {
    clearTimeout(timer)
    request.off('data', count).off('end', finish).pause()
    response.off('close', letGo)
  }
  const finish = (): void => {
    letGo()
    response.end()
  }
  const timer = setTimeout(finish, linger.maxMs)
  response.on('close', letGo)
  request.on('end', finish).on('data', count).resume()
}
