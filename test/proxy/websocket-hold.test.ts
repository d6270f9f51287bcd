import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { holdClient } from '../../src/proxy/websocket-hold.ts'
import { until } from '../helpers/raw-upstream.ts'

const connected = async (t: Test) => {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  const [socket] = (await once(server, 'connection')) as [Socket]
  t.teardown(() => {
    client.destroy()
    socket.destroy()
    server.close()
  })
  return { client, socket }
}

t.test('what comes is kept in order, and given once asked for', async (t) => {
  const { client, socket } = await connected(t)
  socket.unshift(Buffer.from('a'))
  let gone = 0
  const held = holdClient(socket, () => (gone += 1))
  client.write('b')
  await until(() => socket.bytesRead === 1)
  client.end('c')
  await until(() => gone === 1)
  t.equal(Buffer.concat(held.release()).toString(), 'abc')
  t.strictSame([socket.listenerCount('data'), socket.listenerCount('end')], [0, 1])
})

t.test('a client that sends too much is not read any further', async (t) => {
  const { client, socket } = await connected(t)
  const held = holdClient(socket, () => undefined)
  client.write(Buffer.alloc(10_000_000))
  await until(() => socket.isPaused())
  await new Promise((resolve) => setTimeout(resolve, 30))
  t.ok(Buffer.concat(held.release()).length < 200_000)
  t.ok(socket.isPaused())
})
