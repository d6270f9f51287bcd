import t from 'tap'
import { websocketTable } from '../../src/config/schema-websocket.ts'
import { withDefaults } from '../../src/config/values.ts'

t.test('by default WebSockets bring their token in a header and outlive it', async (t) => {
  t.strictSame(withDefaults(websocketTable, {}, {}), {
    closeAtExpiry: false,
    idleTimeoutMs: 600_000,
    pingIntervalMs: 0,
    maxConnections: 5000,
    tokenQuery: '',
    tokenProtocolPrefix: '',
  })
})
