// What the log says of connections beyond the limit.
import { EventEmitter } from 'node:events'
import type { Server } from 'node:http'
import t from 'tap'
import { logDrops, logFailedHandshakes } from '../../src/server/drops.ts'
import { connectTo, startListener } from './data-listener.ts'

const message = 'client connections closed at once'

t.test('a flood of connections is one line per second, and all are counted', async (t) => {
  const lines: unknown[] = []
  let nowMs = 0
  const server = Object.assign(new EventEmitter(), { maxConnections: 5 })
  logDrops(server as unknown as Server, {
    log: { warn: (fields, text) => void lines.push([fields, text]) },
    clock: { monotonicMs: () => nowMs },
  })
  for (const atMs of [0, 1, 500, 999, 1000, 1500, 3000]) {
    nowMs = atMs
    server.emit('drop')
  }
  const line = (dropped: number) => [{ dropped, maxConnections: 5 }, message]
  t.strictSame(lines, [line(1), line(4), line(2)])
})

t.test('a connection too many is closed without an answer, and the log tells', async (t) => {
  const listener = await startListener(t, { limits: { maxConnections: 1 } })
  const first = connectTo(t, listener.port)
  first.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await first.until(/GET \/$/)
  const second = connectTo(t, listener.port)
  second.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  t.equal(await second.ended, '')
  t.strictSame(listener.warnings, [{ dropped: 1, maxConnections: 1, message }])
})

t.test(
  'handshakes that fail are counted with their reason, but not clients that leave',
  async (t) => {
    const lines: unknown[] = []
    let nowMs = 0
    const server = new EventEmitter()
    logFailedHandshakes(server as unknown as Server, {
      log: { warn: (fields, text) => void lines.push([fields, text]) },
      clock: { monotonicMs: () => (nowMs += 1000) },
    })
    const fail = (code: string, authorizationError: string | null = null): void => {
      server.emit('tlsClientError', Object.assign(new Error('x'), { code }), { authorizationError })
    }
    fail('ECONNRESET')
    fail('ERR_SSL_NO_SHARED_CIPHER')
    fail('ECONNRESET', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE')
    t.strictSame(lines, [
      [{ failed: 1, reason: 'ERR_SSL_NO_SHARED_CIPHER' }, 'TLS handshakes failed'],
      [{ failed: 1, reason: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }, 'TLS handshakes failed'],
    ])
  },
)
