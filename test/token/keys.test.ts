import t from 'tap'
import type { LogFields, Logger } from '../../src/core/ports.ts'
import { createKeyLoader } from '../../src/token/key-source.ts'
import { createKeyStore } from '../../src/token/keys.ts'
import { issuerWithKeysAt, jwksSettings } from '../helpers/authorizer-settings.ts'
import { createKeyServer } from '../helpers/key-server.ts'

const quiet = (): undefined => undefined
const log: Logger = { debug: quiet, info: quiet, warn: quiet, error: quiet }

t.test('a store fetches the keys of every issuer by itself, each issuer once', async (t) => {
  const [one, two] = await Promise.all([createKeyServer(), createKeyServer()])
  t.teardown(() => Promise.all([one.close(), two.close()]))
  two.respond('fail')
  const fetched: unknown[] = []
  const changes: unknown[] = []
  const keys = createKeyStore({
    issuers: [one, two, one].map(({ issuer, jwksUri }) => issuerWithKeysAt(issuer, jwksUri)),
    jwks: jwksSettings,
    load: createKeyLoader(jwksSettings),
    clock: { wallMs: Date.now, monotonicMs: () => performance.now() },
    recorder: { keysFetched: (issuer, outcome) => void fetched.push([issuer, outcome]) },
    log,
  })
  keys.onChange((issuer, kids) => void changes.push([issuer, [...kids]]))
  t.strictSame(keys.missing(), [one.issuer, two.issuer])
  t.equal(keys.find(one.issuer, one.key().kid), 'unavailable')
  keys.start()
  t.teardown(keys.stop)
  await Promise.all([keys.refetch(one.issuer), keys.refetch(two.issuer)])
  t.strictSame(
    fetched.sort(),
    [
      [one.issuer, 'success'],
      [two.issuer, 'failed'],
    ].sort(),
  )
  t.strictSame(changes, [[one.issuer, [one.key().kid]]])
  t.strictSame(keys.missing(), [two.issuer])
  t.equal(keys.find(one.issuer, one.key().kid).length, 1)
  t.equal(keys.find(one.issuer, 'other'), 'unknown')
  t.equal(keys.find(two.issuer, 'other'), 'unavailable')
  t.equal(keys.retryAfterSeconds(two.issuer), 1)
  const states = keys.states()
  t.strictSame([...states.keys()], [one.issuer, two.issuer])
  t.match(states.get(one.issuer), { keys: 1, stale: false })
  t.match(states.get(two.issuer), { keys: 0, lastSuccessSeconds: 0, stale: false })
  t.match(states.get(two.issuer)?.lastError, { message: 'answered with status 500' })
})

t.test(
  'an issuer that the store does not know has no keys, and asking for them is harmless',
  async (t) => {
    const keys = createKeyStore({
      issuers: [],
      jwks: jwksSettings,
      load: () => Promise.reject(new Error('unused')),
      clock: { wallMs: () => 0, monotonicMs: () => 0 },
      recorder: { keysFetched: (_issuer: string): LogFields => ({}) },
      log,
    })
    t.equal(keys.find('x', 'k'), 'unavailable')
    t.equal(keys.retryAfterSeconds('x'), 1)
    await keys.refetch('x')
    t.strictSame(keys.missing(), [])
  },
)
