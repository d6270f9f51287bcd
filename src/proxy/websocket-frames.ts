// Follows the frames of one direction of a WebSocket (RFC 6455 §5.2) by their headers alone, so that
// it is known where one ends; and makes the control frames that the gate sends. It keeps no payload.
import { randomBytes } from 'node:crypto'

/** Who sends the frames. Those of a client are masked, those of a server are not (§5.1). */
export type FrameSender = 'client' | 'server'

/** The opcodes that the gate looks at (§11.8). */
export const opcodes = { close: 0x8, ping: 0x9, pong: 0xa } as const

/** Codes of a Close frame (§7.4.1). */
export const closeCodes = { goingAway: 1001, policyViolation: 1008, internalError: 1011 } as const

export interface FrameTracker {
  /**
   * Goes on from `offset` to the end of the current frame, or of the chunk if that comes first, and
   * gives the offset after it; -1 for bytes that are no frame.
   */
  readonly advance: (chunk: Buffer, offset: number) => number
  /** Whether the next byte begins a frame. */
  readonly between: () => boolean
  /** Of the current frame, or of the last one when between frames. */
  readonly opcode: () => number
}

/** The longest header: two bytes, eight of length, four of mask. */
const maxHeaderBytes = 14

/**
 * Makes a tracker for a connection that begins now. No frame are: a control frame that is fragmented
 * or longer than 125 bytes (§5.5), a length beyond 2^53, a mask where there must be none, or none
 * where there must be one. Extensions may use all other bits.
 */
export const createFrameTracker = (sender: FrameSender): FrameTracker => {
  const header = Buffer.alloc(maxHeaderBytes)
  const maskBit = sender === 'client' ? 0x80 : 0
  let headerBytes = 0
  let payloadLeft = 0

  /** Takes header bytes until the header is whole. */
  const readHeader = (chunk: Buffer, start: number): number => {
    let offset = start
    while (offset < chunk.length) {
      header[headerBytes] = chunk[offset] as number
      headerBytes += 1
      offset += 1
      if (headerBytes < 2) continue
      if (headerBytes === 2 && !isFrame(header, maskBit)) return -1
      if (headerBytes < headerLength(header)) continue
      payloadLeft = payloadLength(header)
      if (payloadLeft > Number.MAX_SAFE_INTEGER) return -1
      if (payloadLeft === 0) headerBytes = 0
      return offset
    }
    return offset
  }

  const inPayload = (): boolean => payloadLeft > 0

  return {
    advance: (chunk, start) => {
      const offset = inPayload() ? start : readHeader(chunk, start)
      if (offset === -1 || !inPayload()) return offset
      const taken = Math.min(payloadLeft, chunk.length - offset)
      payloadLeft -= taken
      if (payloadLeft === 0) headerBytes = 0
      return offset + taken
    },
    between: () => headerBytes === 0,
    opcode: () => opcodeOf(header),
  }
}

/** A Close frame with a code and a reason of at most 123 bytes (§5.5.1). */
export const closeFrame = (sender: FrameSender, code: number, reason: string): Buffer => {
  const payload = Buffer.alloc(2 + Buffer.byteLength(reason))
  payload.writeUInt16BE(code)
  payload.write(reason, 2)
  return controlFrame(sender, opcodes.close, payload)
}

/** A Ping frame without payload (§5.5.2). */
export const pingFrame = (sender: FrameSender): Buffer =>
  controlFrame(sender, opcodes.ping, Buffer.alloc(0))

const controlFrame = (sender: FrameSender, opcode: number, payload: Buffer): Buffer => {
  if (sender === 'server') return Buffer.concat([Buffer.of(0x80 | opcode, payload.length), payload])
  const mask = randomBytes(4)
  const masked = payload.map((byte, index) => byte ^ (mask[index % 4] as number))
  return Buffer.concat([Buffer.of(0x80 | opcode, 0x80 | payload.length), mask, masked])
}

const opcodeOf = (header: Buffer): number => (header[0] as number) & 0x0f

/** What the first two bytes tell. */
const isFrame = (header: Buffer, maskBit: number): boolean => {
  const first = header[0] as number
  const second = header[1] as number
  if ((second & 0x80) !== maskBit) return false
  const isControl = (first & 0x08) !== 0
  return !isControl || ((first & 0x80) !== 0 && (second & 0x7f) <= 125)
}

const headerLength = (header: Buffer): number => {
  const second = header[1] as number
  const length = second & 0x7f
  const mask = (second & 0x80) === 0 ? 0 : 4
  if (length < 126) return 2 + mask
  return (length === 126 ? 4 : 10) + mask
}

/** Beyond 2^53 it is not exact, which is enough to refuse it. */
const payloadLength = (header: Buffer): number => {
  const length = (header[1] as number) & 0x7f
  if (length < 126) return length
  return length === 126
    ? header.readUInt16BE(2)
    : header.readUInt32BE(2) * 2 ** 32 + header.readUInt32BE(6)
}
