// Writes an answer of the gate's own: through Node's response, or on the bare socket where there is
// none. It decides nothing. A request body that nobody will use is read within bounds only.
import type { IncomingMessage, ServerResponse } from 'node:http'
import { STATUS_CODES } from '../node-http.ts'
import type { Socket } from 'node:net'
import type { Answer } from '../core/answer.ts'
import { endWith } from '../proxy/last-piece.ts'
import { endAfterBody, linger } from '../proxy/linger.ts'

/**
 * Answers a request. Does nothing once a head was sent or the client is gone, and never throws. The
 * connection ends when the request's body has not been read to its end.
 */
export const respond = (
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
): void => {
  if (response.headersSent || response.destroyed) return
  const unread = !request.complete && mayHaveBody(request.rawHeaders)
  if (unread) response.shouldKeepAlive = false
  const { status, headers, body } = answer
  const length = Buffer.byteLength(body)
  try {
    // A 204 may not state a length (RFC 9110 §8.6); that of a 304 would be another answer's.
    if (status === 204 || status === 304) response.writeHead(status, [...headers])
    else response.writeHead(status, [...headers, 'Content-Length', String(length)])
  } catch {
    // A header that Node refuses to write: a broken connection says less than a broken answer.
    response.destroy()
    return
  }
  if (!unread) {
    // ASCII, as nearly all bodies are, is the same bytes in latin1, which is written with less ado.
    if (length === body.length) endWith(response, body)
    else response.end(body)
    return
  }
  // Written whole, but not ended yet: Node destroys the socket at the end of a last response.
  response.cork()
  response.flushHeaders()
  response.write(body)
  response.uncork()
  endAfterBody(request, response)
}

/**
 * Answers on a socket that has no response to write to, and ends the connection. The caller must
 * know that no byte of a response is on its way there.
 */
export const respondOnSocket = (socket: Socket, answer: Answer): void => {
  let text = `HTTP/1.1 ${answer.status} ${STATUS_CODES[answer.status] ?? 'unknown'}\r\n`
  for (let index = 0; index < answer.headers.length; index += 2) {
    text += `${answer.headers[index] as string}: ${answer.headers[index + 1] as string}\r\n`
  }
  text += `Date: ${new Date().toUTCString()}\r\nConnection: close\r\n`
  text += `Content-Length: ${Buffer.byteLength(answer.body)}\r\n\r\n${answer.body}`
  socket.end(text)
  lingerOnSocket(socket)
}

/** A GET is not `complete` either while its head is being handled, so the framing has to tell. */
const mayHaveBody = (rawHeaders: readonly string[]): boolean => {
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string
    // Lengths first: few names have one of these two, and the others need no lower-casing.
    if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') return true
    if (name.length === 14 && name.toLowerCase() === 'content-length') {
      if (rawHeaders[index + 1] !== '0') return true
    }
  }
  return false
}

/** Reads a little of what still comes on a socket that was ended, and then destroys it. */
export const lingerOnSocket = (socket: Socket): void => {
  let bytes = 0
  const timer = setTimeout(() => socket.destroy(), linger.maxMs)
  socket.on('close', () => {
    clearTimeout(timer)
  })
  socket.on('data', (chunk: Buffer) => {
    bytes += chunk.length
    if (bytes > linger.maxBytes) socket.pause()
  })
  socket.resume()
}
