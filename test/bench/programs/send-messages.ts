// The other side of echo-messages.ts: so many WebSockets, each sending its next message when the last
// one has come back. Argument: what to do, as JSON. Prints what it found, as JSON.
import { connect, type Socket } from 'node:net'
import {
  createFrameReader,
  frame,
  handshake,
  opcode,
  type Frame,
} from '../../helpers/raw-websocket.ts'

export interface MessageLoad {
  readonly port: number
  readonly path: string
  /** `name: value` each, of the handshake. */
  readonly headers: readonly string[]
  readonly connections: number
  readonly seconds: number
  /** Bytes of each message. */
  readonly size: number
}

export interface MessageReport {
  /** Messages that went there and came back. */
  readonly messages: number
  readonly seconds: number
}

const work = async (load: MessageLoad): Promise<MessageReport> => {
  const payload = Buffer.alloc(load.size, 'x')
  const sockets = await Promise.all(Array.from({ length: load.connections }, () => open(load)))
  const sent = frame(opcode.text, payload, { masked: true })
  const startedMs = performance.now()
  const ended = startedMs + load.seconds * 1000
  const counts = sockets.map((socket) => pingPong(socket, { sent, payload, ended }))
  const messages = (await Promise.all(counts)).reduce((sum, count) => sum + count, 0)
  return { messages, seconds: (performance.now() - startedMs) / 1000 }
}

/** Connects and shakes hands; rejects with the answer when it is another than 101. */
const open = ({ port, path, headers }: MessageLoad): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    socket.setNoDelay(true)
    socket.once('error', reject)
    socket.once('data', (head: Buffer) => {
      const text = head.toString('latin1')
      if (text.startsWith('HTTP/1.1 101 ') && text.endsWith('\r\n\r\n')) resolve(socket)
      else reject(new Error(`instead of a WebSocket: ${text}`))
    })
    socket.write(handshake(path, headers))
  })

interface Exchange {
  readonly sent: Buffer
  readonly payload: Buffer
  /** When no more is sent; milliseconds of `performance.now()`. */
  readonly ended: number
}

/** How many messages came back, once time was up. Rejects when another one comes, or the end. */
const pingPong = (socket: Socket, { sent, payload, ended }: Exchange): Promise<number> =>
  new Promise((resolve, reject) => {
    const read = createFrameReader()
    let count = 0
    const receive = (got: Frame): void => {
      if (got.opcode !== opcode.text || !got.payload.equals(payload)) {
        reject(new Error(`a message came back as ${got.payload.toString()}`))
      }
      count += 1
      if (performance.now() < ended) socket.write(sent)
      else resolve(count)
    }
    socket.on('data', (chunk: Buffer) => read(chunk).forEach(receive))
    socket.once('close', () => reject(new Error('a WebSocket was closed')))
    socket.write(sent)
  })

const report = await work(JSON.parse(process.argv[2] ?? '') as MessageLoad)
process.stdout.write(JSON.stringify(report), () => process.exit())
