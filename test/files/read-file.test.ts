import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import t from 'tap'
import { readFile } from '../../src/files/read-file.ts'

t.test('a file is read up to its bound', async (t) => {
  const folder = t.testdir({ empty: '', full: 'x'.repeat(100), long: 'x'.repeat(200_000) })
  const read = async (name: string) => (await readFile(join(folder, name), 100)).toString()
  t.equal(await read('empty'), '')
  t.equal(await read('full'), 'x'.repeat(100))
  await t.rejects(read('long'), { message: `${join(folder, 'long')} is longer than 100 bytes` })
  t.equal((await readFile(join(folder, 'long'), 200_000)).length, 200_000)
})

t.test('what is no file is refused without being opened', async (t) => {
  const folder = t.testdir({})
  execFileSync('mkfifo', [join(folder, 'pipe')])
  await t.rejects(readFile(join(folder, 'pipe'), 1), {
    message: `${join(folder, 'pipe')} is not a file`,
  })
  await t.rejects(readFile(folder, 1), { message: `${folder} is not a file` })
  await t.rejects(readFile('/dev/zero', 1), { message: '/dev/zero is not a file' })
  await t.rejects(readFile(join(folder, 'none'), 1), { code: 'ENOENT' })
})
