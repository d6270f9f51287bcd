import t from 'tap'
import { statusPageTable } from '../../src/config/schema-status-page.ts'
import { withDefaults } from '../../src/config/values.ts'

t.test('there is none until it is enabled, and then on loopback', async (t) => {
  t.strictSame(withDefaults(statusPageTable, {}, {}), {
    enabled: false,
    host: '127.0.0.1',
    port: 9092,
  })
})

t.test('the environment sets nothing of it', async (t) => {
  t.notMatch(JSON.stringify(statusPageTable), '"env"')
})
