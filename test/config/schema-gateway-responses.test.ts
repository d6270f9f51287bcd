import t from 'tap'
import { gatewayResponseTable } from '../../src/config/schema-gateway-responses.ts'
import { withDefaults } from '../../src/config/values.ts'

t.test('an entry that says nothing changes nothing', async (t) => {
  t.strictSame(withDefaults(gatewayResponseTable, {}, {}), {
    statusCode: null,
    responseParameters: {},
    responseTemplates: {},
  })
})

t.test('a status may be a number, or text as in exports', async (t) => {
  t.equal(withDefaults(gatewayResponseTable, { statusCode: 404 }, {}).statusCode, 404)
  t.equal(withDefaults(gatewayResponseTable, { statusCode: '404' }, {}).statusCode, '404')
})
