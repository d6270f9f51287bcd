// A hundred thousand tokens through the confined image, each sent once: the kernel ends what needs more
// memory than the container has.
import { randomUUID } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Test } from 'tap'
import { createKey, signToken } from '../../helpers/key-server.ts'
import { startContainer, type Engine } from './container.ts'
import { untilReady } from './gate.ts'
import { runLoad } from './load.ts'
import { scrape, sumOf } from './metrics.ts'
import { startNginx } from './nginx.ts'
import { tempDir } from './temp-dir.ts'

const tokens = 100_000
const limitBytes = 256 * 1024 * 1024
const issuer = 'https://issuer.example'

/** The keys are of an elliptic curve, since RSA would take a minute to sign as many. */
export const checkTokens = async (t: Test, engine: Engine): Promise<void> => {
  const nginx = await startNginx(t)
  const key = createKey('ES256')
  const dir = tempDir(t)
  const [configFile, jwksFile] = [join(dir, 'gate.yaml'), join(dir, 'jwks.json')]
  writeFileSync(jwksFile, JSON.stringify({ keys: [key.jwk] }))
  writeFileSync(configFile, configuration(nginx.url))
  const gate = await startContainer(t, engine, {
    env: { CONFIG_FILE: '/etc/cognito-gate/gate.yaml' },
    mounts: { '/etc/cognito-gate/gate.yaml': configFile, '/etc/cognito-gate/jwks.json': jwksFile },
  })
  await untilReady(gate)

  let sent = 0
  const next = () => {
    if (sent === tokens) return undefined
    sent += 1
    return { path: '/quick', headers: { authorization: `Bearer ${signToken(key, claims())}` } }
  }
  const { statuses, errors } = await runLoad({ url: gate.url, connections: 32, next })
  t.strictSame(errors, [])
  t.strictSame(statuses, { 200: tokens }, 'each is good')

  const metrics = await scrape(gate.adminUrl)
  t.equal(sumOf(metrics, 'token_cache_lookups_total', { result: 'miss' }), tokens, 'each is new')
  t.ok(
    sumOf(metrics, 'token_cache_evictions_total') > 0,
    'the cache, as large as by default, is full',
  )
  const script = `console.log(/^VmHWM:\\s*(\\d+)/m.exec(fs.readFileSync('/proc/1/status', 'utf8'))[1])`
  const exec = ['exec', gate.name, '/nodejs/bin/node', '--eval', script]
  const peakBytes = Number(await engine.run('podman', ...exec)) * 1024
  t.comment(`${Math.round(peakBytes / 1024 / 1024)} MiB at the most`)
  t.ok(peakBytes < limitBytes)
  t.strictSame(await gate.stop(), { code: 0, signal: null }, 'the kernel did not end it')
}

const configuration = (upstream: string): string => `
upstream: { url: '${upstream}' }
authorizers:
  partner:
    type: JWT
    jwtConfiguration: { issuer: '${issuer}', audience: [webapp] }
    algorithms: [ES256]
    jwksFile: /etc/cognito-gate/jwks.json
shutdown: { drainDelayMs: 0 }
routes: [{ path: /quick, method: GET, authorizer: partner, authorizationScopes: [orders/read] }]
`

/** As many as a token of Cognito's has, and as long. */
const claims = () => {
  const nowSeconds = Math.floor(Date.now() / 1000)
  return {
    sub: randomUUID(),
    iss: issuer,
    aud: 'webapp',
    origin_jti: randomUUID(),
    event_id: randomUUID(),
    token_use: 'access',
    scope: 'orders/read orders/write openid email phone profile',
    auth_time: nowSeconds,
    exp: nowSeconds + 3600,
    iat: nowSeconds,
    jti: randomUUID(),
    username: randomUUID(),
    device_key: `eu-west-1_${randomUUID()}`,
    'cognito:groups': ['administrators', 'warehouse', 'accounting'],
  }
}
