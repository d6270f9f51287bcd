import { writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { createFileLoop } from '../../src/token/file-loop.ts'
import { lookIntervalMs } from '../../src/files/file-watch.ts'
import { createManualTime } from '../helpers/manual-time.ts'
import { until } from '../helpers/shell.ts'

t.test('a file is read at the start, when it changes, and no more after the end', async (t) => {
  const path = join(t.testdir({ file: 'one' }), 'file')
  const time = createManualTime()
  const landed: unknown[] = []
  const loop = createFileLoop(path, {
    ...time,
    load: () => readFile(path, 'utf8'),
    landed: (outcome) => void landed.push(outcome.ok ? outcome.value : outcome.error),
    refreshMs: 3_600_000,
    patienceMs: 1500,
    random: () => 0,
  })
  loop.start()
  await until(() => landed.length === 1)
  writeFileSync(path, 'two')
  while (landed.length < 2) {
    // The refresh and the next look.
    await until(() => time.waiting().length >= 2 || landed.length === 2)
    await time.advance(lookIntervalMs)
  }
  t.strictSame(landed, ['one', 'two'])
  await until(() => time.waiting().length === 2)
  loop.stop()
  t.strictSame(time.waiting(), [])
})
