// "Let OPTIONS through" switches that ask neither whether it is a preflight nor what else the request
// carries: a body that goes with it is how CVE-2026-29057 smuggles.
import t from 'tap'
import { strike } from '../helpers/attack.ts'
import { requestText, startGate } from '../helpers/gate.ts'

const gate = await startGate(t)

const origin = 'Origin: https://app.example.com'
const method = 'Access-Control-Request-Method: DELETE'

t.test('OPTIONS is a method like any other', async (t) => {
  const cases: readonly (readonly [string, readonly string[], string])[] = [
    ['alone', [], ''],
    ['with an origin only', [origin], ''],
    ['with a method only', [method], ''],
    ['as a preflight', [origin, method], ''],
    ['with a body', [origin, method, 'Content-Length: 2'], 'hi'],
    ['with a chunked body', [origin, method, 'Transfer-Encoding: chunked'], '2\r\nhi\r\n0\r\n\r\n'],
    ['with a forged identity', [origin, method, 'X-Claim-Groups: admins'], ''],
  ]
  for (const [name, lines, body] of cases) {
    for (const target of ['/protected', '/admin/x']) {
      const outcome = await strike(gate, requestText(`OPTIONS ${target}`, lines, body))
      t.match(outcome, { status: 401, reached: '' }, `${name} ${target}`)
    }
    const denied = await strike(gate, requestText('OPTIONS /denied', lines, body))
    t.match(denied, { status: 403, reached: '' }, `${name} /denied`)
  }
})

t.test('the whole server is nothing to ask for', async (t) => {
  const outcome = await strike(gate, requestText('OPTIONS *', [origin, method]))
  t.match(outcome, { status: 400, reached: '' })
})
