// Key sets that change under a running gate: what becomes of tokens that old, new, doubled and removed
// keys have signed.
import t, { type Test } from 'tap'
import { createKey, createKeyServer, signToken, type SigningKey } from '../helpers/key-server.ts'
import { untilReady } from './helpers/gate.ts'
import { goodToken, startIssuersGate } from './helpers/issuers-gate.ts'
import { scrape, sumOf } from './helpers/metrics.ts'

const setUp = async (t: Test, jwks: string) => {
  const server = await createKeyServer(createKey('ES256', 'first'))
  t.teardown(server.close)
  const config = `jwks: { ${jwks} }\nlog: { level: debug, requests: none }`
  const started = await startIssuersGate(t, { issuers: new Map([['pool', server]]), config })
  const { gate } = started
  const status = async (token: string): Promise<number> => (await started.ask('pool', token)).status
  return {
    ...started,
    server,
    status,
    untilStatus: (token: string, want: number): Promise<true> =>
      gate.program.until(async () => ((await status(token)) === want ? true : undefined)),
    signedBy: (key: SigningKey): string =>
      signToken(key, { iss: server.issuer, aud: 'orders', exp: 4_102_444_800 }),
  }
}

t.test('a new key is found by the first token that it signed', async (t) => {
  const { gate, server, status, metric } = await setUp(t, 'unknownKidCooldownSeconds: 1')
  await untilReady(gate)
  const old = goodToken(server)
  t.equal(await status(old), 200)
  const fetches = server.fetches()
  server.addKey(createKey('ES256', 'second'))
  const asked = Array.from({ length: 20 }, () => status(goodToken(server)))
  t.strictSame(new Set(await Promise.all(asked)), new Set([200]), 'none of them is refused')
  t.equal(server.fetches(), fetches + 1, 'one fetch for all of them')
  t.equal(await status(old), 200, 'the old key is still there')
  t.equal(await metric(server, 'jwks_keys'), 2)
})

t.test('a key that the issuer drops takes its cached tokens with it', async (t) => {
  const { gate, server, status, untilStatus, metric } = await setUp(t, 'refreshSeconds: 1')
  await untilReady(gate)
  const old = goodToken(server)
  t.equal(await status(old), 200)
  t.equal(await status(old), 200)
  t.equal(sumOf(await scrape(gate.adminUrl), 'token_cache_lookups_total', { result: 'hit' }), 1)
  server.rotate()
  await untilStatus(old, 401)
  t.equal(await status(goodToken(server)), 200)
  t.equal(await metric(server, 'jwks_keys'), 1)
  t.equal(await metric(server, 'jwks_fetches_total', { outcome: 'failed' }), 0)
})

t.test('a key replaced under its name is the new one only', async (t) => {
  const { gate, server, status, untilStatus } = await setUp(t, 'refreshSeconds: 1')
  await untilReady(gate)
  const old = goodToken(server)
  t.equal(await status(old), 200)
  server.drop('first')
  server.addKey(createKey('ES256', 'first'))
  await untilStatus(old, 401)
  t.equal(await status(goodToken(server)), 200)
})

t.test('doubled and unusable members cost themselves alone', async (t) => {
  const { gate, server, status, signedBy, untilStatus, metric } = await setUp(
    t,
    'refreshSeconds: 1',
  )
  await untilReady(gate)
  const twin = createKey('ES256', 'first')
  const other = createKey('RS256', 'other')
  const unusable = createKey('ES256', 'encrypts')
  server.serve({
    keys: [
      null,
      'text',
      server.key().jwk,
      { ...unusable.jwk, use: 'enc' },
      twin.jwk,
      twin.jwk,
      { ...other.jwk, x5u: 'http://127.0.0.1:1/', x5c: ['!'], n: [] },
      { ...other.jwk, oth: 7 },
    ],
  })
  await untilStatus(signedBy(twin), 200)
  t.equal(await status(goodToken(server)), 200, 'the first of the name')
  t.equal(await status(signedBy(other)), 200)
  t.equal(await status(signedBy(unusable)), 401)
  t.equal(await status(signedBy(createKey('ES256', 'first'))), 401, 'none of the name')
  t.equal(await metric(server, 'jwks_fetches_total', { outcome: 'failed' }), 0)
  const skipped = gate
    .log()
    .map((line) => line['skipped'])
    .find((list) => Array.isArray(list) && list.length > 0)
  t.strictSame(skipped, [
    'keys[0]: not an object',
    'keys[1]: not an object',
    'keys[3]: use is not sig',
    'keys[6]: not a valid public key',
  ])
})

t.test('an issuer that is down from the start is 503 until it comes', async (t) => {
  const { gate, server, ask, untilStatus, logged } = await setUp(t, 'startupWaitSeconds: 1')
  await untilReady(gate)
  await server.vanish()
  const second = await startIssuersGate(t, {
    issuers: new Map([['pool', server]]),
    config: 'jwks: { startupWaitSeconds: 2 }\nlog: { requests: none }',
  })
  const ready = async () => fetch(`${second.gate.adminUrl}/readyz`)
  const notReady = await ready()
  t.equal(notReady.status, 503)
  t.match(await notReady.text(), server.issuer)
  const refused = await second.ask('pool', goodToken(server))
  t.equal(refused.status, 503, 'never 401: the token may be good')
  t.ok((refused.retryAfter ?? 0) >= 1)
  t.equal((await ask('pool', goodToken(server))).status, 200, 'a gate that has keys goes on')
  await untilReady(second.gate)
  t.equal(
    (await second.ask('pool', goodToken(server))).status,
    503,
    'ready, but still without keys',
  )
  await server.listen()
  await second.gate.program.until(async () =>
    (await second.ask('pool', goodToken(server))).status === 200 ? true : undefined,
  )
  t.strictSame(second.logged(server), [
    'signing keys cannot be fetched',
    'signing keys are available again',
  ])
  await untilStatus(goodToken(server), 200)
  t.notOk(logged(server).includes('signing keys cannot be fetched'))
})
