import t from 'tap'
import { listenTable } from '../../src/config/schema-listen.ts'
import { withDefaults } from '../../src/config/values.ts'

t.test('traffic is taken on port 8080 of every address, without TLS', async (t) => {
  t.strictSame(withDefaults(listenTable, {}, {}), {
    host: '0.0.0.0',
    port: 8080,
    tls: { certFile: '', keyFile: '', clientCaFile: '' },
  })
})
