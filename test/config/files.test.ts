import { join, resolve } from 'node:path'
import t from 'tap'
import { createResolver, readBytes } from '../../src/config/files.ts'

t.test('a file is read whole', async (t) => {
  const folder = t.testdir({ 'a.txt': 'text' })
  const read = readBytes(join(folder, 'a.txt'))
  t.ok(read.ok && Buffer.from(read.value).equals(Buffer.from('text')))
})

t.test('a file that cannot be read says why', async (t) => {
  const folder = t.testdir({ 'a.txt': 'text' })
  for (const [path, want] of [
    [join(folder, 'b.txt'), 'cannot be read: there is no such file'],
    [folder, 'cannot be read: it is a folder'],
    [join(folder, 'a.txt', 'b'), 'cannot be read: ENOTDIR'],
    ['a\0b', 'cannot be read: ERR_INVALID_ARG_VALUE'],
  ] as const) {
    t.strictSame(readBytes(path), { ok: false, error: want })
  }
})

t.test('relative paths start at the folder of the configuration file', async (t) => {
  t.equal(createResolver('/etc/gate/gate.yaml')('keys.json'), '/etc/gate/keys.json')
  t.equal(createResolver('/etc/gate/gate.yaml')('/run/keys.json'), '/run/keys.json')
  t.equal(createResolver(undefined)('keys.json'), resolve('keys.json'))
})
