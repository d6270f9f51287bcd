// Parts of a client's request as text that may stand in a header. A decoded query or path parameter
// may hold a line break, and no result here does.
import type { RequestView } from '../core/expression.ts'
import { percentByte } from './encode.ts'

/**
 * A view whose values are safe in a header: one character per byte, controls and what is not ASCII
 * as %XX of the UTF-8, or of the very bytes for what came in a header. A `%` stays as it is, so this
 * is not undone by a decode. Claims are left alone: they are encoded by their renderer.
 *
 * @param isHidden - names of headers that are removed from the client's request, and so not there
 */
export const headerSafeView = (
  view: RequestView,
  isHidden: (name: string) => boolean,
): RequestView => ({
  header: (name) => (isHidden(name) ? undefined : safe(view.header(name), 'latin1')),
  query: (name) => safe(view.query(name), 'utf8'),
  path: (name) => safe(view.path(name), 'utf8'),
  requestPath: () => safe(view.requestPath(), 'utf8'),
  // The one value of $context that comes out of a header as it was received.
  context: (name) => safe(view.context(name), name === 'identity.userAgent' ? 'latin1' : 'utf8'),
  claim: view.claim,
})

const safe = (text: string | undefined, encoding: 'latin1' | 'utf8'): string | undefined =>
  text === undefined ? undefined : encode(text, encoding)

const encode = (text: string, encoding: 'latin1' | 'utf8'): string => {
  if (/^[\x20-\x7e]*$/.test(text)) return text
  let encoded = ''
  for (const byte of Buffer.from(text, encoding)) {
    const plain = byte >= 0x20 && byte < 0x7f
    encoded += plain ? String.fromCharCode(byte) : percentByte(byte)
  }
  return encoded
}
