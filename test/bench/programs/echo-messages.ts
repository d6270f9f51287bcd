// A WebSocket service that sends every message back, for the case of messages: nothing but that, so
// that it leaves the load's processor to the load. Argument: the port. Any other request gets the
// upstream's small answer.
import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import { acceptOf, createFrameReader, frame } from '../../helpers/raw-websocket.ts'
import { smallAnswer } from '../upstream.ts'

const server = createServer((_request, response) => response.end(smallAnswer))

server.on('upgrade', (request, socket: Socket) => {
  const accept = acceptOf(request.headers['sec-websocket-key'] ?? '')
  const read = createFrameReader()
  socket.setNoDelay(true)
  socket.write(
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      `Sec-WebSocket-Accept: ${accept}\r\n\r\n`,
  )
  socket.on('error', () => undefined)
  socket.on('data', (chunk: Buffer) => {
    for (const { opcode, payload } of read(chunk)) socket.write(frame(opcode, payload))
  })
})

server.listen(Number(process.argv[2]), '127.0.0.1')
