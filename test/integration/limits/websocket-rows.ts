// `websocket`: how long one may be still, and how many there may be.
import type { Test } from 'tap'
import type { Gate } from '../../helpers/gate.ts'
import type { Arrival } from '../../helpers/raw-upstream.ts'
import {
  agreement,
  dialWebSocket,
  handshake,
  opcode,
  type Side,
} from '../../helpers/raw-websocket.ts'
import type { LimitRow } from './row.ts'

/** Agrees, and says nothing more. */
const agree = ({ socket, text }: Arrival): void => {
  if (text.endsWith('\r\n\r\n')) socket.write(agreement())
}

const open = async (t: Test, gate: Gate): Promise<Side> => {
  const client = dialWebSocket(t, gate.port, handshake('/public/ws'))
  await client.answered()
  return client
}

/** The first frame but Pings, or that there was none. */
const lastWord = ({ frames }: Side): string => {
  const frame = frames.find((each) => each.opcode !== opcode.ping)
  return frame === undefined ? 'cut off' : `closed ${frame.payload.readUInt16BE(0)}`
}

export const webSocketRows: readonly LimitRow[] = [
  {
    key: 'websocket.idleTimeoutMs',
    config: 'websocket: { idleTimeoutMs: 100 }',
    script: agree,
    provoke: async (t, gate) => {
      const client = await open(t, gate)
      await client.closed
      return lastWord(client)
    },
    client: 'closed 1001',
    denial: undefined,
    metric: 'websockets_closed_total{reason="idle"} 1',
  },
  {
    key: 'websocket.pingIntervalMs',
    config: 'websocket: { pingIntervalMs: 50 }',
    script: agree,
    provoke: async (t, gate) => {
      const client = await open(t, gate)
      await client.closed
      return `${client.frames.length} pings, ${lastWord(client)}`
    },
    client: '2 pings, cut off',
    denial: undefined,
    metric: 'websockets_closed_total{reason="client"} 1',
  },
  {
    key: 'websocket.maxConnections',
    config: 'websocket: { maxConnections: 1 }',
    script: agree,
    provoke: async (t, gate) => {
      await open(t, gate)
      const second = await open(t, gate)
      await second.closed
      return second.head().replace(/^HTTP\/1\.1 (\d+)[^]*\r\n\r\n/, '$1 ')
    },
    client: '503 {"message":"Service Unavailable"}',
    denial: 'upstream_overloaded',
    metric: 'upstream_errors_total{kind="overload"} 1',
  },
]
