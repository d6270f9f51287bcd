// A forward proxy as companies have them: tunnels by CONNECT, and plain requests for whole URLs. It
// takes every host for this machine, so that names that no name service knows can be asked for.
import { once } from 'node:events'
import { createServer, request, type IncomingMessage } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { connect, type AddressInfo, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** `refuse`: 502. `hang`: no answer. A function is given every tunnel, in the issuer's place. */
export type ProxyMode = 'forward' | 'refuse' | 'hang' | ((tunnel: Duplex) => void)

export interface HttpProxy {
  readonly port: number
  /** `http://127.0.0.1:PORT`, or https. */
  readonly url: string
  /** First words of every request: `CONNECT issuer.internal:443`. */
  readonly requests: () => readonly string[]
  /** Every byte that went through tunnels, in either direction. */
  readonly seen: () => string
  readonly respond: (mode: ProxyMode) => void
  readonly close: () => Promise<void>
}

export interface HttpProxyOptions {
  /** `user:password`, without which all is answered 407. */
  readonly credentials?: string
  /** Certificate and key, as PEM: a proxy that is spoken to over https. */
  readonly tls?: { readonly cert: string; readonly key: string }
}

/** Starts a proxy on a free port of 127.0.0.1. */
export const startHttpProxy = async ({
  credentials,
  tls,
}: HttpProxyOptions = {}): Promise<HttpProxy> => {
  let mode: ProxyMode = 'forward'
  const requests: string[] = []
  const seen: Buffer[] = []
  const sockets = new Set<Socket>()
  const wanted =
    credentials === undefined ? undefined : `Basic ${Buffer.from(credentials).toString('base64')}`

  const statusFor = ({ method, url, headers }: IncomingMessage): number => {
    requests.push(`${method} ${url}`)
    if (headers['proxy-authorization'] !== wanted) return 407
    return mode === 'refuse' ? 502 : 200
  }

  const server = tls === undefined ? createServer() : createTlsServer(tls)
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
  })
  server.on('request', (incoming, response) => {
    const status = statusFor(incoming)
    if (mode === 'hang') return
    if (status !== 200) {
      response.writeHead(status).end()
      return
    }
    const { port, pathname } = new URL(incoming.url ?? '')
    const { host } = incoming.headers
    request({ host: '127.0.0.1', port, path: pathname, headers: { host } }, (answer) => {
      response.writeHead(answer.statusCode ?? 0)
      answer.pipe(response)
    }).end()
  })
  server.on('connect', (incoming, client) => {
    const status = statusFor(incoming)
    if (mode === 'hang') return
    client.on('error', () => undefined)
    if (status !== 200) {
      client.end(`HTTP/1.1 ${status} No\r\nContent-Length: 0\r\n\r\n`)
      return
    }
    client.write('HTTP/1.1 200 Connection established\r\n\r\n')
    if (typeof mode === 'function') {
      mode(client)
      return
    }
    const target = connect(Number(incoming.url?.split(':').at(-1)), '127.0.0.1')
    target.on('error', () => client.destroy())
    for (const [from, to] of [
      [client, target],
      [target, client],
    ] as const) {
      from.on('data', (bytes: Buffer) => void seen.push(bytes))
      from.pipe(to)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `${tls === undefined ? 'http' : 'https'}://127.0.0.1:${port}`,
    requests: () => requests,
    seen: () => Buffer.concat(seen).toString('latin1'),
    respond: (next) => void (mode = next),
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
