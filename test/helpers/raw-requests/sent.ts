// Reads what a client sent as an intermediary may at most (RFC 9112): more forms than strict-request.ts
// knows, since the gate writes requests anew, yet only those that have one reading. It shares nothing
// with the parser of the gate. What it calls a fault must never be forwarded.

export interface SentRequest {
  readonly method: string
  readonly target: string
  /** Values without the white space around them. */
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly framing: 'none' | 'length' | 'chunked'
  /** Chunks are joined; trailers and extensions are left out. */
  readonly body: string
}

export interface Sent {
  /** Those before the fault, or before the one that is not whole. */
  readonly requests: readonly SentRequest[]
  readonly ending: 'whole' | 'partial' | 'fault'
  readonly why: string
}

type Read = { readonly request: SentRequest; readonly end: number } | 'partial' | { why: string }

const requestLine =
  /^([!#$%&'*+.^_`|~0-9A-Za-z-]+) +([\x21-\x7e]+) +(?:HTTP\/1\.([01])|RTSP\/1\.(0))$/
const headerLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\t\x20-\x7e\x80-\xff]*)$/
const emptyLine = /\r\n\r?\n/g
const chunkLine = /^0*([0-9a-fA-F]{1,15})(?:;[\t\x20-\x7e\x80-\xff]*)?$/

/** Reads the requests of a connection, one character per byte. */
export const readSent = (text: string): Sent => {
  const requests: SentRequest[] = []
  let at = 0
  for (;;) {
    // Of empty lines before a request, and of a line feed alone for the empty line that ends a head,
    // RFC 9112 §2.2 lets a recipient be tolerant, and of spaces in the request line §3.
    while (text[at] === '\r' || text[at] === '\n') at += 1
    if (at === text.length) return { requests, ending: 'whole', why: '' }
    const read = readOne(text, at)
    if (read === 'partial') return { requests, ending: 'partial', why: '' }
    if ('why' in read) return { requests, ending: 'fault', why: read.why }
    requests.push(read.request)
    at = read.end
  }
}

const trim = (value: string): string => value.replace(/^[\t ]+|[\t ]+$/g, '')

const readOne = (text: string, start: number): Read => {
  emptyLine.lastIndex = start
  const ended = emptyLine.exec(text)
  if (ended === null) return 'partial'
  const headEnd = ended.index
  const [first = '', ...lines] = text.slice(start, headEnd).split('\r\n')
  const line = requestLine.exec(first)
  if (line === null) return { why: 'request line' }
  const headers: (readonly [string, string])[] = []
  const lengths: string[] = []
  const codings: string[] = []
  for (const each of lines) {
    const match = headerLine.exec(each)
    if (match === null) return { why: 'header line' }
    const [name, value] = [match[1]!, trim(match[2]!)]
    headers.push([name, value])
    if (name.toLowerCase() === 'content-length') lengths.push(value)
    if (name.toLowerCase() === 'transfer-encoding') codings.push(value)
  }
  const [, method = '', target = '', minor = ''] = line
  if (method === 'CONNECT') return { why: 'no HTTP any more' }
  if (lengths.length + codings.length > 1) return { why: 'framed twice' }
  if (codings.length > 0 && minor === '0') return { why: 'a coding in HTTP/1.0' }
  const head = { method, target, headers }
  const body = emptyLine.lastIndex
  const [length] = lengths
  if (length !== undefined) {
    if (!/^\d{1,15}$/.test(length)) return { why: 'length' }
    const end = body + Number(length)
    if (end > text.length) return 'partial'
    return { request: { ...head, framing: 'length', body: text.slice(body, end) }, end }
  }
  if (codings.length === 0) return { request: { ...head, framing: 'none', body: '' }, end: body }
  if (codings[0]!.toLowerCase() !== 'chunked') return { why: 'coding' }
  const chunks = readChunks(text, body)
  if (typeof chunks === 'string') return 'partial'
  if ('why' in chunks) return chunks
  return { request: { ...head, framing: 'chunked', body: chunks.body }, end: chunks.end }
}

const readChunks = (
  text: string,
  start: number,
): { body: string; end: number } | 'partial' | { why: string } => {
  let body = ''
  let at = start
  for (;;) {
    const lineEnd = text.indexOf('\r\n', at)
    if (lineEnd === -1) return 'partial'
    const size = chunkLine.exec(text.slice(at, lineEnd))
    if (size === null) return { why: 'chunk' }
    const bytes = parseInt(size[1]!, 16)
    at = lineEnd + 2
    if (bytes === 0) return readTrailers(text, at, body)
    if (at + bytes > text.length) return 'partial'
    body += text.slice(at, at + bytes)
    at += bytes
    const after = text.slice(at, at + 2)
    if (after !== '\r\n') return '\r\n'.startsWith(after) ? 'partial' : { why: 'chunk end' }
    at += 2
  }
}

const readTrailers = (
  text: string,
  start: number,
  body: string,
): { body: string; end: number } | 'partial' | { why: string } => {
  let at = start
  for (;;) {
    const lineEnd = text.indexOf('\r\n', at)
    if (lineEnd === -1) return 'partial'
    if (lineEnd === at) return { body, end: at + 2 }
    if (!headerLine.test(text.slice(at, lineEnd))) return { why: 'trailer' }
    at = lineEnd + 2
  }
}
