import t from 'tap'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { Socket } from 'node:net'
import { connectionsOf, trackConnections } from '../../src/server/connections.ts'
import { connectTo, eventually, startListener } from './data-listener.ts'

t.test('the books of a server are found by the server', async (t) => {
  const server = createServer()
  t.equal(connectionsOf(server), undefined)
  const connections = trackConnections(server)
  t.equal(connectionsOf(server), connections)
})

t.test('an unknown socket has empty books', async (t) => {
  const connections = trackConnections(createServer())
  t.strictSame(connections.of(new Socket()), {
    open: new Set(),
    newest: undefined,
    closing: false,
    upgraded: false,
    idleSince: 0,
    writtenBefore: 0,
  })
})

t.test('only connections on which nothing is asked are idle', async (t) => {
  const listener = await startListener(t, {
    forward: (_permit, { response, facts }) => {
      if (facts.target !== '/held') response.end('ok')
    },
  })
  const silent = connectTo(t, listener.port)
  const served = connectTo(t, listener.port)
  served.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await served.until(/ok$/)
  const held = connectTo(t, listener.port)
  held.send('GET /held HTTP/1.1\r\nHost: a\r\n\r\n')
  await once(listener.server, 'request')
  const asking = connectTo(t, listener.port)
  const [socket] = (await once(listener.server, 'connection')) as [Socket]
  asking.send('GET / HT')
  await eventually(() => socket.bytesRead > 0)

  t.equal(connectionsOf(listener.server)?.count(), 4)
  connectionsOf(listener.server)?.endIdle()
  await Promise.all([silent.ended, served.ended])
  t.notOk(held.socket.readableEnded)
  asking.send('TP/1.1\r\nHost: a\r\n\r\n')
  t.match(await asking.until(/ok$/), /200/)
})

t.test('a second error of a socket does not end the process', async (t) => {
  const listener = await startListener(t)
  connectTo(t, listener.port)
  const [socket] = (await once(listener.server, 'connection')) as [Socket]
  socket.emit('error', new Error('first'))
  socket.emit('error', new Error('second'))
  t.ok(socket.destroyed)
})
