// A local key set over time: watched, kept while it is broken, taken again when it is whole.
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { lookIntervalMs } from '../../src/files/file-watch.ts'
import { createKeyLoader } from '../../src/token/key-source.ts'
import { createKeyStore } from '../../src/token/keys.ts'
import { jwksSettings } from '../helpers/authorizer-settings.ts'
import { mountConfigMap } from '../helpers/config-map.ts'
import { createKey } from '../helpers/key-server.ts'
import { createManualTime } from '../helpers/manual-time.ts'
import { until } from '../helpers/shell.ts'

const [a, b, c] = ['a', 'b', 'c'].map((kid) => createKey('RS256', kid).jwk)

const textOf = (...keys: unknown[]): string => JSON.stringify({ keys })

const setUp = async (t: Test, path: string) => {
  const time = createManualTime()
  const seen = { success: 0, failed: 0 }
  const lines: string[] = []
  const write = (level: string) => (_fields: unknown, message: string) =>
    void lines.push(`${level}: ${message}`)
  const keys = createKeyStore({
    issuers: [{ issuer: 'i', keys: { kind: 'file', path } }],
    jwks: jwksSettings,
    load: createKeyLoader(jwksSettings),
    clock: time.clock,
    schedule: time.schedule,
    random: () => 0,
    recorder: { keysFetched: (_issuer, outcome) => void (seen[outcome] += 1) },
    log: {
      debug: () => undefined,
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
    },
  })
  keys.start()
  t.teardown(keys.stop)
  const kids = () => ['a', 'b', 'c'].filter((kid) => Array.isArray(keys.find('i', kid)))
  /** Lets time go by, look after look, until the condition holds. */
  const passUntil = async (condition: () => boolean) => {
    const deadline = Date.now() + 5000
    while (!condition()) {
      if (Date.now() > deadline) throw new Error('waited in vain')
      await until(() => time.waiting().length > 0)
      await time.advance(lookIntervalMs)
    }
  }
  await until(() => seen.success + seen.failed > 0)
  return { time, keys, kids, lines, seen, passUntil }
}

t.test('a new key set is taken, whichever way it comes', async (t) => {
  const folder = t.testdir({ map: {} })
  const map = mountConfigMap(join(folder, 'map'), 'keys.json', textOf(a))
  const { kids, seen, lines, passUntil } = await setUp(t, map.path)
  t.strictSame(kids(), ['a'])
  map.update(textOf(a, b))
  await passUntil(() => seen.success > 1)
  t.strictSame(kids(), ['a', 'b'])
  map.update(textOf(b, c))
  await passUntil(() => seen.success > 2)
  t.strictSame(kids(), ['b', 'c'], 'a key that is gone is trusted no more')
  t.strictSame(lines, [])
})

t.test('a key set that vanishes or breaks leaves the last good one, and comes back', async (t) => {
  const path = join(t.testdir({ 'keys.json': textOf(a) }), 'keys.json')
  const { kids, seen, lines, passUntil, keys } = await setUp(t, path)
  const breakages = [
    { name: 'gone', change: () => rmSync(path) },
    { name: 'cut short', change: () => writeFileSync(path, textOf(a, b).slice(0, 300)) },
    { name: 'empty', change: () => writeFileSync(path, '') },
    { name: 'without a usable key', change: () => writeFileSync(path, textOf()) },
    { name: 'too long', change: () => writeFileSync(path, textOf(a) + ' '.repeat(150_000)) },
  ]
  for (const { name, change } of breakages) {
    const before = { ...seen }
    change()
    await passUntil(() => seen.failed > before.failed + 2)
    t.strictSame(kids(), ['a'], name)
    t.equal(keys.find('i', 'b'), 'unavailable', `${name}: nobody knows of other keys`)
    writeFileSync(path, textOf(a))
    await passUntil(() => seen.success > before.success)
    t.strictSame(lines.splice(0), [
      'warn: signing keys cannot be fetched',
      'info: signing keys are available again',
    ])
  }
})

t.test('nothing is read while nothing changes', async (t) => {
  const path = join(t.testdir({ 'keys.json': textOf(a) }), 'keys.json')
  const { time, seen, passUntil } = await setUp(t, path)
  const endMs = time.clock.monotonicMs() + 60 * lookIntervalMs
  await passUntil(() => time.clock.monotonicMs() >= endMs)
  t.strictSame(seen, { success: 1, failed: 0 })
})
