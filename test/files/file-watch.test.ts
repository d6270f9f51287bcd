import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createFileWatch, lookIntervalMs } from '../../src/files/file-watch.ts'
import { mountConfigMap } from '../helpers/config-map.ts'
import { createManualTime } from '../helpers/manual-time.ts'
import { until } from '../helpers/shell.ts'

const setUp = async (t: Test, path: string) => {
  const time = createManualTime()
  const told = { changes: 0 }
  const watch = createFileWatch({
    paths: [path, join(path, '..', 'beside')],
    schedule: time.schedule,
    onChange: () => void (told.changes += 1),
  })
  await watch.mark()
  watch.start()
  t.teardown(watch.stop)
  /** Waits for the next look and lets it go by; gives how often a change was told since the last. */
  const look = async (): Promise<number> => {
    await until(() => time.waiting().length > 0)
    const before = told.changes
    await time.advance(lookIntervalMs)
    await until(() => time.waiting().length > 0)
    return told.changes - before
  }
  await until(() => time.waiting().length > 0)
  return { time, watch, look, told }
}

t.test('every way to replace a file is noticed, once it rests', async (t) => {
  const folder = t.testdir({ file: 'one', map: {} })
  const path = join(folder, 'file')
  const map = mountConfigMap(join(folder, 'map'), 'file', 'one')
  const ways = [
    { name: 'written in place, as long as before', path, change: () => writeFileSync(path, 'two') },
    {
      name: 'renamed over',
      path,
      change: () => {
        writeFileSync(`${path}.new`, 'three')
        renameSync(`${path}.new`, path)
      },
    },
    { name: 'emptied', path, change: () => writeFileSync(path, '') },
    { name: 'removed', path, change: () => rmSync(path) },
    { name: 'there again', path, change: () => writeFileSync(path, 'four') },
    {
      name: 'one that is read with it',
      path,
      change: () => writeFileSync(join(path, '..', 'beside'), 'x'),
    },
    { name: 'a ConfigMap', path: map.path, change: () => map.update('two') },
  ]
  for (const { name, path, change } of ways) {
    const { watch, look } = await setUp(t, path)
    t.equal(await look(), 0, `${name}: nothing yet`)
    change()
    t.equal(await look(), 0, `${name}: it may still be written`)
    t.equal(await look(), 1, name)
    await watch.mark()
    t.strictSame([await look(), await look()], [0, 0], `${name}: told`)
    watch.stop()
  }
})

t.test(
  'a file that does not rest is let alone, and a change is told until it is read',
  async (t) => {
    const path = join(t.testdir({ file: '' }), 'file')
    const { look } = await setUp(t, path)
    for (let length = 1; length < 6; length += 1) {
      writeFileSync(path, 'x'.repeat(length))
      t.equal(await look(), 0)
    }
    t.strictSame([await look(), await look(), await look()], [1, 1, 1])
  },
)

t.test('a watch that was stopped looks no more', async (t) => {
  const path = join(t.testdir({ file: '' }), 'file')
  const { time, watch, told } = await setUp(t, path)
  watch.stop()
  t.strictSame(time.waiting(), [])
  watch.start()
  watch.stop()
  writeFileSync(path, 'x')
  await watch.mark()
  await time.advance(10 * lookIntervalMs)
  t.strictSame([time.waiting(), told.changes], [[], 0], 'the look under way has ended there')
})

t.test('a watch may be stopped before its first look has ended', async (t) => {
  const time = createManualTime()
  const { schedule } = time
  const path = join(t.testdir({ file: '' }), 'file')
  const watch = createFileWatch({
    paths: [path],
    schedule,
    onChange: () => t.fail('nothing changed'),
  })
  watch.start()
  watch.stop()
  await watch.mark()
  t.strictSame(time.waiting(), [])
})

t.test('which files are looked at may be others at each look', async (t) => {
  const folder = t.testdir({ one: '1', two: '2' })
  const time = createManualTime()
  let changes = 0
  let paths = [join(folder, 'one')]
  const watch = createFileWatch({
    paths: () => paths,
    schedule: time.schedule,
    onChange: () => void (changes += 1),
  })
  await watch.mark()
  watch.start()
  t.teardown(watch.stop)
  const look = async () => {
    await until(() => time.waiting().length > 0)
    await time.advance(lookIntervalMs)
    await until(() => time.waiting().length > 0)
  }
  await look()
  await look()
  t.equal(changes, 0)
  paths = [join(folder, 'one'), join(folder, 'two')]
  await look()
  await look()
  t.ok(changes > 0, 'a file that was not looked at may have changed meanwhile')
  await watch.mark()
  const before = changes
  await look()
  writeFileSync(join(folder, 'two'), 'other')
  await look()
  await look()
  t.ok(changes > before)
})
