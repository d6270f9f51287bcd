import t from 'tap'
import { gatewayResponseTypes } from '../../src/core/gateway-response.ts'

t.test('there are the 21 types of API Gateway, each once', async (t) => {
  t.equal(new Set(gatewayResponseTypes).size, 21)
  t.strictSame([...gatewayResponseTypes].sort(), gatewayResponseTypes)
  for (const type of gatewayResponseTypes) t.match(type, /^[A-Z0-9_]+$/)
})
