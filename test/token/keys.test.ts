import { writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import type { LogFields, Logger } from '../../src/core/ports.ts'
import { createKeyLoader } from '../../src/token/key-source.ts'
import { createKeyStore, type KeyStore, type KeyStoreSettings } from '../../src/token/keys.ts'
import { issuerWithKeysAt, jwksSettings } from '../helpers/authorizer-settings.ts'
import { createKey, createKeyServer, type KeyServer } from '../helpers/key-server.ts'
import { createManualTime } from '../helpers/manual-time.ts'
import { until } from '../helpers/shell.ts'

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

const setUp = async (t: Test) => {
  const [stays, goes, comes] = await Promise.all([
    createKeyServer(),
    createKeyServer(),
    createKeyServer(),
  ])
  t.teardown(() => Promise.all([stays.close(), goes.close(), comes.close()]))
  const time = createManualTime()
  const settings = (...servers: KeyServer[]): KeyStoreSettings => ({
    issuers: servers.map(({ issuer, jwksUri }) => issuerWithKeysAt(issuer, jwksUri)),
    jwks: jwksSettings,
    load: createKeyLoader(jwksSettings),
  })
  const first = createKeyStore({
    ...settings(stays, goes),
    ...time,
    recorder: { keysFetched: quiet },
    log,
  })
  first.start()
  await first.warm()
  t.teardown(first.stop)
  const has = (store: KeyStore, { issuer, key }: KeyServer) =>
    Array.isArray(store.find(issuer, key().kid))
  return { stays, goes, comes, time, settings, first, has }
}

t.test('an issuer that stays keeps its keys and is not asked again', async (t) => {
  const { stays, goes, comes, time, settings, first, has } = await setUp(t)
  const next = first.next(settings(stays, comes))
  t.teardown(next.stop)
  t.ok(has(next, stays))
  t.notOk(has(next, comes))
  await next.warm()
  t.ok(has(next, comes), 'before it takes the place of the other')
  t.strictSame(next.missing(), [])
  t.ok(has(first, goes))
  next.start()
  t.equal(stays.fetches(), 1)
  t.equal(comes.fetches(), 1)
  t.ok(has(first, goes), 'what began with the other one still finds its keys')
  await until(() => time.waiting().length === 2)
  await time.advance(2 * jwksSettings.refreshSeconds * 1000)
  await until(() => stays.fetches() >= 2 && comes.fetches() >= 2)
  t.equal(goes.fetches(), 1, 'who is left out is asked no more')
})

t.test('a store that never takes the place of another changes nothing about it', async (t) => {
  const { stays, goes, comes, time, settings, first, has } = await setUp(t)
  const next = first.next(settings(stays, comes))
  await next.warm()
  next.stop()
  t.ok(has(first, stays) && has(first, goes))
  t.equal(time.waiting().length, 2, 'the two of before alone will be asked again')
})

t.test('a dead issuer is waited for within bounds', async (t) => {
  const { comes, time, settings, first, has } = await setUp(t)
  comes.respond('hang')
  const next = first.next(settings(comes))
  t.teardown(next.stop)
  const warm = next.warm()
  await until(() => comes.fetches() === 1)
  await time.advance(jwksSettings.timeoutMs)
  await warm
  t.notOk(has(next, comes))
  t.strictSame(next.missing(), [comes.issuer])
})

t.test('other ways of asking keep the keys, another source does not', async (t) => {
  const { stays, goes, settings, first, has } = await setUp(t)
  const asking = first.next({
    ...settings(stays),
    jwks: { ...jwksSettings, refreshSeconds: 60 },
  })
  t.ok(has(asking, stays), 'at once')
  await asking.warm()
  t.equal(stays.fetches(), 2)
  asking.stop()
  const moved = first.next({
    ...settings(),
    issuers: [issuerWithKeysAt(stays.issuer, goes.jwksUri)],
  })
  t.notOk(has(moved, stays))
  await moved.warm()
  t.notOk(has(moved, stays), 'a key that its source does not have is no key')
  t.ok(Array.isArray(moved.find(stays.issuer, goes.key().kid)))
  moved.stop()
})

t.test('changes are told to the store that is in force', async (t) => {
  const { stays, time, settings, first } = await setUp(t)
  const told: string[] = []
  first.onChange(() => void told.push('first'))
  const next = first.next(settings(stays))
  t.teardown(next.stop)
  next.onChange(() => void told.push('next'))
  stays.rotate()
  await time.advance(jwksSettings.refreshSeconds * 1000)
  await until(() => told.length === 1)
  next.start()
  stays.rotate()
  await time.advance(jwksSettings.refreshSeconds * 1000)
  await until(() => told.length === 2)
  t.strictSame(told, ['first', 'next'])
})

t.test('key files alone are read again when asked', async (t) => {
  const { stays, first } = await setUp(t)
  const file = `${t.testdir({ 'keys.json': '{"keys":[]}' })}/keys.json`
  const key = createKey('RS256', 'late').jwk
  const next = first.next({
    issuers: [
      { issuer: 'file', keys: { kind: 'file', path: file } },
      issuerWithKeysAt(stays.issuer, stays.jwksUri),
    ],
    jwks: jwksSettings,
    load: createKeyLoader(jwksSettings),
  })
  t.teardown(next.stop)
  next.start()
  await next.warm()
  writeFileSync(file, JSON.stringify({ keys: [key] }))
  next.reread()
  await until(() => Array.isArray(next.find('file', 'late')))
  t.equal(stays.fetches(), 1)
})
