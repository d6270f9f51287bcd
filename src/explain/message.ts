// Reads the messages that the gate has written: the head for the upstream and its own answer. They are
// its own, so nothing here is for messages of others.

/** An HTTP/1.1 message taken apart. Text has one character per byte. */
export interface Message {
  /** The request line or the status line. */
  readonly firstLine: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
}

/** Whether the head is there to its end. */
export const isWholeHead = (text: string): boolean => text.includes(headEnd)

/** The head with the empty line that ends it; '' while it is not whole. */
export const headOf = (text: string): string =>
  isWholeHead(text) ? text.slice(0, text.indexOf(headEnd) + headEnd.length) : ''

/** Whether a final answer is there to the end of its body. */
export const isWholeAnswer = (text: string, method: string): boolean => {
  const final = finalAnswer(text)
  if (!isWholeHead(final)) return false
  const { headers, body } = parseMessage(final)
  const length = headers.find(([name]) => name.toLowerCase() === 'content-length')
  // The gate declares the length of every body it writes.
  return method === 'HEAD' || body.length >= Number(length?.[1] ?? 0)
}

/** An answer without the informational ones before it. */
export const finalAnswer = (text: string): string =>
  text.replace(/^(?:HTTP\/1\.1 1[\s\S]*?\r\n\r\n)+/, '')

/** Takes a message with a whole head apart. */
export const parseMessage = (text: string): Message => {
  const end = text.indexOf(headEnd)
  const [firstLine = '', ...lines] = text.slice(0, end).split('\r\n')
  const headers = lines.map((line): readonly [string, string] => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), line.slice(colon + 1).trim()]
  })
  return { firstLine, headers, body: text.slice(end + headEnd.length) }
}

const headEnd = '\r\n\r\n'
