import t from 'tap'
import { createServer } from 'node:http'
import type { Settings } from '../../src/core/settings.ts'
import { bind, close } from '../../src/server/bind.ts'

const settings = (
  decisionPort: number,
): Pick<Settings, 'listen' | 'admin' | 'decision' | 'statusPage'> => {
  const free = { host: '127.0.0.1', port: 0 }
  return {
    listen: { ...free, tls: undefined },
    admin: free,
    decision: { host: '127.0.0.1', port: decisionPort, enabled: true, trustedPeers: [] },
    statusPage: { ...free, enabled: true },
  }
}

const servers = () => ({
  data: createServer(),
  admin: createServer(),
  decision: createServer(),
  status: createServer(),
})

t.test('every server has its address', async (t) => {
  const bound = servers()
  const { data, admin, decision, status } = await bind(bound, settings(0))
  t.teardown(() => Promise.all(Object.values(bound).map(close)))
  const ports = [data.port, admin.port, decision?.port ?? 0, status?.port ?? 0]
  t.equal(new Set(ports).size, 4)
  t.notOk(ports.includes(0))
})

const none = { decision: undefined, status: undefined }

t.test('there need be no decisions and no status page', async (t) => {
  const { data, admin } = servers()
  t.teardown(() => Promise.all([data, admin].map(close)))
  const { decision, status } = await bind({ data, admin, ...none }, settings(0))
  t.strictSame([decision, status], [undefined, undefined])
})

t.test('an address that is taken leaves none bound', async (t) => {
  const other = servers()
  const taken = await bind(other, settings(0))
  t.teardown(() => Promise.all(Object.values(other).map(close)))
  const more = servers()
  await t.rejects(bind(more, settings(taken.data.port)), { code: 'EADDRINUSE', key: 'decision' })
  t.strictSame(
    Object.values(more).map(({ listening }) => listening),
    [false, false, false, false],
  )
  const { data, admin } = servers()
  const at = { ...settings(0), admin: { host: '127.0.0.1', port: taken.data.port } }
  const failed = bind({ data, admin, ...none }, at)
  await t.rejects(failed, { code: 'EADDRINUSE', key: 'admin' })
  t.equal(data.listening, false)
})
