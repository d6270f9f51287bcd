// A client sends the identity header itself, also where no token is asked for and where the token has
// no such claim (KrakenD #309; Caddy CVE-2026-30851; APISIX CVE-2026-44087; mod_auth_openidc #222).
import t from 'tap'
import { requestText, startGate, valuesOf } from '../helpers/gate.ts'

t.test('on a protected route only the token speaks', async (t) => {
  const gate = await startGate(t)
  const token = gate.pool.idToken({ sub: 'honest', email: undefined })
  const spoofed = ['X-Claim-Sub: admin', 'X-Claim-Sub: root', 'X-Claim-Email: admin@example.com']
  const answer = await gate.exchange(
    requestText('GET /protected', [`Authorization: Bearer ${token}`, ...spoofed]),
  )
  t.match(answer, /^HTTP\/1\.1 200 /)
  t.strictSame(valuesOf(gate.reached(), 'X-Claim-Sub'), ['honest'])
  t.strictSame(valuesOf(gate.reached(), 'X-Claim-Email'), [], 'absent from the token: absent')
})

t.test('on a public route nobody speaks', async (t) => {
  const gate = await startGate(t)
  await gate.exchange(requestText('GET /public/x', ['X-Claim-Sub: admin', 'X-Gate-Would-Deny: no']))
  t.match(gate.reached(), /^GET \/public\/x HTTP\/1\.1\r\n/)
  t.strictSame(valuesOf(gate.reached(), 'X-Claim-Sub'), [])
  t.strictSame(valuesOf(gate.reached(), 'X-Gate-Would-Deny'), [])
})
