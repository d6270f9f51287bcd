import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { maxDenyListBytes, parseDenyListInSlices } from '../../src/config/deny-list.ts'
import type { LogFields, Logger } from '../../src/core/ports.ts'
import type { DeniedToken } from '../../src/core/settings.ts'
import { createDenyList } from '../../src/token/deny-list.ts'
import { lookIntervalMs } from '../../src/files/file-watch.ts'
import { identity } from '../helpers/authorizing.ts'
import { mountConfigMap } from '../helpers/config-map.ts'
import { createManualTime } from '../helpers/manual-time.ts'
import { until } from '../helpers/shell.ts'

const listOf = (...subs: string[]): string =>
  JSON.stringify(subs.map((value) => ({ claim: 'sub', value })))

const tokensOf = (...subs: string[]): readonly DeniedToken[] =>
  subs.map((value) => ({ claim: 'sub', value, issuer: undefined }))

const setUp = (t: Test, path: string | undefined, tokens: readonly DeniedToken[]) => {
  const time = createManualTime()
  const lines: (readonly [string, LogFields])[] = []
  const write = (fields: LogFields, message: string) => void lines.push([message, fields])
  const log: Logger = { debug: write, info: write, warn: write, error: write }
  const denyList = createDenyList({
    settings: { path, tokens },
    parse: parseDenyListInSlices,
    maxBytes: maxDenyListBytes,
    clock: time.clock,
    schedule: time.schedule,
    random: () => 0,
    log,
  })
  const seen = { changes: 0 }
  denyList.onChange(() => void (seen.changes += 1))
  denyList.start()
  t.teardown(denyList.stop)
  const revoked = () =>
    ['a', 'b', 'c'].filter((sub) => denyList.isRevoked(identity({ claims: { sub } })))
  const passUntil = async (condition: () => boolean) => {
    const deadline = Date.now() + 5000
    while (!condition()) {
      if (Date.now() > deadline) throw new Error('waited in vain')
      await until(() => time.waiting().length > 0)
      await time.advance(lookIntervalMs)
    }
  }
  return { time, lines, denyList, seen, revoked, passUntil }
}

t.test('the list is in force from the start, and each new one at once', async (t) => {
  const map = mountConfigMap(t.testdir({}), 'revoked.json', listOf('a'))
  const { lines, seen, revoked, passUntil } = setUp(t, map.path, tokensOf('a'))
  t.strictSame(revoked(), ['a'], 'before anything was read')
  map.update(listOf('a', 'b'))
  await passUntil(() => seen.changes === 1)
  t.strictSame(revoked(), ['a', 'b'])
  map.update('[]')
  await passUntil(() => seen.changes === 2)
  t.strictSame(revoked(), [])
  t.strictSame(lines, [
    ['deny list in force', { file: map.path, entries: 1 }],
    ['deny list changed', { file: map.path, entries: 2 }],
    ['deny list changed', { file: map.path, entries: 0 }],
  ])
})

t.test('a list that vanishes or breaks never counts as an empty one', async (t) => {
  const path = join(t.testdir({ list: listOf('a') }), 'list')
  const { lines, seen, revoked, passUntil } = setUp(t, path, tokensOf('a'))
  const warnings = () => lines.filter(([message]) => message.includes('cannot be read'))
  const breakages = [
    { change: () => rmSync(path), want: /ENOENT/ },
    { change: () => writeFileSync(path, ''), want: /^is empty/ },
    { change: () => writeFileSync(path, listOf('a', 'b').slice(0, -1)), want: /^line 1/ },
    {
      change: () => writeFileSync(path, '- { claim: x }'),
      want: /^\[0\]\.claim .*; \[0\]\.value is missing; give one$/,
    },
    { change: () => writeFileSync(path, ' '.repeat(maxDenyListBytes + 1)), want: /is longer than/ },
  ]
  let breaks = 0
  for (const { change, want } of breakages) {
    change()
    breaks += 1
    await passUntil(() => warnings().length === breaks)
    t.strictSame(revoked(), ['a'])
    const { err, ...fields } = warnings().at(-1)?.[1] ?? {}
    t.match((err as Error).message, want)
    t.strictSame(fields, { file: path, entries: 1 })
    writeFileSync(path, listOf('a'))
    await passUntil(() => lines.at(-1)?.[0] === 'deny list can be read again')
    t.equal(warnings().length, breaks, 'said once')
  }
  t.equal(seen.changes, 0)
  t.strictSame(revoked(), ['a'])
})

t.test('of a list that is still broken, whoever asks is told again', async (t) => {
  const path = join(t.testdir({ list: '' }), 'list')
  const { lines, denyList, passUntil, time } = setUp(t, path, tokensOf('a'))
  const warnings = () => lines.filter(([message]) => message.includes('cannot be read'))
  await passUntil(() => warnings().length === 1)
  denyList.reread()
  await until(() => warnings().length === 2)
  for (let look = 0; look < 5; look += 1) await time.advance(lookIntervalMs)
  t.equal(warnings().length, 2, 'once for each time that it is asked for')
})

t.test('the same list written anew is no change, one in another order is', async (t) => {
  const path = join(t.testdir({ list: listOf('a', 'b') }), 'list')
  const { seen, passUntil, time } = setUp(t, path, tokensOf('a', 'b'))
  writeFileSync(path, `# the same\n${listOf('a', 'b')}`)
  const endMs = time.clock.monotonicMs() + 5 * lookIntervalMs
  await passUntil(() => time.clock.monotonicMs() >= endMs)
  t.equal(seen.changes, 0)
  writeFileSync(path, listOf('b', 'a'))
  await passUntil(() => seen.changes === 1)
})

t.test('without a file nothing is revoked, watched or said', async (t) => {
  const { lines, revoked, time, denyList } = setUp(t, undefined, [])
  t.strictSame([lines, revoked(), time.waiting()], [[], [], []])
  denyList.stop()
})

t.test('the system has a clock, chance and timers of its own', async (t) => {
  const path = join(t.testdir({ list: listOf('a') }), 'list')
  const changed = new Promise<void>((resolve) => {
    const quiet = () => undefined
    const denyList = createDenyList({
      settings: { path, tokens: [] },
      parse: parseDenyListInSlices,
      maxBytes: 1000,
      clock: { wallMs: Date.now, monotonicMs: () => performance.now() },
      log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    })
    denyList.onChange(resolve)
    denyList.start()
    t.teardown(denyList.stop)
  })
  await changed
})
