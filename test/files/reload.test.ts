import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { fail, ok, type Result } from '../../src/core/result.ts'
import { lookIntervalMs } from '../../src/files/file-watch.ts'
import { createReload } from '../../src/files/reload.ts'
import { createManualTime } from '../helpers/manual-time.ts'
import { until } from '../helpers/shell.ts'

/** Reloads one file, whose text is bad when it begins with `bad`. */
const setUp = (t: Test, load?: () => Promise<Result<string, string>>) => {
  const path = join(t.testdir({ file: 'one' }), 'file')
  const time = createManualTime()
  const told: string[] = []
  const read = (): Promise<Result<string, string>> => {
    const text = readFileSync(path, 'utf8')
    return Promise.resolve(text.startsWith('bad') ? fail(text) : ok(text))
  }
  const reload = createReload({
    paths: [path],
    schedule: time.schedule,
    load: load ?? read,
    take: (text) => void told.push(`taken: ${text}`),
    failed: (reason) => void told.push(`failed: ${reason}`),
  })
  t.teardown(reload.stop)
  /** Writes the file and lets time go by until it has been read, and a little more. */
  const change = async (text: string): Promise<void> => {
    writeFileSync(path, text)
    for (let look = 0; look < 4; look += 1) {
      await until(() => time.waiting().length > 0)
      await time.advance(lookIntervalMs)
      await reloadSettled()
    }
  }
  return { path, time, told, reload, change }
}

/** Reading a small file takes some turns of the event loop. */
const reloadSettled = () => new Promise((resolve) => setTimeout(resolve, 5))

t.test('what changes is taken; what is broken is told once, and not taken', async (t) => {
  const { told, reload, change, time } = setUp(t)
  reload.start()
  await until(() => told.length === 1)
  t.strictSame(told.splice(0), ['taken: one'], 'it may have changed before the start')
  for (const [text, want] of [
    ['two', ['taken: two']],
    ['bad', ['failed: bad']],
    ['bad', []],
    ['bad as well', ['failed: bad as well']],
    ['three', ['taken: three']],
    ['bad', ['failed: bad']],
  ] as const) {
    await change(text)
    t.strictSame(told.splice(0), want, text)
  }
  await reload.now()
  t.strictSame(told.splice(0), ['failed: bad'], 'whoever asks is told again')
  reload.stop()
  t.strictSame(time.waiting(), [])
})

t.test('one reading at a time, and one more for all that ask meanwhile', async (t) => {
  const readings: ((outcome: Result<string, string>) => void)[] = []
  const { told, reload } = setUp(t, () => new Promise((resolve) => void readings.push(resolve)))
  const first = reload.now()
  await until(() => readings.length === 1)
  const others = Promise.all([reload.now(), reload.now(), reload.now()])
  readings[0]!(ok('old'))
  await first
  await until(() => readings.length === 2)
  readings[1]!(ok('new'))
  await others
  t.strictSame(told, ['taken: old', 'taken: new'])
  t.equal(readings.length, 2)
})

t.test('after the end nothing is taken', async (t) => {
  const readings: ((outcome: Result<string, string>) => void)[] = []
  const { told, reload } = setUp(t, () => new Promise((resolve) => void readings.push(resolve)))
  const reading = reload.now()
  await until(() => readings.length === 1)
  reload.stop()
  readings[0]!(ok('late'))
  await reading
  t.strictSame(told, [])
})

t.test(
  'what cannot be put in force is told like what cannot be read, and reading goes on',
  async (t) => {
    const { path } = setUp(t)
    const told: string[] = []
    const reload = createReload({
      paths: [path],
      schedule: createManualTime().schedule,
      load: () => Promise.resolve(ok(readFileSync(path, 'utf8'))),
      take: (text) => {
        if (text === 'one') throw new Error('refused by OpenSSL')
        told.push(`taken: ${text}`)
      },
      failed: (reason) => void told.push(`failed: ${reason}`),
    })
    t.teardown(reload.stop)
    await reload.now()
    writeFileSync(path, 'two')
    await reload.now()
    t.strictSame(told, ['failed: refused by OpenSSL', 'taken: two'])
  },
)

t.test('what was loaded when the end came is let go', async (t) => {
  let loaded = (_outcome: Result<string, string>): void => undefined
  const told: string[] = []
  const reload = createReload<string>({
    paths: [],
    schedule: createManualTime().schedule,
    load: () => new Promise((resolve) => (loaded = resolve)),
    take: (text) => void told.push(`taken: ${text}`),
    discard: (text) => void told.push(`let go: ${text}`),
    failed: (reason) => void told.push(`failed: ${reason}`),
  })
  for (const outcome of [ok('late'), fail('late')]) {
    const reading = reload.now()
    await new Promise((resolve) => setTimeout(resolve, 20))
    reload.stop()
    loaded(outcome)
    await reading
  }
  t.strictSame(told, ['let go: late'])
})
