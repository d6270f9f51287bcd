import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect, type AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { endAfterBody, linger } from '../../src/proxy/linger.ts'

/** A server that answers at once and lingers; the client gets the time at which its connection ended. */
const setUp = async (t: Test) => {
  const read = { bytes: 0 }
  const server = createServer((request, response) => {
    response.shouldKeepAlive = false
    response.writeHead(401, ['Content-Length', '2'])
    response.write('no')
    request.on('data', (chunk: Buffer) => (read.bytes += chunk.length))
    endAfterBody(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  let answer = ''
  socket.on('data', (chunk) => (answer += chunk.toString()))
  socket.on('error', () => undefined)
  socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n')
  const startMs = performance.now()
  // Not once(): it would fail on the reset that a client busy with sending may get.
  const ended = new Promise<number>((resolve) => {
    socket.on('close', () => resolve(performance.now() - startMs))
  })
  return { socket, read, ended, answer: () => answer }
}

t.test('a client that stops sending gets the answer at once and is let go in time', async (t) => {
  const { ended, answer } = await setUp(t)
  const tookMs = await ended
  t.match(answer(), /^HTTP\/1\.1 401 .*no$/s)
  t.ok(tookMs > linger.maxMs * 0.9, `${tookMs} ms`)
})

t.test('a client that goes on sending is read only so far', async (t) => {
  const { socket, ended, read, answer } = await setUp(t)
  const chunk = Buffer.alloc(16_384)
  const sending = setInterval(() => socket.write(chunk), 1)
  t.teardown(() => clearInterval(sending))
  const tookMs = await ended
  t.match(answer(), /no$/, 'has its answer')
  t.ok(tookMs > linger.maxMs * 0.9, `${tookMs} ms, in which it can read it`)
  t.ok(read.bytes < 4 * linger.maxBytes, `${read.bytes} bytes`)
})

t.test('a client that leaves ends it', async (t) => {
  const { socket, ended } = await setUp(t)
  socket.once('data', () => socket.destroy())
  t.ok((await ended) < linger.maxMs)
})
