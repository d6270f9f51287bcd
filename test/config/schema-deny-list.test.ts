import t from 'tap'
import { deniedTokenTable, denyListTable } from '../../src/config/schema-deny-list.ts'
import { withDefaults } from '../../src/config/values.ts'

t.test('by default nothing is revoked, and an entry is for every issuer', async (t) => {
  t.strictSame(withDefaults(denyListTable, {}, {}), { file: '' })
  t.strictSame(withDefaults(deniedTokenTable, { claim: 'sub', value: 'x' }, {}), {
    claim: 'sub',
    value: 'x',
    issuer: '',
  })
})
