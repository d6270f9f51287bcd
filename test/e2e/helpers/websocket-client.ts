// A WebSocket client of the usual kind (npm ws), with promises for what a test waits for.
import type { IncomingMessage } from 'node:http'
import type { Scope } from './program.ts'
import { WebSocket, type WsOptions, type WsSocket } from './ws-package.ts'

export interface WebSocketClient {
  readonly socket: WsSocket
  /** Sends a message and waits for the next one that comes. */
  readonly ask: (message: string | Buffer) => Promise<Buffer>
  /** Waits for the next message that comes. */
  readonly receive: () => Promise<Buffer>
  /** How it ended; code 1006 when no Close came. */
  readonly closed: Promise<Closed>
  /** Pings that have come. */
  readonly pings: () => number
}

export interface Closed {
  readonly code: number
  readonly reason: string
}

/** The HTTP answer that came instead of a WebSocket. */
export interface RefusedHandshake {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface DialOptions extends WsOptions {
  readonly protocols?: readonly string[]
}

/** Opens a WebSocket at an `http:` URL; rejects when it is refused. */
export const openWebSocket = async (
  scope: Scope,
  url: string,
  options: DialOptions = {},
): Promise<WebSocketClient> => {
  const outcome = await dialWebSocket(scope, url, options)
  if ('status' in outcome) throw new Error(`refused: ${outcome.status} ${outcome.body}`)
  return outcome
}

/** Asks for a WebSocket at an `http:` URL, which may be refused. */
export const dialWebSocket = async (
  scope: Scope,
  url: string,
  { protocols = [], ...options }: DialOptions = {},
): Promise<WebSocketClient | RefusedHandshake> => {
  const socket = new WebSocket(url.replace(/^http/, 'ws'), protocols, options)
  scope.teardown(() => {
    socket.on('error', () => undefined)
    socket.terminate()
  })
  const client = createClient(socket)
  return new Promise((resolve, reject) => {
    socket.on('error', reject)
    socket.once('open', () => resolve(client))
    socket.once('unexpected-response', (_request: unknown, answer: IncomingMessage) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('end', () => {
        const { statusCode: status = 0, headers } = answer
        const body = Buffer.concat(chunks).toString()
        resolve({ status, headers: headers as Record<string, string>, body })
      })
    })
  })
}

const createClient = (socket: WsSocket): WebSocketClient => {
  const arrived: Buffer[] = []
  const waiting: ((message: Buffer) => void)[] = []
  let pings = 0
  socket.on('ping', () => (pings += 1))
  socket.on('message', (message: Buffer) => {
    const next = waiting.shift()
    if (next === undefined) arrived.push(message)
    else next(message)
  })
  const closed = new Promise<Closed>((resolve) => {
    socket.once('close', (code: number, reason: Buffer) => {
      resolve({ code, reason: reason.toString() })
    })
  })
  const receive = (): Promise<Buffer> => {
    const message = arrived.shift()
    if (message !== undefined) return Promise.resolve(message)
    return Promise.race([
      new Promise<Buffer>((resolve) => waiting.push(resolve)),
      closed.then(({ code, reason }): never => {
        throw new Error(`closed while a message was awaited: ${code} ${reason}`)
      }),
    ])
  }
  return {
    socket,
    ask: (message) => {
      socket.send(message)
      return receive()
    },
    receive,
    closed,
    pings: () => pings,
  }
}
