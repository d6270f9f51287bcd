// Reads a request as the strictest server would (RFC 9112 §2 to §7), from bytes. It shares nothing with
// the parsers under test: what it takes has one reading, and all else is a fault.

export interface WholeRequest {
  readonly method: string
  readonly target: string
  /** As received, in order. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly framing: 'none' | 'length' | 'chunked'
  /** One character per byte; chunks are joined. */
  readonly body: string
}

export type ReadRequest =
  | { readonly kind: 'whole'; readonly request: WholeRequest; readonly end: number }
  /** More bytes are needed. */
  | { readonly kind: 'partial' }
  | { readonly kind: 'fault'; readonly why: string }

const partial: ReadRequest = { kind: 'partial' }
const fault = (why: string): ReadRequest => ({ kind: 'fault', why })

const requestLine = /^([A-Z][A-Z-]*) (\/[\x21-\x7e]*) HTTP\/1\.1$/
const headerLine =
  /^([!#$%&'*+.^_`|~0-9A-Za-z-]+): ([\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?|)$/

/** Reads the first request of `text`, one character per byte. */
export const readRequest = (text: string): ReadRequest => {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd === -1) return partial
  const [first = '', ...lines] = text.slice(0, headEnd).split('\r\n')
  const line = requestLine.exec(first)
  if (line === null) return fault(`request line: ${JSON.stringify(first)}`)
  const headers: (readonly [string, string])[] = []
  for (const each of lines) {
    const match = headerLine.exec(each)
    if (match === null) return fault(`header line: ${JSON.stringify(each)}`)
    headers.push([match[1]!, match[2]!])
  }
  const [, method = '', target = ''] = line
  return readBody({ method, target, headers }, text, headEnd + 4)
}

/** The values of a header, by its name in lower case. */
export const headerValues = (
  { headers }: Pick<WholeRequest, 'headers'>,
  name: string,
): readonly string[] =>
  headers.filter(([each]) => each.toLowerCase() === name).map(([, value]) => value)

type Head = Pick<WholeRequest, 'method' | 'target' | 'headers'>

const readBody = (head: Head, text: string, start: number): ReadRequest => {
  if (headerValues(head, 'host').length !== 1) return fault('not one Host')
  const lengths = headerValues(head, 'content-length')
  const codings = headerValues(head, 'transfer-encoding')
  if (lengths.length + codings.length > 1) return fault('framed twice')
  const [length] = lengths
  if (length !== undefined) {
    if (!/^(?:0|[1-9]\d*)$/.test(length)) return fault(`Content-Length: ${length}`)
    const end = start + Number(length)
    if (text.length < end) return partial
    return {
      kind: 'whole',
      request: { ...head, framing: 'length', body: text.slice(start, end) },
      end,
    }
  }
  if (codings.length === 0) {
    return { kind: 'whole', request: { ...head, framing: 'none', body: '' }, end: start }
  }
  if (codings[0] !== 'chunked') return fault(`Transfer-Encoding: ${codings.join()}`)
  return readChunks(head, text, start)
}

/** Chunks without extensions or trailers: the gate makes neither. */
const readChunks = (head: Head, text: string, start: number): ReadRequest => {
  let body = ''
  let at = start
  for (;;) {
    const lineEnd = text.indexOf('\r\n', at)
    if (lineEnd === -1) return text.length - at > 18 ? fault('a chunk without a size') : partial
    const size = text.slice(at, lineEnd)
    if (!/^[0-9a-f]{1,12}$/i.test(size)) return fault(`chunk size ${JSON.stringify(size)}`)
    const bytes = parseInt(size, 16)
    const dataEnd = lineEnd + 2 + bytes
    if (text.length < dataEnd + 2) return partial
    if (text.slice(dataEnd, dataEnd + 2) !== '\r\n') return fault('no line break after a chunk')
    body += text.slice(lineEnd + 2, dataEnd)
    at = dataEnd + 2
    if (bytes === 0) {
      return { kind: 'whole', request: { ...head, framing: 'chunked', body }, end: at }
    }
  }
}
