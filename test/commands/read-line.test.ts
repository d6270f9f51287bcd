import { Readable } from 'node:stream'
import t from 'tap'
import { maxLineBytes, readLine } from '../../src/commands/read-line.ts'

t.test('the first line, and no waiting for what follows', async (t) => {
  const endless = async function* () {
    yield Buffer.from('a')
    yield Buffer.from('b\nc')
    throw new Error('read on')
  }
  t.strictSame(await readLine(endless()), { ok: true, value: 'ab' })
  t.strictSame(await readLine(Readable.from([Buffer.from('a\r\n')])), { ok: true, value: 'a\r' })
  t.strictSame(await readLine(Readable.from([Buffer.from('a')])), { ok: true, value: 'a' })
  t.strictSame(await readLine(Readable.from([])), { ok: true, value: '' })
})

t.test('a line has a bound, whether it ends or not', async (t) => {
  const want = { ok: false, error: `the line is longer than ${maxLineBytes} bytes` }
  const full = Buffer.alloc(maxLineBytes, 'a')
  t.match(await readLine(Readable.from([full, Buffer.from('\n')])), { ok: true })
  t.strictSame(await readLine(Readable.from([full, Buffer.from('b\n')])), want)
  const endless = async function* () {
    for (;;) yield full
  }
  t.strictSame(await readLine(endless()), want)
})
