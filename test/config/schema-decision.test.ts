import t from 'tap'
import { decisionTable } from '../../src/config/schema-decision.ts'
import { withDefaults } from '../../src/config/values.ts'

t.test('nobody but this machine may ask, and that only once it is enabled', async (t) => {
  t.strictSame(withDefaults(decisionTable, {}, {}), {
    enabled: false,
    host: '127.0.0.1',
    port: 9191,
    trustedPeers: ['127.0.0.1/32', '::1/128'],
  })
})

t.test('a list replaces the default, and the environment sets nothing', async (t) => {
  const values = withDefaults(decisionTable, { trustedPeers: ['10.0.3.7/32'] }, {})
  t.strictSame(values.trustedPeers, ['10.0.3.7/32'])
  t.notMatch(JSON.stringify(decisionTable), '"env"')
})
