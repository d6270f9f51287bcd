import t from 'tap'
import * as problem from '../../src/config/problem.ts'
import { below, keyPath, shown } from '../../src/openapi/pointer.ts'

t.test('a pointer escapes what would split it (RFC 6901 §3)', async (t) => {
  t.equal(below('', 'paths', '/a~b/{c}', 0), '/paths/~1a~0b~1{c}/0')
  t.equal(below('/paths'), '/paths')
})

t.test('values and paths look as those of the configuration', async (t) => {
  for (const value of ['a', 'x'.repeat(90), 'a\u0007\u0085"b', [], {}, null, undefined, 4, false]) {
    t.equal(shown(value), problem.shown(value))
  }
  for (const key of ['Pool-1', 'a.b', 'a b', 'x'.repeat(70), '\u2028']) {
    t.equal(keyPath('authorizers', key), problem.keyPath('authorizers', key))
  }
})
