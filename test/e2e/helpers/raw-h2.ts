// HTTP/2 by hand (RFC 9113), so that a request may hold what no library would send: any pseudo-header, any
// bytes in a name or value. One request a connection; of the answer, only that it is over is looked at.
import { once } from 'node:events'
import { connect } from 'node:net'

/** Header lines, pseudo-headers among them, in the order sent. */
export type Fields = readonly (readonly [name: string, value: string])[]

const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'
const types = { data: 0, headers: 1, reset: 3, settings: 4, goAway: 7 } as const
const flags = { endStream: 1, endHeaders: 4 } as const

/** Sends one request, with a body and trailers if there are any, and waits for an end of any kind. */
export const sendH2 = async (port: number, head: Fields, trailers?: Fields): Promise<void> => {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.setTimeout(20_000, () => socket.destroy())
  let received = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk])
    if (isOver(received)) socket.destroy()
  })
  const end = trailers === undefined ? flags.endStream : 0
  const parts = [
    Buffer.from(preface),
    frame(types.settings, 0, 0, Buffer.alloc(0)),
    frame(types.headers, flags.endHeaders | end, 1, block(head)),
  ]
  if (trailers !== undefined) {
    parts.push(frame(types.data, 0, 1, Buffer.from('abc')))
    parts.push(frame(types.headers, flags.endHeaders | flags.endStream, 1, block(trailers)))
  }
  socket.write(Buffer.concat(parts))
  await once(socket, 'close')
}

const frame = (type: number, flag: number, stream: number, payload: Buffer): Buffer => {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flag, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** Every field as a literal without indexing, and without Huffman coding (RFC 7541 §6.2.2). */
const block = (fields: Fields): Buffer =>
  Buffer.concat(fields.flat().map((text, index) => literal(text, index % 2 === 0 ? [0] : [])))

const literal = (text: string, before: readonly number[]): Buffer => {
  const data = Buffer.from(text, 'latin1')
  return Buffer.concat([Buffer.from([...before, ...lengthOf(data.length)]), data])
}

/** An integer with a prefix of seven bits (RFC 7541 §5.1). */
const lengthOf = (length: number): readonly number[] => {
  if (length < 127) return [length]
  const bytes = [127]
  let rest = length - 127
  for (; rest >= 128; rest >>= 7) bytes.push((rest & 127) | 128)
  return [...bytes, rest]
}

/** Whether the stream has ended, or was reset, or the connection is given up. */
const isOver = (received: Buffer): boolean => {
  for (let at = 0; at + 9 <= received.length; at += 9 + received.readUIntBE(at, 3)) {
    const type = received.readUInt8(at + 3)
    const flag = received.readUInt8(at + 4)
    const answers = type === types.headers || type === types.data
    if (type === types.reset || type === types.goAway) return true
    if (answers && (flag & flags.endStream) !== 0) return true
  }
  return false
}
