// Services that get their headers as CGI variables, where several names become one: lighttpd with PHP
// and gunicorn with WSGI. First the services alone, which are deceived; then behind the gate.
import t from 'tap'
import { createUserPool } from '../../src/demo/user-pool.ts'
import { bearer } from './helpers/cases.ts'
import { curl } from './helpers/curl.ts'
import { ephemeralListeners, startGate, untilReady } from './helpers/gate.ts'
import { startGunicorn } from './helpers/gunicorn.ts'
import { startLighttpd } from './helpers/lighttpd.ts'
import type { Scope } from './helpers/program.ts'

type Variables = Readonly<Record<string, string>>

interface Service {
  readonly name: string
  readonly start: (scope: Scope) => Promise<string>
  /** Header names that this service's server makes `HTTP_X_CLAIM_SUB` of. */
  readonly aliases: readonly string[]
}

const services: readonly Service[] = [
  {
    name: 'PHP through CGI (lighttpd)',
    start: (scope) => startLighttpd(scope, 'whoami.php'),
    aliases: ['X-Claim-Sub', 'X_Claim_Sub', 'X.Claim.Sub', 'x~claim-sub', 'X-Claim!Sub'],
  },
  {
    name: 'Python through WSGI (gunicorn)',
    start: (scope) => startGunicorn(scope, 'whoami'),
    aliases: ['X-Claim-Sub', 'X_Claim_Sub', 'x_claim-sub', 'X_CLAIM_SUB'],
  },
]

/** Everything that a liar may send at once, with what the services may make of it. */
const spoofed = [
  ...services.flatMap(({ aliases }) => aliases.map((alias) => `${alias}: root`)),
  'X_Claim_Groups: root',
  'X.Claim-Email: root',
  'X_HTTP_Method_Override: root',
  'X.Original.URL: root',
  'Proxy: root',
].flatMap((line) => ['-H', line])

const ask = async (...args: readonly string[]): Promise<Variables> => {
  const { status, body } = await curl(...args)
  if (status !== 200) throw new Error(`the service was not reached: ${status} ${body}`)
  return JSON.parse(body) as Variables
}

/** The variables that speak of identity, and any with what the liar sent. */
const claimsIn = (seen: Variables): Variables =>
  Object.fromEntries(
    Object.entries(seen)
      .filter(([name, value]) => name.startsWith('HTTP_X_CLAIM') || value.includes('root'))
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )

for (const { name, start, aliases } of services) {
  t.test(`${name}, alone`, async (t) => {
    const url = await start(t)
    for (const alias of aliases) {
      const seen = await ask('-H', `${alias}: root`, `${url}/`)
      t.equal(seen['HTTP_X_CLAIM_SUB'], 'root', `takes ${alias} for the claim`)
    }
    const both = await ask('-H', 'X-Claim-Sub: jane', '-H', 'X_Claim_Sub: root', `${url}/`)
    t.match(both['HTTP_X_CLAIM_SUB'], 'root', 'and lets it in beside the true one')
  })

  t.test(`${name}, behind the gate`, async (t) => {
    const pool = await createUserPool({ poolId: 'eu-west-1_Legacy001', clientId: 'webapp' })
    t.teardown(() => pool.close())
    const gate = await startGate(t, {
      config: `${ephemeralListeners}
upstream: { url: '${await start(t)}' }
authorizers:
  pool: { type: COGNITO_USER_POOLS, userPoolIds: [${pool.poolId}], issuer: '${pool.issuer}' }
routes:
  - { path: '/public/{proxy+}', method: ANY, authorizationType: NONE }
  - { path: '/private/{proxy+}', method: ANY, authorizer: pool }
`,
    })
    await untilReady(gate)
    const token = bearer(
      pool.idToken({ sub: 'jane-7', 'cognito:groups': ['staff', 'büro'], email: undefined }),
    )
    const claims = {
      HTTP_X_CLAIM_CLIENT_ID: 'webapp',
      HTTP_X_CLAIM_EMAIL_VERIFIED: 'true',
      HTTP_X_CLAIM_GROUPS: 'staff,b%C3%BCro',
      HTTP_X_CLAIM_ISSUER: pool.issuer,
      HTTP_X_CLAIM_SUB: 'jane-7',
      HTTP_X_CLAIM_USERNAME: 'jane',
    }

    const honest = await ask(...token, `${gate.url}/private/x`)
    t.strictSame(claimsIn(honest), claims, 'the claims arrive')
    const liar = await ask(...token, ...spoofed, `${gate.url}/private/x`)
    t.strictSame(claimsIn(liar), claims, 'and nothing else does, whatever is sent with them')
    const anyone = await ask(...spoofed, `${gate.url}/public/x`)
    t.strictSame(claimsIn(anyone), {}, 'on a public route nobody is anybody')
    const stranger = await curl(...spoofed, `${gate.url}/private/x`)
    t.equal(stranger.status, 401, 'and a claim is no token')
  })
}
