import t from 'tap'
import { corsTable } from '../../src/config/schema-cors.ts'
import { withDefaults } from '../../src/config/values.ts'

t.test('by default CORS is the upstream’s business', async (t) => {
  t.strictSame(withDefaults(corsTable, {}, {}), {
    allowOrigins: [],
    allowMethods: [],
    allowHeaders: [],
    exposeHeaders: [],
    allowCredentials: false,
    maxAge: null,
  })
})
