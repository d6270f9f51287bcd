import t from 'tap'
import { responseTimeoutBounds, upstreamTable } from '../../src/config/schema-upstream.ts'
import { withDefaults } from '../../src/config/values.ts'

t.test('the defaults of an upstream are those of API Gateway where it has one', async (t) => {
  t.strictSame(withDefaults(upstreamTable, {}, {}), {
    url: null,
    connectTimeoutMs: 5000,
    responseTimeoutMs: 29_000,
    idleTimeoutMs: 300_000,
    maxConnections: 1024,
    maxQueued: 1024,
    queueTimeoutMs: 1000,
    preserveHost: true,
    headers: {},
    tls: { caFile: '', certFile: '', keyFile: '', serverName: '' },
  })
  t.match(upstreamTable.responseTimeoutMs, responseTimeoutBounds)
})
