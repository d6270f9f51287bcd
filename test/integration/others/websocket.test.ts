// Closing, pings and pongs as the package ws tests them, and ends that are none, through the whole gate.
import t from 'tap'
import { startGate } from '../../helpers/gate.ts'
import { until } from '../../helpers/raw-upstream.ts'
import {
  dialWebSocket,
  handshake,
  opcode,
  startWebSocketUpstream,
  type Side,
} from '../../helpers/raw-websocket.ts'
import { bytesOf, seenOf, wsRows } from './ws.ts'

const routes = `
routes:
  - { path: /ws, method: GET, authorizationType: NONE }
`

const upstream = await startWebSocketUpstream(t)
const gate = await startGate(t, routes, () => undefined, { upstreamPort: upstream.port })
let opened = 0

/** A WebSocket through the gate, seen from both ends. */
const open = async (): Promise<{ readonly client: Side; readonly service: Side }> => {
  const client = dialWebSocket(t, gate.port, handshake('/ws'))
  const service = await upstream.side(opened)
  opened += 1
  await client.answered()
  return { client, service }
}

for (const from of ['client', 'service'] as const) {
  t.test(`frames of the ${from}`, async (t) => {
    for (const { name, sends } of wsRows) {
      const { client, service } = await open()
      const [sender, receiver] = from === 'client' ? [client, service] : [service, client]
      for (const each of sends) sender.send(bytesOf(each, from === 'client'))
      const frames = await receiver.sees(sends.length)
      const masked = from === 'client'
      t.strictSame(
        frames,
        sends.map((each) => ({ ...seenOf(each), masked })),
        name,
      )
      const last = sends.at(-1)!
      if (last.code === opcode.close) {
        // It is answered in kind, and then both connections end.
        receiver.send(bytesOf(last, from !== 'client'))
        const [answer] = await sender.sees(1)
        t.strictSame(answer, { ...seenOf(last), masked: !masked }, `${name}: answered`)
        service.socket.end()
        t.strictSame(await Promise.all([client.closed, service.closed]), ['end', 'end'], name)
      } else {
        client.socket.destroy()
        await service.closed
      }
    }
  })
}

t.test('ends that are none (ws: abnormal closures, #terminate)', async (t) => {
  const cases = [
    { name: 'the service ends in order, without a Close', end: 'service', how: 'end' },
    { name: 'the service resets', end: 'service', how: 'resetAndDestroy' },
    { name: 'the client ends in order, without a Close', end: 'client', how: 'end' },
    { name: 'the client resets', end: 'client', how: 'resetAndDestroy' },
  ] as const
  for (const { name, end, how } of cases) {
    const sides = await open()
    const other = end === 'client' ? sides.service : sides.client
    sides[end].socket[how]()
    await other.closed
    await until(() => sides[end].socket.destroyed, name)
    // A client is told, since 1006 is nothing that can be sent.
    const told = other.frames.map(({ opcode: code, payload }) => [code, payload.readUInt16BE(0)])
    t.strictSame(told, end === 'client' ? [] : [[opcode.close, 1011]], name)
  }
})
