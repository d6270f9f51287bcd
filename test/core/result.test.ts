import t from 'tap'
import { fail, ok, unwrap } from '../../src/core/result.ts'

t.test('a result says which of the two it is', async (t) => {
  t.strictSame(ok(1), { ok: true, value: 1 })
  t.strictSame(fail(['x']), { ok: false, error: ['x'] })
})

t.test('a result that should be good is unwrapped, or is a bug', async (t) => {
  t.equal(unwrap(ok(1)), 1)
  t.throws(() => unwrap(fail([{ path: 'a' }])), /\[\{"path":"a"\}\]/)
})
