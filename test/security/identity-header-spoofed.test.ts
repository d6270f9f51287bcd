// A client sends the identity header itself, once or twice, also where no token is asked for and where
// the token has no such claim (KrakenD #309; Caddy CVE-2026-30851; APISIX CVE-2026-44087;
// mod_auth_openidc #222; oauth2-proxy's --skip-auth-strip-headers).
import t from 'tap'
import { lineOf, strike, ways } from '../helpers/attack.ts'
import { requestText, startGate, valuesOf } from '../helpers/gate.ts'

const gate = await startGate(t)

const spoofed = [
  'X-Claim-Sub: admin',
  'X-Claim-Sub: root',
  'X-Claim-Email: admin@example.com',
  'X-Gate-Would-Deny: no',
]

t.test('on a protected route only the token speaks', async (t) => {
  const token = gate.pool.idToken({ sub: 'honest', email: undefined })
  for (const { name, text } of ways) {
    const attack = text('/protected', [`Authorization: Bearer ${token}`, ...spoofed])
    const { status, reached } = await strike(gate, attack)
    t.equal(status, 200, name)
    t.strictSame(valuesOf(reached, 'X-Claim-Sub'), ['honest'], name)
    t.strictSame(valuesOf(reached, 'X-Claim-Email'), [], `${name}: absent from the token: absent`)
    t.strictSame(valuesOf(reached, 'X-Gate-Would-Deny'), [], name)
  }
})

t.test(
  'on a public route nobody speaks, whatever the method and whoever sends a token',
  async (t) => {
    const token = gate.pool.idToken()
    const attacks = [
      ...ways.map(({ text }) => text('/public/x', spoofed)),
      ...ways.map(({ text }) => text('/public/x', [`Authorization: Bearer ${token}`, ...spoofed])),
      ...['OPTIONS', 'HEAD', 'POST'].map((method) => requestText(`${method} /public/x`, spoofed)),
    ]
    for (const attack of attacks) {
      const outcome = await strike(gate, attack)
      const name = attack.slice(0, 60)
      t.equal(outcome.status, 200, name)
      t.match(lineOf(outcome), / \/public\/x HTTP\/1\.1$/, name)
      t.notMatch(outcome.reached, /x-claim-|x-gate-/i, name)
    }
  },
)
