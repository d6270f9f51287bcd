import t from 'tap'
import { below } from '../../src/openapi/pointer.ts'

t.test('a pointer escapes what would split it (RFC 6901 §3)', async (t) => {
  t.equal(below('', 'paths', '/a~b/{c}', 0), '/paths/~1a~0b~1{c}/0')
  t.equal(below('/paths'), '/paths')
})
