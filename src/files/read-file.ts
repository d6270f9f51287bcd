// Reads a file whole, and no more of it than it was told to, whatever the file turns out to be.
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'

/**
 * The bytes of a regular file. Rejects with an Error fit for the operator's log: there is none, it is
 * no file (to open a pipe could take for ever), it is longer than `maxBytes`.
 */
export const readFile = async (path: string, maxBytes: number): Promise<Buffer> => {
  if (!(await stat(path)).isFile()) throw new Error(`${path} is not a file`)
  const chunks: Buffer[] = []
  // One byte more than is allowed tells a file that is too long, even one that grows meanwhile.
  const stream = createReadStream(path, { end: maxBytes }) as AsyncIterable<Buffer>
  for await (const chunk of stream) chunks.push(chunk)
  const bytes = Buffer.concat(chunks)
  if (bytes.length > maxBytes) throw new Error(`${path} is longer than ${maxBytes} bytes`)
  return bytes
}
