// WebSockets by hand: a client and an upstream that write frames as bytes and keep what comes as
// bytes, so that a test can send what no library would and see what no library shows.
import { createHash, randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'
import type { Test } from 'tap'
import {
  startRawUpstream,
  until,
  type RawUpstream,
  type RawUpstreamOptions,
} from './raw-upstream.ts'

export interface Frame {
  readonly opcode: number
  readonly fin: boolean
  readonly masked: boolean
  readonly payload: Buffer
}

/** Codes, by the names that tests use. */
export const opcode = { text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const

/** A frame as bytes. `first` overrides the first byte. */
export const frame = (
  code: number,
  payload: Buffer | string,
  { masked = false, first = 0x80 | code } = {},
): Buffer => {
  const data = Buffer.from(payload)
  const bit = masked ? 0x80 : 0
  const head = headOf(data.length, first, bit)
  if (!masked) return Buffer.concat([head, data])
  const mask = randomBytes(4)
  return Buffer.concat([head, mask, masking(data, mask)])
}

/** Masked, or unmasked: it is the same (RFC 6455 §5.3). */
const masking = (data: Buffer, mask: Buffer): Buffer => {
  const done = Buffer.alloc(data.length)
  for (let index = 0; index < data.length; index += 1) done[index] = data[index]! ^ mask[index & 3]!
  return done
}

const headOf = (length: number, first: number, bit: number): Buffer => {
  if (length < 126) return Buffer.of(first, bit | length)
  if (length < 65_536) return Buffer.of(first, bit | 126, length >> 8, length & 0xff)
  return Buffer.concat([Buffer.of(first, bit | 127), bigLength(length)])
}

export const bigLength = (length: number): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(length))
  return bytes
}

/** A Close frame as bytes. */
export const close = (code: number, options: { masked?: boolean } = {}): Buffer =>
  frame(opcode.close, Buffer.of(code >> 8, code & 0xff), options)

/** Takes bytes apart; what is not yet a whole frame waits. */
export const createFrameReader = () => {
  let rest = Buffer.alloc(0)
  return (chunk: Buffer): Frame[] => {
    rest = Buffer.concat([rest, chunk])
    const frames: Frame[] = []
    for (;;) {
      const read = readFrame(rest)
      if (read === undefined) return frames
      frames.push(read.frame)
      rest = rest.subarray(read.end)
    }
  }
}

const readFrame = (bytes: Buffer): { frame: Frame; end: number } | undefined => {
  if (bytes.length < 2) return undefined
  const masked = (bytes[1]! & 0x80) !== 0
  let length = bytes[1]! & 0x7f
  let offset = 2
  if (length === 126) {
    if (bytes.length < 4) return undefined
    length = bytes.readUInt16BE(2)
    offset = 4
  } else if (length === 127) {
    if (bytes.length < 10) return undefined
    length = Number(bytes.readBigUInt64BE(2))
    offset = 10
  }
  const start = offset + (masked ? 4 : 0)
  if (bytes.length < start + length) return undefined
  const mask = bytes.subarray(offset, start)
  const data = bytes.subarray(start, start + length)
  const payload = masked ? masking(data, mask) : data
  const fin = (bytes[0]! & 0x80) !== 0
  return { frame: { opcode: bytes[0]! & 0x0f, fin, masked, payload }, end: start + length }
}

/** What `Sec-WebSocket-Accept` has to be. */
export const acceptOf = (key: string): string =>
  createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')

/** The key of RFC 6455 §1.3. */
export const sampleKey = 'dGhlIHNhbXBsZSBub25jZQ=='

/** A handshake as bytes; `headers` come after the usual ones. */
export const handshake = (target = '/ws', headers: readonly string[] = []): string =>
  [
    `GET ${target} HTTP/1.1`,
    'Host: gate',
    'Connection: Upgrade',
    'Upgrade: websocket',
    `Sec-WebSocket-Key: ${sampleKey}`,
    'Sec-WebSocket-Version: 13',
    ...headers,
    '',
    '',
  ].join('\r\n')

