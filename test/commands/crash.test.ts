import t from 'tap'
import { describeCrash, describeLostOutput } from '../../src/commands/crash.ts'

const withCode = (code: string, message = code) => Object.assign(new Error(message), { code })

t.test('what an operator can mend is a line', async (t) => {
  for (const code of ['EMFILE', 'ENFILE']) {
    const want = `too many open files (${code}); raise the limit on them (ulimit -n)`
    t.equal(describeCrash(withCode(code)), want)
  }
  t.equal(
    describeCrash(withCode('ERR_MODULE_NOT_FOUND', "Cannot find package 'x'\nimported from y")),
    "a part of it cannot be read: Cannot find package 'x'; install it anew, or raise the limit on open files (ulimit -n) if that is low",
  )
})

t.test('a bug comes with its trace', async (t) => {
  t.match(describeCrash(new TypeError('x is not y')), /^a bug, .*: TypeError: x is not y\n +at /)
  t.match(describeCrash('text'), /^a bug, please report it: Error: text/)
  t.match(describeCrash(undefined), /^a bug, please report it: Error: undefined/)
})

t.test('output that was lost is told, unless nobody wanted more', async (t) => {
  t.equal(
    describeLostOutput(withCode('ENOSPC')),
    'standard output cannot be written: no space left on the device; what was written is not whole',
  )
  t.equal(
    describeLostOutput(withCode('EIO', 'i/o error')),
    'standard output cannot be written: i/o error; what was written is not whole',
  )
  t.equal(describeLostOutput(withCode('EPIPE')), undefined)
})
