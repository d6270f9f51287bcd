import t from 'tap'
import type { Logger } from '../../src/core/ports.ts'
import type { UpstreamSettings } from '../../src/core/settings.ts'
import { createUpstreamLeases } from '../../src/gate/upstreams.ts'
import type { Upstream } from '../../src/proxy/upstream.ts'

const quiet = (): undefined => undefined
const log: Logger = { debug: quiet, info: quiet, warn: quiet, error: quiet }

const settings = (changes: Partial<UpstreamSettings> = {}): UpstreamSettings => ({
  origin: 'http://127.0.0.1:9',
  pathPrefix: '',
  socketPath: undefined,
  connectTimeoutMs: 1000,
  responseTimeoutMs: 1000,
  idleTimeoutMs: 1000,
  maxConnections: 2,
  maxQueued: 2,
  queueTimeoutMs: 1000,
  preserveHost: true,
  headers: [],
  tls: { ca: undefined, cert: undefined, key: undefined, serverName: '' },
  ...changes,
})

/** Whether connections were closed, seen by what they say to one who wants one. */
const isClosed = ({ acquire, discard }: Upstream): boolean => {
  let closed = false
  acquire({ ready: discard, refused: () => void (closed = true) })
  return closed
}

t.test('settings that are the same share their connections until the last has gone', async (t) => {
  const lease = createUpstreamLeases(log)
  const one = lease(settings())
  const two = lease(settings())
  t.equal(one.connections, two.connections)
  await one.release()
  t.notOk(isClosed(two.connections))
  await two.release()
  t.ok(isClosed(two.connections))
  t.not(lease(settings()).connections, two.connections, 'closed ones are not given again')
})

t.test('other settings have other connections', async (t) => {
  const lease = createUpstreamLeases(log)
  const one = lease(settings())
  const two = lease(settings({ maxConnections: 3 }))
  t.not(one.connections, two.connections)
  await one.release()
  t.ok(isClosed(one.connections))
  t.notOk(isClosed(two.connections))
  await two.release()
})

t.test('key material that OpenSSL refuses leaves those of before in force', async (t) => {
  const lease = createUpstreamLeases(log)
  const one = lease(settings())
  const tls = { ca: undefined, cert: 'no', key: 'no', serverName: 'a' }
  t.throws(() => lease(settings({ origin: 'https://127.0.0.1:9', tls })))
  const two = lease(settings())
  t.equal(one.connections, two.connections)
  await Promise.all([one.release(), two.release()])
})
