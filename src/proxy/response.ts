// Writes the upstream's answer to the client through Node's response: its head, hints before it, its
// end, or a break that cannot be taken for an end. It decides nothing about the upstream.
import type { Exchange } from './exchange.ts'
import { endWith } from './last-piece.ts'
import { endAfterBody } from './linger.ts'
import { readLinks } from './response-head.ts'

/** The part of an exchange that an answer is written to. */
export type AnswerSide = Pick<Exchange, 'request' | 'response' | 'facts' | 'dress'>

/** What an upstream said in its head. */
export interface AnswerHead {
  readonly status: number
  readonly statusText: string
  /** Flat: name, value… */
  readonly headers: string[]
}

/**
 * Hands the head to Node, which sends it with the first piece of the body or when flushed.
 *
 * @returns what Node refused it for; undefined when all is well. After a refusal another head can be
 *   written
 */
export const writeHead = ({ request, response, facts }: AnswerSide, head: AnswerHead): unknown => {
  // Node would chunk what answers `TE: chunked` of HTTP/1.0, which RFC 9112 §6.1 forbids.
  if (facts.httpVersion === '1.0') response.useChunkedEncodingByDefault = false
  // An answer that comes before the body's end: what follows on the connection is still that body.
  if (!request.complete) response.shouldKeepAlive = false
  try {
    if (isPlainText(head.statusText)) {
      response.writeHead(head.status, head.statusText, head.headers)
    } else {
      response.writeHead(head.status, head.headers)
    }
    return undefined
  } catch (error) {
    response.statusMessage = ''
    return error
  }
}

/** Passes `103 Early Hints` on (RFC 8297): its links alone, and only those that Node accepts. */
export const writeEarlyHints = ({ response, facts }: AnswerSide, raw: readonly Buffer[]): void => {
  // HTTP/1.0 has no informational answers (RFC 9110 §15.2).
  if (facts.httpVersion === '1.0') return
  try {
    response.writeEarlyHints({ link: readLinks(raw) })
  } catch {
    // A hint is no more than that: without it the answer is the same.
  }
}

/**
 * Ends a whole answer. With part of the request's body still to come, the connection ends too, but
 * not before the client had time to read the answer: a socket closed with bytes unread is reset,
 * and a reset can take the answer with it (RFC 9112 §9.6).
 *
 * @param rest - what is left of the body, one character per byte
 */
export const endAnswer = ({ request, response }: AnswerSide, rest = ''): void => {
  if (request.complete) {
    endWith(response, rest)
    return
  }
  // An answer without a body has been written nowhere yet.
  response.flushHeaders()
  if (rest !== '') response.write(rest, 'latin1')
  endAfterBody(request, response)
}

/** Breaks the client's connection in the middle of an answer, so that it looks like no end. */
export const breakAnswer = ({ response, facts }: AnswerSide): void => {
  // With HTTP/1.0 the end of the connection is the end of the body; a reset is not. TLS has an end
  // of its own, which is missing when the socket is destroyed.
  if (facts.httpVersion === '1.0' && !facts.secure) response.socket?.resetAndDestroy()
  else response.destroy()
}

/** A reason phrase that can be passed on. Others, and none, become the status's standard one. */
const isPlainText = (statusText: string): boolean => /^[\x20-\x7e]+$/.test(statusText)
