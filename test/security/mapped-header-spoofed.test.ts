// A client sends the header that a mapping sets on some other route, by its name or an alias: on a
// public route, or on one whose mapping has no value for it (attacks on Caddy's copy_headers,
// CVE-2026-30851, and on APISIX, CVE-2026-44087, made of mapped headers).
import t from 'tap'
import { requestText, startGate, valuesOf } from '../helpers/gate.ts'

const routes = `
routes:
  - path: /protected
    method: GET
    authorizer: pool
    requestParameters:
      integration.request.header.X-User-Sub: context.authorizer.claims.sub
      integration.request.header.X-User-Email: context.authorizer.claims.email
      integration.request.header.X-Via-Gate: "'yes'"
  - { path: /public, method: ANY, authorizationType: NONE }
`
const names = ['X-User-Sub', 'X-User-Email', 'X-Via-Gate']
const aliases = names.flatMap((name) => [
  name,
  name.toLowerCase(),
  name.replaceAll('-', '_'),
  name.replaceAll('-', '.'),
  name.replace('-', '~'),
])

t.test('on a public route nobody speaks, in any spelling', async (t) => {
  const gate = await startGate(t, routes)
  const lines = aliases.map((name) => `${name}: admin`)
  t.match(await gate.exchange(requestText('GET /public', lines)), /^HTTP\/1\.1 200 /)
  t.match(gate.reached(), /^GET \/public HTTP\/1\.1\r\n/)
  for (const name of names) t.strictSame(valuesOf(gate.reached(), name), [], name)
  const metrics = await (await fetch(`http://127.0.0.1:${gate.adminPort}/metrics`)).text()
  t.match(metrics, `\ncognito_gate_identity_headers_stripped_total ${aliases.length}\n`)
})

t.test('on the mapped route only the token speaks', async (t) => {
  const gate = await startGate(t, routes)
  const token = gate.pool.idToken({ sub: 'honest', email: undefined })
  const lines = aliases.map((name) => `${name}: admin`)
  await gate.exchange(requestText('GET /protected', [`Authorization: Bearer ${token}`, ...lines]))
  t.strictSame(
    names.map((name) => valuesOf(gate.reached(), name)),
    [['honest'], [], ['yes']],
  )
})
