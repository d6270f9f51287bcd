// Puts a claim's text into bytes that may stand in a header. Whatever a token says, no result holds
// a control character, so that no claim can end a header line and begin another.
import type { Settings } from '../core/settings.ts'
import type { RenderedClaim } from './render.ts'

/** A byte as %XX. */
export const percentByte = (byte: number): string =>
  `%${byte.toString(16).toUpperCase().padStart(2, '0')}`

/** What each byte of the UTF-8 text becomes, and what a space at either end becomes. */
interface Alphabet {
  readonly bytes: readonly string[]
  readonly edgeSpace: string
}

const createAlphabet = (isEscaped: (byte: number) => boolean, edgeSpace: string): Alphabet => ({
  bytes: Array.from({ length: 256 }, (_, byte) =>
    isEscaped(byte) ? percentByte(byte) : String.fromCharCode(byte),
  ),
  edgeSpace,
})

const isControl = (byte: number): boolean => byte < 0x20 || byte === 0x7f
const isUnsafe = (byte: number): boolean => isControl(byte) || byte >= 0x80 || byte === 0x25
const isComma = (byte: number): boolean => byte === 0x2c
const isSpace = (byte: number): boolean => byte === 0x20

const percent = createAlphabet(isUnsafe, '%20')
// A comma or a space inside a group's name must not look like the border between two groups.
const percentElement = {
  REST: createAlphabet((byte) => isUnsafe(byte) || isComma(byte), '%20'),
  HTTP: createAlphabet((byte) => isUnsafe(byte) || isComma(byte) || isSpace(byte), '%20'),
} satisfies Record<Settings['apiType'], Alphabet>
const utf8 = createAlphabet(isControl, ' ')

/** A rendered claim as a header value. */
export type EncodeClaim = (rendered: RenderedClaim, apiType: Settings['apiType']) => string

/**
 * The encodings by name. One character stands for one byte, since Node and undici write header
 * strings as latin1. Lone surrogates become U+FFFD. The elements of an array are joined as the API
 * type does it: `a,b` for REST, `[a b]` for HTTP.
 *
 * - `percent`: %, controls, non-ASCII, spaces at either end, and inside an array's elements commas
 *   and what the API type joins them with are %XX of their UTF-8 bytes. One `decodeURIComponent` of
 *   the value, or of each element after splitting, gives the claim back.
 * - `utf8`: the UTF-8 bytes as they are; only controls are %XX. Not reversible.
 */
export const claimEncoders = {
  percent: (rendered, apiType) => encode(rendered, apiType, percent, percentElement[apiType]),
  utf8: (rendered, apiType) => encode(rendered, apiType, utf8, utf8),
} satisfies Record<Settings['claimEncoding'], EncodeClaim>

const join = {
  REST: (elements) => elements.join(','),
  // As Go prints a slice, which is what AWS shows of one.
  HTTP: (elements) => `[${elements.join(' ')}]`,
} satisfies Record<Settings['apiType'], (elements: readonly string[]) => string>

const encode = (
  rendered: RenderedClaim,
  apiType: Settings['apiType'],
  whole: Alphabet,
  element: Alphabet,
): string =>
  typeof rendered === 'string'
    ? encodeText(rendered, whole)
    : join[apiType](rendered.map((text) => encodeText(text, element)))

const encodeText = (text: string, { bytes, edgeSpace }: Alphabet): string => {
  // Nearly every text: it is not copied, and its claim and its header then are one string in memory.
  if (isEncoded(text, bytes)) return text
  const octets = Buffer.from(text, 'utf8')
  const isText = (octet: number): boolean => !isSpace(octet)
  const first = octets.findIndex(isText)
  if (first === -1) return edgeSpace.repeat(octets.length)
  const end = octets.findLastIndex(isText) + 1
  let inner = ''
  for (const octet of octets.subarray(first, end)) inner += bytes[octet] as string
  return edgeSpace.repeat(first) + inner + edgeSpace.repeat(octets.length - end)
}

/** Whether every character stands for itself, and no space is at an end. */
const isEncoded = (text: string, bytes: Alphabet['bytes']): boolean => {
  const last = text.length - 1
  for (let index = 0; index <= last; index += 1) {
    const code = text.charCodeAt(index)
    if (code >= 0x80 || bytes[code]?.length !== 1) return false
  }
  return last >= 0 && !isSpace(text.charCodeAt(0)) && !isSpace(text.charCodeAt(last))
}
