import { execFileSync } from 'node:child_process'
import { closeSync, openSync, truncateSync, writeFileSync } from 'node:fs'
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

t.test('what could make the gate wait, or fill its memory, is not read', async (t) => {
  const folder = t.testdir({ big: '' })
  execFileSync('mkfifo', [join(folder, 'pipe')])
  t.strictSame(readBytes(join(folder, 'pipe')), {
    ok: false,
    error: 'cannot be read: it is no regular file',
  })
  truncateSync(join(folder, 'big'), 33_554_433)
  t.strictSame(readBytes(join(folder, 'big')), {
    ok: false,
    error: 'cannot be read: it is longer than 33554432 bytes',
  })
  t.strictSame(readBytes('/dev/zero'), {
    ok: false,
    error: 'cannot be read: it is longer than 33554432 bytes',
  })
})

t.test('a shell may hand over a file by its descriptor', async (t) => {
  const folder = t.testdir({ file: '' })
  writeFileSync(join(folder, 'file'), 'text')
  const descriptor = openSync(join(folder, 'file'), 'r')
  t.teardown(() => closeSync(descriptor))
  const read = readBytes(`/proc/self/fd/${descriptor}`)
  t.ok(read.ok && Buffer.from(read.value).equals(Buffer.from('text')))
  const empty = readBytes('/dev/null')
  t.ok(empty.ok && empty.value.length === 0)
})

t.test('whoever wants to know is told what is about to be read', async (t) => {
  const told: string[] = []
  createResolver('/etc/gate/gate.yaml', (path) => void told.push(path))('keys.json')
  t.strictSame(told, ['/etc/gate/keys.json'])
})
