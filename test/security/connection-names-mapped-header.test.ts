// `Connection: x-user` asks the next hop to drop the header that a mapping set (as of identity headers,
// CVE-2021-32813), or names the header that a mapping reads.
import t from 'tap'
import { headerLines, requestText, startGate, valuesOf } from '../helpers/gate.ts'

const routes = `
routes:
  - path: /protected
    method: GET
    authorizer: pool
    requestParameters:
      integration.request.header.X-User: context.authorizer.claims.sub
      integration.request.header.X-Lang: method.request.header.Accept-Language
`

t.test('the mapped header arrives, and nothing tells the upstream to drop it', async (t) => {
  for (const option of ['X-User', 'keep-alive, x-user, x-lang', 'accept-language, X_User']) {
    const gate = await startGate(t, routes)
    const token = gate.pool.idToken({ sub: 'honest' })
    const lines = [`Authorization: Bearer ${token}`, `Connection: ${option}`, 'Accept-Language: de']
    await gate.exchange(requestText('GET /protected', lines))
    t.strictSame(valuesOf(gate.reached(), 'X-User'), ['honest'], option)
    t.strictSame(valuesOf(gate.reached(), 'X-Lang'), ['de'], option)
    const connection = headerLines(gate.reached()).filter((line) => /^connection:/i.test(line))
    t.notMatch(connection.join(), /user|lang/i)
  }
})
