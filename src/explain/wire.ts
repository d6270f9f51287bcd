// Connections inside the process, for a gate that listens nowhere and reaches nobody. It carries bytes
// and knows nothing of them.
import { Socket } from 'node:net'
import type { Dial } from '../proxy/dial.ts'

/** A socket without a network. What the gate writes goes to `received`; `send` is what it reads. */
export interface Wire {
  readonly socket: Socket
  readonly send: (bytes: Buffer) => void
}

export interface WireOptions {
  /** The address that the gate sees. */
  readonly remoteAddress: string
  /** Whether the gate is to take it for a connection in TLS. */
  readonly encrypted: boolean
  /** A piece of what the gate writes. */
  readonly received: (bytes: Buffer) => void
}

export const createWire = ({ remoteAddress, encrypted, received }: WireOptions): Wire => {
  const socket = new Socket(streamOf(received))
  Object.defineProperties(socket, {
    remoteAddress: { value: remoteAddress },
    encrypted: { value: encrypted },
  })
  socket.on('error', () => undefined)
  return { socket, send: (bytes) => void socket.push(bytes) }
}

/** A dialler that never leaves the process. `received` gets what is written on each connection. */
export const createWireDial =
  (received: (bytes: Buffer) => void): Dial =>
  (dialled) => {
    const { socket } = createWire({ remoteAddress: '', encrypted: false, received })
    // Never before the caller has what it asked for.
    setImmediate(() => dialled(null, socket))
    return socket
  }

interface Piece {
  readonly chunk: Buffer | string
  readonly encoding: BufferEncoding
}

/** What a stream is made of, in place of a handle of the operating system's. */
const streamOf = (received: (bytes: Buffer) => void) => {
  const take = ({ chunk, encoding }: Piece): void => {
    received(typeof chunk === 'string' ? Buffer.from(chunk, encoding) : chunk)
  }
  return {
    allowHalfOpen: true,
    read: () => undefined,
    write: (chunk: Piece['chunk'], encoding: BufferEncoding, done: () => void) => {
      take({ chunk, encoding })
      done()
    },
    writev: (pieces: readonly Piece[], done: () => void) => {
      for (const piece of pieces) take(piece)
      done()
    },
    final: (done: () => void) => {
      done()
    },
  }
}
