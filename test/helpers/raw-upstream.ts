// An upstream that speaks no HTTP by itself: it records the bytes of every connection and lets the
// test answer with bytes, so that what was sent is seen as it was sent.
import {
  createServer as createPlainServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'
import type { Test } from 'tap'

/** What came on a connection, and the connection to answer on. */
export interface Arrival {
  readonly socket: Socket
  /** All bytes of this connection so far, one character each. */
  readonly text: string
  /** 0 for the first connection. */
  readonly connection: number
}

export interface RawUpstream {
  /** 0 for a unix socket. */
  readonly port: number
  /** All bytes of every connection, in the order of connecting. */
  readonly received: readonly string[]
  readonly sockets: readonly Socket[]
  /** Connections that are open now. */
  readonly open: () => number
  /** TLS server names that were asked for; false where there was none. */
  readonly serverNames: readonly (string | false)[]
}

export interface RawUpstreamOptions {
  readonly tls?: TlsOptions
  /** Listens on this unix socket instead of a port. */
  readonly path?: string
  /** Called with each connection. */
  readonly onSocket?: (socket: Socket) => void
}

/** Starts it; it ends with the test. `script` is called whenever bytes have come. */
export const startRawUpstream = async (
  t: Test,
  script: (arrival: Arrival) => void,
  { tls, path, onSocket }: RawUpstreamOptions = {},
): Promise<RawUpstream> => {
  const received: string[] = []
  const sockets: Socket[] = []
  const serverNames: (string | false)[] = []
  const serve = (socket: Socket): void => {
    const connection = sockets.push(socket) - 1
    received[connection] = ''
    if (tls !== undefined) serverNames.push((socket as { servername?: string | false }).servername!)
    onSocket?.(socket)
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      received[connection] = received[connection]! + chunk.toString('latin1')
      script({ socket, text: received[connection], connection })
    })
  }
  const server: Server = tls === undefined ? createPlainServer(serve) : createTlsServer(tls, serve)
  const raw = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    raw.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => raw.delete(socket))
  })
  await new Promise<void>((resolve) => {
    if (path === undefined) server.listen(0, '127.0.0.1', resolve)
    else server.listen(path, resolve)
  })
  t.teardown(async () => {
    for (const socket of raw) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })
  const port = path === undefined ? (server.address() as AddressInfo).port : 0
  return { port, received, sockets, open: () => raw.size, serverNames }
}

/** Answers every request that has come whole, its body framed by Content-Length, with these bytes. */
export const answering =
  (answer: string) =>
  ({ socket, text }: Arrival): void => {
    if (/\r\n\r\n$/.test(text)) socket.write(answer, 'latin1')
  }

/** A small answer with a body. */
export const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

/** Waits until `condition` holds; fails the test after half a minute. */
export const until = async (condition: () => boolean, what = 'the condition'): Promise<void> => {
  const deadline = performance.now() + 30_000
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
