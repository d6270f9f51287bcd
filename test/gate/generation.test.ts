import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { createGeneration, type Generation } from '../../src/gate/generation.ts'
import { createDataListener } from '../../src/server/data.ts'
import { until } from '../helpers/shell.ts'
import { configurationOf, lastingParts } from './building.ts'

const routes = `[{ path: '/{proxy+}', method: ANY, authorizationType: NONE }]`

/** An upstream that answers when it is told to, and a listener before it. */
const setUp = async (t: Test) => {
  const waiting: ServerResponse[] = []
  const upstream = createServer((_request, response) => void waiting.push(response))
  upstream.listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  const { port } = upstream.address() as AddressInfo
  const lasting = lastingParts()
  const text = (more = '') => `upstream: { url: 'http://127.0.0.1:${port}' }\n${more}`
  const build = (more?: string, before?: Generation) =>
    createGeneration(configurationOf(text(more), routes), lasting, before)
  const first = build()
  const { server, use } = createDataListener(first.data)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  t.teardown(() => {
    for (const each of [server, upstream]) {
      each.close()
      each.closeAllConnections()
    }
  })
  const connections = () =>
    new Promise<number>((resolve) => upstream.getConnections((_error, count) => resolve(count)))
  return { waiting, build, first, use, url, connections, lasting, port }
}

t.test('a generation is let go when the last request that began with it is over', async (t) => {
  const { waiting, build, first, use, url, connections } = await setUp(t)
  const old = fetch(`${url}/old`)
  await until(() => waiting.length === 1)
  const next = build('upstream: { maxConnections: 2 }'.replace('upstream', 'websocket'), first)
  use(next.data)
  first.retire()
  waiting[0]!.end('done')
  t.equal(await (await old).text(), 'done')
  t.equal(await connections(), 1, 'the upstream is the same, and so are its connections')
  await next.close()
  await until(() => true)
})

t.test('an upstream that has changed has connections of its own', async (t) => {
  const { waiting, first, use, url, connections, lasting, port } = await setUp(t)
  const old = fetch(`${url}/old`)
  await until(() => waiting.length === 1)
  const next = createGeneration(
    configurationOf(`upstream: { url: 'http://127.0.0.1:${port}', maxQueued: 1 }`, routes),
    lasting,
    first,
  )
  use(next.data)
  first.retire()
  const fresh = fetch(`${url}/fresh`)
  await until(() => waiting.length === 2)
  t.equal(await connections(), 2)
  waiting[0]!.end('old')
  t.equal(await (await old).text(), 'old', 'what is under way keeps what it began with')
  let left = 2
  while (left > 1) {
    await new Promise((resolve) => setTimeout(resolve, 5))
    left = await connections()
  }
  waiting[1]!.end('fresh')
  t.equal(await (await fresh).text(), 'fresh')
  await next.close()
})

t.test('one that cannot be built leaves nothing behind', async (t) => {
  const { first, lasting, port } = await setUp(t)
  const broken = configurationOf(`upstream: { url: 'http://127.0.0.1:${port}' }`, routes)
  const settings = { ...broken.settings, trustedProxies: ['no address'] }
  t.throws(() => createGeneration({ ...broken, settings }, lasting, first))
  await first.close()
  const refused = createGeneration(broken, lasting)
  t.not(refused.data.forward, first.data.forward)
  await refused.close()
})

t.test('the request log goes on unless its settings are others', async (t) => {
  const { build, first } = await setUp(t)
  const same = build('', first)
  t.equal(same.requestLog, first.requestLog)
  const other = build('log: { requests: all }', same)
  t.not(other.requestLog, first.requestLog)
  await Promise.all([first.close(), same.close(), other.close()])
})