/** The answer that agrees, as bytes. */
export const agreement = (headers: readonly string[] = [], accept = acceptOf(sampleKey)): string =>
  [
    'HTTP/1.1 101 Switching Protocols',
    'Connection: upgrade',
    'Upgrade: WebSocket',
    `Sec-WebSocket-Accept: ${accept}`,
    ...headers,
    '',
    '',
  ].join('\r\n')

/** One side of a WebSocket. */
export interface Side {
  readonly socket: Socket
  /** The HTTP head that came, and all else if no WebSocket came of it. */
  readonly head: () => string
  readonly frames: readonly Frame[]
  readonly send: (bytes: Buffer | string) => void
  /** Waits for the head's end. */
  readonly answered: () => Promise<string>
  /** Waits for so many frames. */
  readonly sees: (count: number) => Promise<readonly Frame[]>
  /** Waits for the connection's end. `end`: closed in order. `reset`: broken. */
  readonly closed: Promise<'end' | 'reset'>
}

/** Reads a head, and frames after it if `isOpen` says so of the head. */
const readSide = (socket: Socket, isOpen: (head: string) => boolean): Side => {
  const frames: Frame[] = []
  const read = createFrameReader()
  let head = ''
  let open = false
  const headEnd = () => head.indexOf('\r\n\r\n')
  socket.on('data', (chunk: Buffer) => {
    if (open) {
      frames.push(...read(chunk))
      return
    }
    head += chunk.toString('latin1')
    if (headEnd() < 0 || !isOpen(head)) return
    open = true
    const early = Buffer.from(head.slice(headEnd() + 4), 'latin1')
    head = head.slice(0, headEnd() + 4)
    frames.push(...read(early))
  })
  let reset = false
  socket.on('error', () => (reset = true))
  const closed = new Promise<'end' | 'reset'>((resolve) => {
    socket.on('close', () => resolve(reset ? 'reset' : 'end'))
  })
  return {
    socket,
    head: () => head,
    frames,
    send: (bytes) =>
      void socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes),
    answered: async () => {
      await until(() => headEnd() >= 0, 'a head')
      return head
    },
    sees: async (count) => {
      await until(() => frames.length >= count, `${count} frames, not ${frames.length}`)
      return frames
    },
    closed,
  }
}

/** Connects, and sends a handshake. It leaves its own side open when the other one ends. */
export const dialWebSocket = (
  t: Pick<Test, 'teardown'>,
  port: number,
  text = handshake(),
): Side => {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  t.teardown(() => socket.destroy())
  socket.setNoDelay(true)
  socket.on('end', () => socket.end())
  socket.write(text, 'latin1')
  return readSide(socket, (head) => head.startsWith('HTTP/1.1 101 '))
}

export interface RawWebSocketUpstream {
  readonly raw: RawUpstream
  readonly port: number
  /** One for each connection, in the order of connecting. */
  readonly sides: readonly Side[]
  readonly side: (index?: number) => Promise<Side>
}

/** An upstream that gives `answer` to every head, or leaves it to the test when there is none. */
export const startWebSocketUpstream = async (
  t: Test,
  answer: string | null = agreement(),
  options: RawUpstreamOptions & { readonly onSide?: (side: Side) => void } = {},
): Promise<RawWebSocketUpstream> => {
  const sides: Side[] = []
  const raw = await startRawUpstream(t, () => undefined, {
    ...options,
    onSocket: (socket) => {
      const side = readSide(socket, () => {
        if (answer !== null) side.send(answer)
        options.onSide?.(side)
        return answer?.startsWith('HTTP/1.1 101 ') ?? true
      })
      sides.push(side)
    },
  })
  const side = async (index = 0): Promise<Side> => {
    await until(() => sides[index]?.head().includes('\r\n\r\n') === true, `connection ${index}`)
    return sides[index]!
  }
  return { raw, port: raw.port, sides, side }
}
