import t from 'tap'
import type { JwksSettings } from '../../src/core/settings.ts'
import { createIssuerKeys } from '../../src/token/issuer-keys.ts'
import { parseKeySet, type KeySet } from '../../src/token/key-set.ts'
import { issuerWithKeysAt, jwksSettings } from '../helpers/authorizer-settings.ts'
import { createKey } from '../helpers/key-server.ts'
import { createManualTime, settled } from '../helpers/manual-time.ts'

const [a, b, b2, c] = ['a', 'b', 'b', 'c'].map((kid) => createKey('RS256', kid).jwk)

const setOf = (...keys: unknown[]): KeySet => {
  const parsed = parseKeySet({ keys })
  if (!parsed.ok) throw new Error(parsed.error)
  return parsed.value
}

/** An issuer whose answer is the test's to set. */
const setUp = (changes: Partial<JwksSettings> = {}) => {
  const time = createManualTime()
  const answer = { now: (): Promise<KeySet> => Promise.resolve(setOf(a, b)) }
  const lines: string[] = []
  const notices: (readonly string[])[] = []
  const seen = { loads: 0, fetched: [] as string[] }
  const write = (level: string) => (_fields: unknown, message: string) =>
    void lines.push(`${level}: ${message}`)
  const keys = createIssuerKeys(
    issuerWithKeysAt('iss', 'http://unused'),
    {
      ...time,
      jwks: { ...jwksSettings, ...changes },
      random: () => 0,
      load: () => {
        seen.loads += 1
        return answer.now()
      },
      recorder: { keysFetched: (_issuer, outcome) => void seen.fetched.push(outcome) },
      log: {
        debug: () => undefined,
        info: write('info'),
        warn: write('warn'),
        error: write('error'),
      },
    },
    (_issuer, kids) => void notices.push([...kids]),
  )
  return { time, answer, lines, notices, seen, keys }
}

const down = (): Promise<KeySet> => Promise.reject(new Error('down'))

t.test('keys are found once they were fetched, and not before', async (t) => {
  const { keys, time } = setUp()
  t.equal(keys.find('a'), 'unavailable')
  t.ok(keys.neverLoaded())
  const nothing = { nextFetchMs: 0, lastError: undefined }
  t.strictSame(keys.state(), { keys: 0, lastSuccessSeconds: 0, stale: false, ...nothing })
  keys.start()
  t.equal(keys.state().nextFetchMs, 0, 'it is under way')
  await settled()
  t.equal(keys.find('a').length, 1)
  t.equal(keys.find('x'), 'unknown')
  t.notOk(keys.neverLoaded())
  const lastSuccessSeconds = Math.floor(time.clock.wallMs() / 1000)
  const next = { nextFetchMs: 3_600_000, lastError: undefined }
  t.strictSame(keys.state(), { keys: 2, lastSuccessSeconds, stale: false, ...next })
})

t.test('an issuer that is down at the start is asked until it is up', async (t) => {
  const { keys, answer, time, lines, seen } = setUp()
  answer.now = down
  keys.start()
  await settled()
  t.equal(keys.find('a'), 'unavailable')
  t.match(keys.state(), { lastError: new Error('down'), nextFetchMs: 250 })
  t.equal(keys.retryAfterSeconds(), 1)
  await time.advance(60_000)
  t.equal(keys.retryAfterSeconds() > 1, true)
  answer.now = async () => setOf(a)
  await time.advance(60_000)
  t.equal(keys.find('a').length, 1)
  t.equal(keys.state().lastError, undefined)
  t.strictSame(lines, [
    'warn: signing keys cannot be fetched',
    'info: signing keys are available again',
  ])
  t.equal(seen.fetched.filter((outcome) => outcome === 'success').length, 1)
})

t.test(
  'when the issuer goes down its keys are used until they are too stale, and again when it is back',
  async (t) => {
    const { keys, answer, time, lines, notices } = setUp({
      refreshSeconds: 100,
      maxStaleSeconds: 1000,
    })
    keys.start()
    await settled()
    answer.now = down
    await time.advance(100_000)
    t.equal(keys.find('a').length, 1)
    t.equal(keys.find('x'), 'unavailable', 'nobody can say whether the issuer has this key')
    t.strictSame(keys.state().stale, false)
    await time.advance(1)
    t.match(keys.state(), { keys: 2, stale: true })
    await time.advance(899_999)
    t.equal(keys.find('a').length, 1)
    await time.advance(1)
    t.equal(keys.find('a'), 'unavailable')
    t.match(keys.state(), { keys: 0, stale: true })
    answer.now = async () => setOf(a, b)
    await time.advance(60_000)
    t.equal(keys.find('a').length, 1)
    t.match(keys.state(), { keys: 2, stale: false })
    t.equal(lines.length, 2)
    t.strictSame(notices, [['a', 'b']], 'nothing changed since the first load')
  },
)

t.test('a changed set names the kids whose keys stayed', async (t) => {
  const { keys, answer, time, notices } = setUp()
  const sets = [
    setOf(a, b),
    setOf(a, b),
    setOf(a, b2),
    setOf(a, b2, b),
    setOf(b, b2),
    setOf(b2, b, c),
  ]
  answer.now = async () => sets.shift() ?? setOf(c)
  keys.start()
  for (let fetches = 0; fetches < 7; fetches += 1) await time.advance(3_600_000)
  t.strictSame(notices, [['a', 'b'], ['a'], ['a'], ['b'], ['b'], ['c']])
})

t.test(
  'an unknown kid makes one flight for all, and no other while the cool-down lasts',
  async (t) => {
    const { keys, answer, time, seen } = setUp()
    keys.start()
    await settled()
    let land = (_set: KeySet): void => undefined
    answer.now = () => new Promise((resolve) => (land = resolve))
    const waiting = Promise.all(Array.from({ length: 1000 }, () => keys.refetch()))
    t.equal(seen.loads, 2)
    t.equal(keys.retryAfterSeconds(), 1)
    land(setOf(a, c))
    await waiting
    t.equal(keys.find('c').length, 1)
    await time.advance(9_999)
    await Promise.all(Array.from({ length: 1000 }, () => keys.refetch()))
    t.equal(seen.loads, 2)
    await time.advance(1)
    void keys.refetch()
    t.equal(seen.loads, 3)
  },
)

t.test('a background refresh does not use up the cool-down', async (t) => {
  const { keys, time, seen } = setUp()
  keys.start()
  await settled()
  await time.advance(3_600_000)
  t.equal(seen.loads, 2)
  await keys.refetch()
  t.equal(seen.loads, 3)
})

t.test('nobody waits for a flight longer than the time-out', async (t) => {
  const { keys, answer, time } = setUp()
  keys.start()
  await settled()
  answer.now = () => new Promise(() => undefined)
  let isOver = false
  void keys.refetch().then(() => (isOver = true))
  await time.advance(1499)
  t.notOk(isOver)
  await time.advance(1)
  t.ok(isOver)
})

t.test('no refetch is started while the back-off of a dead issuer runs', async (t) => {
  const { keys, answer, time, seen } = setUp({ unknownKidCooldownSeconds: 0 })
  keys.start()
  await settled()
  answer.now = down
  await keys.refetch()
  t.equal(seen.loads, 2)
  await keys.refetch()
  t.equal(seen.loads, 2)
  await time.advance(250)
  t.equal(seen.loads, 3, 'but by itself')
  keys.stop()
  await time.advance(1_000_000)
  t.equal(seen.loads, 3)
  t.equal(keys.find('a').length, 1, 'what was held is still found')
})
