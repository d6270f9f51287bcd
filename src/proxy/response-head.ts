// Reads the head of the upstream's answer: what of it the client gets. Values stay as they are, byte
// for byte, but for the length; what belongs to the upstream's connection goes. Nothing is written here.
import { isAsLongAsHopByHop, isHopByHop, parseConnectionOptions } from './hop-by-hop.ts'

/**
 * The header lines for the client (flat: name, value…), in order, spelling and number as received.
 * Undefined when the body is coded in a way that is lost with the connection's headers.
 *
 * @param rawHeaders - names and values in turn, as undici hands them over
 */
export const readResponseHead = (
  status: number,
  rawHeaders: readonly Buffer[],
): string[] | undefined => {
  const headers: string[] = []
  let connection = ''
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    // latin1 keeps one character per byte, and Node writes heads as latin1.
    const name = (rawHeaders[index] as Buffer).toString('latin1')
    const value = (rawHeaders[index + 1] as Buffer).toString('latin1')
    if (!isAsLongAsHopByHop(name) && name.length !== contentLength.length) {
      headers.push(name, value)
      continue
    }
    const lower = name.toLowerCase()
    if (lower === 'connection') connection += `,${value}`
    if (lower === 'transfer-encoding' && !isUndone(value)) return undefined
    if (isHopByHop(lower) || (status === 204 && lower === contentLength)) continue
    // The parser leaves white space behind a length, which is framing and not the service's to garble.
    headers.push(name, lower === contentLength ? value.trim() : value)
  }
  return namesNothing(connection) ? headers : withoutOptions(headers, connection)
}

const contentLength = 'content-length'

/** Values of the `Link` lines of an informational answer (RFC 8297). */
export const readLinks = (rawHeaders: readonly Buffer[]): string[] => {
  const links: string[] = []
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] as Buffer).toString('latin1')
    if (name.toLowerCase() === 'link')
      links.push((rawHeaders[index + 1] as Buffer).toString('latin1'))
  }
  return links
}

/** Transfer codings that the parser has undone. Others (gzip) would reach the client unannounced. */
const isUndone = (value: string): boolean => /^(?:chunked|identity)$/i.test(value.trim())

/** Of what nearly every upstream sends; `withoutOptions` would find nothing to remove. */
const namesNothing = (connection: string): boolean =>
  connection === '' || connection === ',keep-alive' || connection === ',close'

/** The same lines without those that `Connection` names (RFC 9110 §7.6.1). */
const withoutOptions = (headers: readonly string[], connection: string): string[] => {
  const options = new Set(parseConnectionOptions(connection))
  return headers.filter((_, index) => !options.has((headers[index & ~1] as string).toLowerCase()))
}
