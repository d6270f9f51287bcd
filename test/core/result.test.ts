import t from 'tap'
import { fail, ok } from '../../src/core/result.ts'

t.test('a result says which of the two it is', async (t) => {
  t.strictSame(ok(1), { ok: true, value: 1 })
  t.strictSame(fail(['x']), { ok: false, error: ['x'] })
})
