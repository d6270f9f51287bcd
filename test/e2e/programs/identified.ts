// A service whose every answer says in head and body which request it is for. It listens once it gets
// SIGUSR2, so that one can stand by for another that is killed. Arguments: the port.
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { agreement, createFrameReader, frame, opcode } from '../../helpers/raw-websocket.ts'
import { contentOf } from '../helpers/content.ts'

const digestOf = (body: Buffer): string => createHash('sha256').update(body).digest('base64')

/** Reads the whole body, as a service does. */
const drain = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

/** Answers that are none. */
const faults: Readonly<Record<string, (socket: Socket, id: string) => void>> = {
  reset: (socket) => socket.resetAndDestroy(),
  garbage: (socket) => socket.end('NOT HTTP AT ALL\r\n\r\n'),
  short: (socket, id) =>
    socket.end(`HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n${contentOf(id, 5).toString()}`),
  twice: (socket) =>
    socket.end('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxy'),
}

/**
 * `/…?id=ID&size=BYTES&how=HOW`: how is `length`, `chunked`, `slow`, which comes in pieces, or a fault.
 */
const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const { searchParams } = new URL(request.url ?? '', 'http://service')
  const id = searchParams.get('id') ?? ''
  const how = searchParams.get('how') ?? 'length'
  // One write of a line to a pipe is out before the next statement.
  if (request.method === 'POST') process.stdout.write(`${id}\n`)
  const received = await drain(request)
  const fault = faults[how]
  if (fault !== undefined) {
    fault(request.socket, id)
    return
  }
  const body = contentOf(id, Number(searchParams.get('size')))
  response.writeHead(200, {
    'X-Id': id,
    'X-Digest': digestOf(body),
    'X-Received': digestOf(received),
    'X-Sub': String(request.headers['x-claim-sub'] ?? ''),
    ...(how === 'length' ? { 'Content-Length': body.length } : {}),
  })
  if (how === 'slow') {
    for (let at = 0; at < body.length; at += body.length / 8) {
      response.write(body.subarray(at, at + body.length / 8))
      await sleep(20)
    }
    response.end()
  } else response.end(body)
}

const server = createServer((request, response) => {
  // A client that leaves in the middle of its body is no error of the service.
  answer(request, response).catch(() => response.destroy())
})

// A WebSocket's messages come back as they are.
server.on('upgrade', (_request, socket: Socket) => {
  const read = createFrameReader()
  socket.on('error', () => socket.destroy())
  socket.on('data', (chunk: Buffer) => {
    for (const each of read(chunk)) {
      socket.write(frame(each.opcode, each.payload))
      if (each.opcode === opcode.close) socket.end()
    }
  })
  socket.write(agreement())
})

process.once('SIGUSR2', () => server.listen(Number(process.argv[2]), '127.0.0.1'))
// Keeps it running until then.
setInterval(() => undefined, 60_000)
process.stdout.write('standing by\n')
