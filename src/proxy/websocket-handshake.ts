// The opening handshake of a WebSocket (RFC 6455 §4), on both sides of the gate: what a client must
// ask, what the upstream is asked, what it must answer and what the client is told. Text only.
import { createHash } from 'node:crypto'
import { deny, isDenial, type Denial } from '../core/denial.ts'
import { foldHeaderName } from '../core/header-name.ts'
import type { RequestFacts, WebSocketHandshake } from '../core/request.ts'
import { brokenAnswer, type Failure } from './failure.ts'
import { readResponseHead } from './response-head.ts'

/** The only version there is (§11.6). */
export const webSocketVersion = '13'

/** Whether a request asks for a WebSocket, well or badly. */
export const asksForWebSocket = (rawHeaders: readonly string[]): boolean =>
  listOf(rawHeaders, 'upgrade').some((protocol) => protocol.toLowerCase() === 'websocket')

/** Whether a request asks for the version that the gate knows. */
export const asksForKnownVersion = (rawHeaders: readonly string[]): boolean =>
  valuesOf(rawHeaders, 'sec-websocket-version').join() === webSocketVersion

/**
 * Reads a client's handshake. `request_malformed` for what §4.2.1 does not allow: another method than
 * GET, HTTP/1.0, a body, a key that is not 16 bytes of base64, another version than 13, a subprotocol
 * that is no token.
 */
export const readHandshake = (facts: RequestFacts): WebSocketHandshake | Denial => {
  const { rawHeaders } = facts
  if (facts.method !== 'GET') return malformed('a WebSocket handshake by another method than GET')
  if (facts.httpVersion !== '1.1') return malformed('a WebSocket handshake over HTTP/1.0')
  if (facts.hasBody) return malformed('a WebSocket handshake with a body')
  if (!asksForKnownVersion(rawHeaders)) return malformed('Sec-WebSocket-Version')
  const [key = '', ...others] = valuesOf(rawHeaders, 'sec-websocket-key')
  if (others.length > 0 || !isKey(key)) return malformed('Sec-WebSocket-Key')
  const protocols = listOf(rawHeaders, 'sec-websocket-protocol')
  if (!protocols.every(isToken)) return malformed('Sec-WebSocket-Protocol')
  return { key, protocols }
}

/** What a client offers, without the subprotocols that carry a token. */
export interface Offer {
  readonly handshake: WebSocketHandshake
  /** What a subprotocol that carries a token begins with; '' for none. */
  readonly tokenPrefix: string
}

/**
 * The header lines for the upstream: those made for any request (flat: name, value…), with the lines
 * of the handshake said anew. A subprotocol that carries a token is left out.
 */
export const upstreamHandshake = (headers: readonly string[], offer: Offer): string[] => {
  const { handshake } = offer
  const lines = headers.filter((_, index) => !isRewritten(headers[index & ~1] as string))
  lines.push('Connection', 'Upgrade', 'Upgrade', 'websocket')
  lines.push('Sec-WebSocket-Version', webSocketVersion, 'Sec-WebSocket-Key', handshake.key)
  const protocols = handshake.protocols.filter((protocol) => !isTokenProtocol(protocol, offer))
  if (protocols.length > 0) lines.push('Sec-WebSocket-Protocol', protocols.join(', '))
  return lines
}

/**
 * Checks the upstream's 101 (§4.1) and gives the header lines for the client's.
 *
 * Browsers give up when they offered subprotocols and none was chosen. So one that carried a token
 * counts as chosen when the upstream chose none. What the upstream did choose is passed on, even if
 * it was not offered: that is for the client to judge, as it would without the gate.
 *
 * @param rawHeaders - of the upstream's answer, flat: name, value…
 */
export const clientHandshake = (
  rawHeaders: readonly string[],
  offer: Offer,
): readonly string[] | Failure => {
  const { handshake } = offer
  if (!asksForWebSocket(rawHeaders)) return brokenAnswer('a 101 to something else than WebSocket')
  if (valuesOf(rawHeaders, 'sec-websocket-accept').join() !== acceptOf(handshake.key)) {
    return brokenAnswer("the upstream's Sec-WebSocket-Accept is wrong")
  }
  const [chosen, ...others] = valuesOf(rawHeaders, 'sec-websocket-protocol')
  if (others.length > 0) return brokenAnswer('the upstream chose more than one subprotocol')
  const lines = readResponseHead(101, asBuffers(rawHeaders))
  if (lines === undefined) return brokenAnswer('a 101 with a transfer coding')
  const headers = lines.filter((_, index) => !isFraming(lines[index & ~1] as string))
  headers.push('Connection', 'Upgrade', 'Upgrade', 'websocket')
  const echoed = handshake.protocols.find((protocol) => isTokenProtocol(protocol, offer))
  if (chosen === undefined && echoed !== undefined) headers.push('Sec-WebSocket-Protocol', echoed)
  return headers
}

/** Header lines as Node's client gives them, in the form in which undici does. */
export const asBuffers = (rawHeaders: readonly string[]): Buffer[] =>
  rawHeaders.map((text) => Buffer.from(text, 'latin1'))

/** Facts of an upgrade request, the handshake among them. */
export const withHandshake = (facts: RequestFacts | Denial): RequestFacts | Denial => {
  if (isDenial(facts)) return facts
  const webSocket = readHandshake(facts)
  return isDenial(webSocket) ? webSocket : { ...facts, webSocket }
}

/** §4.2.2, step 5. */
const acceptOf = (key: string): string =>
  createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')

const isTokenProtocol = (protocol: string, { tokenPrefix }: Offer): boolean =>
  tokenPrefix !== '' && protocol.startsWith(tokenPrefix)

/** 16 bytes, in their one spelling. */
const isKey = (value: string): boolean => /^[A-Za-z0-9+/]{21}[AQgw]==$/.test(value)

/** RFC 9110 §5.6.2. */
const isToken = (value: string): boolean => /^[\w!#$%&'*+.^`|~-]+$/.test(value)

/** By fold, so that an upstream sees no second handshake under an alias. */
const isRewritten = (name: string): boolean =>
  /^sec_websocket_(?:key|version|protocol|accept)$/.test(foldHeaderName(name))

const isFraming = (name: string): boolean => /^content-length$/i.test(name)

const valuesOf = (rawHeaders: readonly string[], name: string): readonly string[] =>
  rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name)

/** Members of a header that is a list, over all its lines; empty ones are skipped. */
const listOf = (rawHeaders: readonly string[], name: string): readonly string[] =>
  valuesOf(rawHeaders, name)
    .flatMap((value) => value.split(','))
    .map((member) => member.trim())
    .filter((member) => member !== '')

const malformed = (cause: string): Denial => deny('request_malformed', { cause })
