// A WebSocket service of the usual kind (npm ws, with compression) as a process of its own. It answers
// each message with the same message, but for the commands below. Arguments: the port.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WsSocket } from '../helpers/ws-package.ts'

const mebibyte = 1024 * 1024

/** What a text message can ask for, by its first word. */
const commands: Readonly<
  Record<string, (socket: WsSocket, request: IncomingMessage, rest: string) => void>
> = {
  /** What the handshake looked like here. */
  who: (socket, request) => socket.send(JSON.stringify(describe(request))),
  close: (socket, _request, rest) => {
    const [code = '', ...reason] = rest.split(' ')
    socket.close(Number(code), reason.join(' '))
  },
  /** Gone, without a word. */
  vanish: (socket) => socket.terminate(),
  /** Reads nothing for so many milliseconds. */
  pause: (socket, _request, rest) => {
    socket.pause()
    setTimeout(() => socket.resume(), Number(rest))
  },
  /** Sends so many messages of 1 MiB, whether they are taken or not; of the bytes 0, 1, 2 … */
  flood: (socket, _request, rest) => {
    for (let sent = 0; sent < Number(rest); sent += 1) socket.send(Buffer.alloc(mebibyte, sent))
  },
}

/** Upgraded connections that are there now. */
const connections = new Set<Duplex>()
/** How WebSockets have ended here, by code. */
const ended: Record<string, number> = {}

const describe = ({ method, url, httpVersion, headers, rawHeaders }: IncomingMessage): object => ({
  method,
  url,
  httpVersion,
  headers,
  rawHeaders,
})

/** All else is plain HTTP; asked past the gate, the service tells how it is. */
const answer = (request: IncomingMessage, response: ServerResponse): void => {
  if (request.url === '/state') {
    response.end(JSON.stringify({ connections: connections.size, ended }))
    return
  }
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    response.end(JSON.stringify({ ...describe(request), body: Buffer.concat(chunks).toString() }))
  })
}

const webSockets = new WebSocketServer({
  noServer: true,
  perMessageDeflate: true,
  handleProtocols: (offered) => ['chat', 'news'].find((protocol) => offered.has(protocol)) ?? false,
})

const serve = (socket: WsSocket, request: IncomingMessage): void => {
  socket.on('error', () => undefined)
  socket.on('close', (code: number) => (ended[code] = (ended[code] ?? 0) + 1))
  socket.on('message', (data: Buffer, binary: boolean) => {
    const [word = '', ...rest] = binary ? [] : data.toString().split(' ')
    const command = commands[word]
    if (command === undefined) socket.send(data, { binary })
    else command(socket, request, rest.join(' '))
  })
}

const server = createServer(answer)
server.on('upgrade', (request, socket: Duplex, head: Buffer) => {
  connections.add(socket)
  socket.on('close', () => connections.delete(socket))
  socket.on('error', () => undefined)
  if (request.url === '/silent') {
    // Says nothing, but leaves when the other side does.
    socket.on('end', () => socket.end()).resume()
    return
  }
  if (request.url === '/refuse') {
    socket.end('HTTP/1.1 418 No Tea\r\nX-Reason: empty\r\nContent-Length: 7\r\n\r\nno tea\n')
    return
  }
  webSockets.handleUpgrade(request, socket, head, (opened) => serve(opened, request))
})
server.listen(Number(process.argv[2]), '127.0.0.1', () => console.log('listening'))
