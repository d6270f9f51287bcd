import t from 'tap'
import { exitCodes } from '../../src/commands/shell.ts'

t.test('exit codes are the documented ones', async (t) => {
  t.strictSame(exitCodes, { ok: 0, failed: 1, usage: 64, refused: 77, configuration: 78 })
})
