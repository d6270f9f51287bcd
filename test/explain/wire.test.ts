import { once } from 'node:events'
import { Socket } from 'node:net'
import t from 'tap'
import { createWire, createWireDial } from '../../src/explain/wire.ts'

t.test('bytes go both ways, whole and in order', async (t) => {
  const received: Buffer[] = []
  const { socket, send } = createWire({
    encrypted: false,
    remoteAddress: '127.0.0.1',
    received: (bytes) => void received.push(bytes),
  })
  t.ok(socket instanceof Socket)
  t.equal(socket.remoteAddress, '127.0.0.1')
  const data = once(socket, 'data')
  send(Buffer.from('hello'))
  t.strictSame(await data, [Buffer.from('hello')])
  socket.cork()
  socket.write('é', 'latin1')
  socket.write(Buffer.from('b'))
  socket.uncork()
  socket.write('c')
  socket.end()
  await once(socket, 'finish')
  t.strictSame(Buffer.concat(received), Buffer.from('ébc', 'latin1'))
  // Without a listener of anybody's, an error ends the process.
  await new Promise((resolve) => {
    socket.once('close', resolve)
    socket.destroy(new Error('the wire was cut'))
  })
})

t.test('a dialler connects later, and again', async (t) => {
  const received: string[] = []
  const dial = createWireDial((bytes) => void received.push(bytes.toString()))
  for (const text of ['a', 'b']) {
    await new Promise<void>((resolve) => {
      const attempt = dial((error, socket) => {
        t.equal(error, null)
        t.equal(socket, attempt)
        socket?.write(text)
        resolve()
      })
    })
  }
  t.strictSame(received, ['a', 'b'])
})
