import t, { type Test } from 'tap'
import { createKeysOnDemand } from '../../src/explain/keys-on-demand.ts'
import { systemClock } from '../../src/observe/clock.ts'
import { createKeyLoader } from '../../src/token/key-source.ts'
import { issuerWithKeysAt, jwksSettings } from '../helpers/authorizer-settings.ts'
import { createKeyServer } from '../helpers/key-server.ts'

const ignore = () => undefined
const log = { debug: ignore, info: ignore, warn: ignore, error: ignore }

const setUp = async (t: Test, timeoutMs: number) => {
  const servers = await Promise.all([createKeyServer(), createKeyServer()])
  t.teardown(() => Promise.all(servers.map((server) => server.close())))
  const jwks = { ...jwksSettings, timeoutMs }
  const made = createKeysOnDemand({
    issuers: servers.map(({ issuer, jwksUri }) => issuerWithKeysAt(issuer, jwksUri)),
    jwks,
    load: createKeyLoader(jwks),
    clock: systemClock,
    log,
  })
  t.teardown(made.keys.stop)
  return { servers, ...made }
}

t.test('an issuer is asked when its keys are wanted, once, and no other is', async (t) => {
  const { servers, keys, fetches } = await setUp(t, 10_000)
  const [asked, other] = servers
  const { kid } = asked.key()
  keys.start()
  t.equal(keys.find(asked.issuer, kid), 'unknown')
  t.strictSame([keys.missing(), [...keys.states()]], [[], []])
  t.equal(keys.retryAfterSeconds(asked.issuer), 1)
  await Promise.all([keys.refetch(asked.issuer), keys.refetch('https://nobody.example')])
  t.match(keys.find(asked.issuer, kid), [{ kid }])
  t.equal(keys.find(asked.issuer, 'another'), 'unknown')
  await keys.refetch(asked.issuer)
  t.strictSame([asked.fetches(), other.fetches()], [1, 0])
  t.match(fetches(), [{ issuer: asked.issuer, set: { skipped: [] }, error: undefined }])
  t.match([...keys.states()], [[asked.issuer, { keys: 1, stale: false }]])
  keys.onChange(() => undefined)
})

t.test('an issuer that cannot be asked leaves its keys unavailable, and says why', async (t) => {
  const cases = [
    { mode: 'redirect', timeoutMs: 10_000, want: 'answered with status 302' },
    { mode: 'hang', timeoutMs: 200, want: 'no complete answer in 200 ms' },
  ] as const
  for (const { mode, timeoutMs, want } of cases) {
    const { servers, keys, fetches } = await setUp(t, timeoutMs)
    const [server] = servers
    server.respond(mode)
    await keys.refetch(server.issuer)
    await keys.refetch(server.issuer)
    t.equal(keys.find(server.issuer, server.key().kid), 'unavailable')
    t.strictSame(keys.missing(), [server.issuer])
    t.equal(keys.retryAfterSeconds(server.issuer), 1)
    t.strictSame(
      fetches().map(({ error }) => (error as Error).message),
      [want],
      'it was asked once',
    )
  }
})
