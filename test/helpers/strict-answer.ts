// Reads answers as a careful client would (RFC 9112 §4 and §6.3), from bytes: it has to know what was
// asked, since the answer to HEAD has no body. What it cannot read is a fault.

export interface WholeAnswer {
  readonly status: number
  readonly reason: string
  /** By lower-case name; values of repeated ones are joined by a line break. */
  readonly headers: Readonly<Record<string, string>>
  readonly framing: 'none' | 'length' | 'chunked' | 'close'
  readonly body: string
}

export interface ReadAnswers {
  /** Informational ones among them, in order. */
  readonly answers: readonly WholeAnswer[]
  /** What follows the last whole answer. */
  readonly rest: string
  readonly fault: string | undefined
}

interface Read {
  readonly answer: WholeAnswer
  readonly end: number
}

/**
 * Reads answers to requests of these methods, until all are answered or bytes are missing.
 *
 * @param ended - whether the connection was closed in order, which ends a body that has no length
 */
export const readAnswers = (
  text: string,
  methods: readonly string[],
  ended = true,
): ReadAnswers => {
  const answers: WholeAnswer[] = []
  let rest = text
  let answered = 0
  while (answered < methods.length && rest !== '') {
    const read = readAnswer(rest, methods[answered]!, ended)
    if (typeof read === 'string') return { answers, rest, fault: read }
    if (read === undefined) break
    answers.push(read.answer)
    if (read.answer.status >= 200) answered += 1
    rest = rest.slice(read.end)
  }
  return { answers, rest, fault: undefined }
}

const headerLine = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+): ?([\t\x20-\x7e\x80-\xff]*)$/

/** A string is a fault; undefined asks for more bytes. */
const readAnswer = (text: string, method: string, ended: boolean): Read | string | undefined => {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd === -1) return undefined
  const [first = '', ...lines] = text.slice(0, headEnd).split('\r\n')
  const line = /^HTTP\/1\.1 (\d{3}) ([\t\x20-\x7e\x80-\xff]*)$/.exec(first)
  if (line === null) return `status line: ${JSON.stringify(first)}`
  const headers: Record<string, string> = {}
  for (const each of lines) {
    const match = headerLine.exec(each)
    if (match === null) return `header line: ${JSON.stringify(each)}`
    const name = match[1]!.toLowerCase()
    headers[name] = headers[name] === undefined ? match[2]! : `${headers[name]}\n${match[2]!}`
  }
  const head = { status: Number(line[1]), reason: line[2]!, headers }
  return readBody(head, { text, start: headEnd + 4, method, ended })
}

interface Body {
  readonly text: string
  readonly start: number
  readonly method: string
  readonly ended: boolean
}

const readBody = (
  head: Pick<WholeAnswer, 'status' | 'reason' | 'headers'>,
  { text, start, method, ended }: Body,
): Read | string | undefined => {
  const { 'content-length': length, 'transfer-encoding': coding } = head.headers
  const whole = (framing: WholeAnswer['framing'], body: string, end: number): Read => ({
    answer: { ...head, framing, body },
    end,
  })
  const { status } = head
  if (length !== undefined && coding !== undefined) return 'framed twice'
  if ((status < 200 || status === 204) && (length ?? coding) !== undefined) return 'framed nothing'
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) {
    return whole('none', '', start)
  }
  if (coding !== undefined) {
    if (coding !== 'chunked') return `Transfer-Encoding: ${coding}`
    const read = readChunks(text, start)
    return typeof read === 'object' ? whole('chunked', read.body, read.end) : read
  }
  if (length === undefined)
    return ended ? whole('close', text.slice(start), text.length) : undefined
  if (!/^\d+$/.test(length)) return `Content-Length: ${length}`
  const end = start + Number(length)
  return text.length < end ? undefined : whole('length', text.slice(start, end), end)
}

const readChunks = (
  text: string,
  start: number,
): { body: string; end: number } | string | undefined => {
  let body = ''
  let at = start
  for (;;) {
    const lineEnd = text.indexOf('\r\n', at)
    if (lineEnd === -1) return undefined
    const size = text.slice(at, lineEnd)
    if (!/^[0-9a-f]+$/i.test(size)) return `chunk size ${JSON.stringify(size)}`
    const dataEnd = lineEnd + 2 + parseInt(size, 16)
    if (text.length < dataEnd + 2) return undefined
    if (text.slice(dataEnd, dataEnd + 2) !== '\r\n') return 'no line break after a chunk'
    if (dataEnd === lineEnd + 2) return { body, end: dataEnd + 2 }
    body += text.slice(lineEnd + 2, dataEnd)
    at = dataEnd + 2
  }
}
