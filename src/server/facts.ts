// From Node's request to plain facts, in one pass over the header lines as received. Refuses what
// two parties could frame or route differently. It never reads `request.headers`, which merges lines.
import type { IncomingMessage } from 'node:http'
import { isIPv6 } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { deny, isDenial, type Denial } from '../core/denial.ts'
import type { RequestFacts } from '../core/request.ts'

/**
 * Reads a request's head. `request_malformed` for: an HTTP version other than 1.0 and 1.1; a Host
 * that is missing (on 1.1), repeated or no `host[:port]` (RFC 9110 §7.2); a body whose length is
 * declared twice, in two ways or otherwise than RFC 9112 §6 allows; a `Connection` that names a
 * header which frames or routes the request; remains of folded lines (RFC 9112 §5.2).
 */
export const readFacts = (request: IncomingMessage): RequestFacts | Denial => {
  const { httpVersion, rawHeaders, socket } = request
  if (httpVersion !== '1.0' && httpVersion !== '1.1') return malformed('HTTP version')
  const lines = readLines(rawHeaders)
  if (isDenial(lines)) return lines
  const { host, contentLength, transferEncoding } = lines

  if (host === undefined && httpVersion === '1.1') return malformed('Host missing')
  if (host !== undefined && !isHost(host)) return malformed('Host invalid')
  if (transferEncoding !== undefined) {
    if (httpVersion === '1.0') return malformed('Transfer-Encoding in HTTP/1.0')
    if (contentLength !== undefined) return malformed('Content-Length and Transfer-Encoding')
    if (transferEncoding.toLowerCase() !== 'chunked') return malformed('Transfer-Encoding')
  }
  // 15 digits stay below 2^53, so that the number is the text.
  if (contentLength !== undefined && !/^\d{1,15}$/.test(contentLength)) {
    return malformed('Content-Length')
  }
  const connectionOptions = readConnection(lines.connection)
  if (isDenial(connectionOptions)) return connectionOptions

  const length = contentLength === undefined ? undefined : Number(contentLength)
  return {
    method: request.method as string,
    target: request.url as string,
    rawHeaders,
    connectionOptions,
    host,
    remoteAddress: peerAddress(socket.remoteAddress),
    secure: (socket as Partial<TLSSocket>).encrypted === true,
    httpVersion,
    hasBody: transferEncoding !== undefined || (length !== undefined && length > 0),
    contentLength: length,
  }
}

/** A peer's address, IPv4 in dotted form even on a dual-stack socket; '' once the peer is gone. */
export const peerAddress = (address: string | undefined): string => {
  if (address === undefined) return ''
  return address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address
}

interface FramingLines {
  readonly host: string | undefined
  readonly contentLength: string | undefined
  readonly transferEncoding: string | undefined
  /** The values of all `Connection` lines, joined by commas. */
  readonly connection: string | undefined
}

const readLines = (rawHeaders: readonly string[]): FramingLines | Denial => {
  let host: string | undefined
  let contentLength: string | undefined
  let transferEncoding: string | undefined
  let connection: string | undefined
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string
    const value = rawHeaders[index + 1] as string
    if (breaksLine(value)) return malformed('line break in a header')
    // Lengths first: few names have one of these four, and the others need no lower-casing.
    switch (name.length) {
      case 4:
        if (name.toLowerCase() !== 'host') break
        if (host !== undefined) return malformed('Host repeated')
        host = value
        break
      case 10:
        if (name.toLowerCase() !== 'connection') break
        connection = connection === undefined ? value : `${connection},${value}`
        break
      case 14:
        if (name.toLowerCase() !== 'content-length') break
        if (contentLength !== undefined) return malformed('Content-Length repeated')
        contentLength = value
        break
      case 17:
        if (name.toLowerCase() !== 'transfer-encoding') break
        if (transferEncoding !== undefined) return malformed('Transfer-Encoding repeated')
        transferEncoding = value
        break
    }
  }
  return { host, contentLength, transferEncoding, connection }
}

/** Each search is one call into C; a class of characters is looked for one character at a time. */
const breaksLine = (value: string): boolean =>
  value.includes('\n') || value.includes('\r') || value.includes('\0')

/** Headers that a client must not be able to have dropped on the way: they frame or route. */
const framingNames: readonly string[] = ['content-length', 'transfer-encoding', 'host']

// What nearly every client sends, made once.
const keepAlive: ReadonlySet<string> = new Set(['keep-alive'])

const readConnection = (text: string | undefined): ReadonlySet<string> | undefined | Denial => {
  if (text === undefined) return undefined
  const lower = text.toLowerCase()
  if (lower === 'keep-alive') return keepAlive
  const options = new Set<string>()
  for (const item of lower.split(',')) {
    const option = item.trim()
    if (framingNames.includes(option)) return malformed('Connection names a framing header')
    if (option !== '') options.add(option)
  }
  return options.size === 0 ? undefined : options
}

/**
 * Narrower than RFC 3986: a name of letters, digits and `-._~`, or an IPv6 address in brackets.
 * Commas, quotes and semicolons, legal there, would forge elements of `Forwarded` and the like.
 */
const isHost = (value: string): boolean => plainHost.test(value) || isAnyHost(value)

/** What nearly all of them are: a name or an IPv4 address, and a port that is none too large. */
const plainHost = /^[A-Za-z0-9._~-]+(?::[0-5]?\d{0,4})?$/

const isAnyHost = (value: string): boolean => {
  const match = /^(?:[A-Za-z0-9._~-]+|\[([0-9A-Fa-f:.]+)\])(?::(\d{0,5}))?$/.exec(value)
  if (match === null) return false
  const [, ipv6, port] = match
  return (ipv6 === undefined || isIPv6(ipv6)) && Number(port ?? 0) <= 65535
}

const malformed = (cause: string): Denial => deny('request_malformed', { cause })
