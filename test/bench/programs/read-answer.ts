// Reads an HTTP/1.1 answer whose length its head says: as much as the sender at a fixed rate needs. Pure.

export interface Answer {
  /** Three digits. */
  readonly status: string
  /** Where the next answer begins. */
  readonly end: number
}

/** The answer at the beginning of `text` (latin1), once it is whole. Throws on one without a length. */
export const readAnswer = (text: string): Answer | undefined => {
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const head = text.slice(0, headEnd)
  const [, length] = /\r\ncontent-length: *(\d+)/i.exec(head) ?? []
  if (length === undefined) throw new Error(`an answer without a length: ${head}`)
  const end = headEnd + 4 + Number(length)
  return text.length < end ? undefined : { status: head.slice(9, 12), end }
}
