// What ends WebSockets from outside, over real ones: the deny list and the drain.
import t, { type Test } from 'tap'
import type { Identity } from '../../src/core/identity.ts'
import { createOpenSessions } from '../../src/proxy/websocket-sessions.ts'
import { identity } from '../helpers/authorizing.ts'
import {
  agreement,
  close,
  dialWebSocket,
  opcode,
  startWebSocketUpstream,
} from '../helpers/raw-websocket.ts'
import { until } from '../helpers/raw-upstream.ts'
import { startTunnelling, type TunnellingOptions } from '../helpers/tunnelling.ts'

const open = async (t: Test, options: TunnellingOptions = {}) => {
  const upstream = await startWebSocketUpstream(t)
  const gate = await startTunnelling(t, { port: upstream.port, ...options })
  const client = dialWebSocket(t, gate.port)
  await client.answered()
  const side = await upstream.side()
  const over = async () => {
    await until(() => gate.closings().length > 0, 'the end')
    await until(() => gate.clients() === 0 && upstream.raw.open() === 0, 'no connection')
    return gate.closings().join()
  }
  return { client, side, gate, over }
}

/** A deny list of one subject, which a test sets. */
const denying = () => {
  const list = { sub: '' }
  return { list, isRevoked: ({ claims }: Identity) => claims['sub'] === list.sub }
}

t.test('a token that is revoked takes its WebSocket with it', async (t) => {
  const { list, isRevoked } = denying()
  const permit = { identity: identity({ claims: { sub: 'jane' } }), acceptedUntil: undefined }
  const { client, side, gate, over } = await open(t, { permit, isRevoked })
  gate.tunnel.closeRevoked()
  list.sub = 'jane'
  t.strictSame(client.frames, [], 'nobody has asked')
  gate.tunnel.closeRevoked()
  const [toClient] = await client.sees(1)
  t.match(toClient, { opcode: opcode.close, masked: false })
  t.equal(toClient!.payload.readUInt16BE(0), 1008)
  t.equal(toClient!.payload.subarray(2).toString(), 'token revoked')
  t.match(await side.sees(1), [{ opcode: opcode.close, masked: true }])
  client.send(close(1008, { masked: true }))
  side.send(close(1008))
  t.equal(await client.closed, 'end')
  t.equal(await over(), 'closed revoked')
})

t.test('a peer that does not answer the Close is cut after a second', async (t) => {
  const { list, isRevoked } = denying()
  const { gate, over } = await open(t, {
    permit: { identity: identity({ claims: { sub: 'jane' } }) },
    isRevoked,
  })
  const startMs = performance.now()
  list.sub = 'jane'
  gate.tunnel.closeRevoked()
  t.equal(await over(), 'closed revoked')
  t.ok(performance.now() - startMs < 3000)
})

t.test('a WebSocket that is closing already is cut at once', async (t) => {
  const { list, isRevoked } = denying()
  const { client, side, gate, over } = await open(t, {
    permit: { identity: identity({ claims: { sub: 'jane' } }) },
    isRevoked,
  })
  client.send(close(1000, { masked: true }))
  await side.sees(1)
  list.sub = 'jane'
  gate.tunnel.closeRevoked()
  t.equal(await over(), 'closed client')
})

t.test('a token that is revoked while the upstream is asked opens nothing for long', async (t) => {
  const { list, isRevoked } = denying()
  const upstream = await startWebSocketUpstream(t, null)
  const gate = await startTunnelling(t, {
    port: upstream.port,
    permit: { identity: identity({ claims: { sub: 'jane' } }) },
    isRevoked,
  })
  const client = dialWebSocket(t, gate.port)
  const side = await upstream.side()
  list.sub = 'jane'
  gate.tunnel.closeRevoked()
  side.send(agreement())
  await client.answered()
  const [frame] = await client.sees(1)
  t.equal(frame!.payload.readUInt16BE(0), 1008)
  await until(() => gate.closings().length > 0)
  t.strictSame(gate.closings(), ['closed revoked'])
})

t.test('nobody is asked about a WebSocket without a token', async (t) => {
  const told: string[] = []
  const session = { drain: () => told.push('drain'), revoke: () => told.push('revoke') }
  const sessions = createOpenSessions(() => true)
  sessions.add(session, undefined)
  sessions.closeRevoked()
  t.strictSame(told, [])
  sessions.drain()
  sessions.add(session, identity())
  t.strictSame(told.splice(0), ['drain', 'drain'], 'one that comes late is drained too')
  sessions.remove(session)
  sessions.closeRevoked()
  t.strictSame(told, [])
})

t.test('those that open count with those that are open', async (t) => {
  const sessions = createOpenSessions(() => false)
  sessions.begin()
  sessions.begin()
  t.equal(sessions.count(), 2)
  sessions.over()
  t.equal(sessions.count(), 1)
})
