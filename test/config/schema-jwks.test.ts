import t from 'tap'
import { jwksTable } from '../../src/config/schema-jwks.ts'
import { withDefaults } from '../../src/config/values.ts'

t.test('by default keys are fetched every hour and used for a day', async (t) => {
  t.strictSame(withDefaults(jwksTable, {}, {}), {
    refreshSeconds: 3600,
    maxStaleSeconds: 86_400,
    timeoutMs: 1500,
    unknownKidCooldownSeconds: 10,
    startupWaitSeconds: 60,
    maxBytes: 150_000,
    caFile: '',
  })
})
