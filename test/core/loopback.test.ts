import t from 'tap'
import { isLoopback } from '../../src/core/loopback.ts'

t.test('loopback is told by address and by reserved name (RFC 6761)', async (t) => {
  for (const host of [
    'localhost',
    'LOCALHOST',
    'idp.localhost',
    '127.0.0.1',
    '127.9.9.9',
    '[::1]',
  ]) {
    t.ok(isLoopback(new URL(`http://${host}:9229/`).hostname), host)
  }
  for (const host of [
    'localhost.example',
    '127.0.0.1.example',
    '10.0.0.1',
    '[::2]',
    'notlocalhost',
  ]) {
    t.notOk(isLoopback(new URL(`http://${host}/`).hostname), host)
  }
})
