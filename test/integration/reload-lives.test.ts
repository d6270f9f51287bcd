// What goes on while the configuration changes beneath it: requests, WebSockets, keys, cached tokens.
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { createSampleUpstream, type Seen } from '../../src/demo/upstream.ts'
import { createUserPool } from '../../src/demo/user-pool.ts'
import { createKeyServer } from '../helpers/key-server.ts'
import {
  dialWebSocket,
  frame,
  handshake,
  opcode,
  startWebSocketUpstream,
} from '../helpers/raw-websocket.ts'
import { startReloading } from '../helpers/reloading.ts'
import { until } from '../helpers/shell.ts'

const rule = (path: string, access: string) => `  - { path: ${path}, method: ANY, ${access} }\n`
const open = (path: string) => rule(path, 'authorizationType: NONE')
const closed = (path: string) => rule(path, 'authorizationType: DENY')
const token = (path: string, authorizer = 'pool') => rule(path, `authorizer: ${authorizer}`)

/** An upstream that answers when it is told to. */
const startSlow = async (t: Test, name: string) => {
  const waiting: ServerResponse[] = []
  const server = createServer((_request, response) => void waiting.push(response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  const connections = () =>
    new Promise<number>((resolve) => server.getConnections((_error, count) => resolve(count)))
  return {
    url: `http://127.0.0.1:${port}`,
    waiting,
    answer: () => waiting.shift()!.end(name),
    connections,
  }
}

const eventually = async (condition: () => Promise<boolean>): Promise<void> => {
  const deadline = Date.now() + 10_000
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('waited in vain')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

t.test('a request under way keeps the rules and the upstream that it began with', async (t) => {
  const [one, two] = await Promise.all([startSlow(t, 'one'), startSlow(t, 'two')])
  const upstreams = { url: one.url }
  const gate = await startReloading(t, {
    text: `routes:\n${open('/a')}`,
    head: () => `
listen: { host: 127.0.0.1, port: 0 }
admin: { host: 127.0.0.1, port: 0 }
shutdown: { drainDelayMs: 0, graceMs: 500 }
upstream: { url: '${upstreams.url}' }`,
  })
  const old = fetch(`${gate.url}/a`)
  await until(() => one.waiting.length === 1)
  upstreams.url = two.url
  await gate.apply(`routes:\n${open('/a')}${open('/b')}`)
  const fresh = fetch(`${gate.url}/b`)
  await until(() => two.waiting.length === 1)
  await gate.apply(`routes:\n${closed('/a')}${closed('/b')}`)
  one.answer()
  two.answer()
  t.equal(await (await old).text(), 'one')
  t.equal(await (await fresh).text(), 'two')
  t.equal(await gate.status('/a'), 403)
  await eventually(async () => (await one.connections()) === 0)
  t.pass('nobody uses the old upstream, and nothing holds it')
})

t.test('connections to an upstream that stays are kept', async (t) => {
  const one = await startSlow(t, 'one')
  const gate = await startReloading(t, { text: `routes:\n${open('/a')}`, upstreamUrl: one.url })
  for (let turn = 0; turn < 5; turn += 1) {
    const answer = fetch(`${gate.url}/a`)
    await until(() => one.waiting.length === 1)
    one.answer()
    await (await answer).text()
    await gate.apply(`routes:\n${open('/a')}${open(`/${turn}`)}`)
  }
  t.equal(await one.connections(), 1)
})

t.test('a WebSocket outlives the rule that let it in', async (t) => {
  const upstream = await startWebSocketUpstream(t)
  const gate = await startReloading(t, {
    text: `websocket: { maxConnections: 2 }\nroutes:\n${open('/ws')}`,
    upstreamUrl: `http://127.0.0.1:${upstream.port}`,
  })
  const port = Number(new URL(gate.url).port)
  const client = dialWebSocket(t, port)
  await client.answered()
  const side = await upstream.side()
  await gate.apply(`websocket: { maxConnections: 1 }\nroutes:\n${closed('/ws')}${open('/other')}`)
  client.send(frame(opcode.text, Buffer.from('still'), { masked: true }))
  const [seen] = await side.sees(1)
  t.equal(seen?.payload.toString(), 'still')
  side.send(frame(opcode.text, Buffer.from('here')))
  t.equal((await client.sees(1))[0]?.payload.toString(), 'here')
  t.match(await dialWebSocket(t, port).answered(), 'HTTP/1.1 403')
  const second = await dialWebSocket(t, port, handshake('/other')).answered()
  t.match(second, 'HTTP/1.1 503', 'it counts among those that are open')
  t.equal(await gate.metric('websockets_active'), 1)
})

t.test('cached tokens go with the settings they were read by, and no others', async (t) => {
  const upstream = await createSampleUpstream()
  t.teardown(() => upstream.close())
  const changes = { clientIds: '[]', more: '' }
  const gate = await startReloading(t, {
    text: '',
    head: ({ poolId, issuer }) => `
listen: { host: 127.0.0.1, port: 0 }
admin: { host: 127.0.0.1, port: 0 }
shutdown: { drainDelayMs: 0, graceMs: 500 }
upstream: { url: '${upstream.url}' }
authorizers:
  pool: { type: COGNITO_USER_POOLS, userPoolIds: [${poolId}], issuer: '${issuer}', clientIds: ${changes.clientIds} }
  same: { type: COGNITO_USER_POOLS, userPoolIds: [${poolId}], issuer: '${issuer}' }
${changes.more}
routes:
${token('/pool')}${token('/same', 'same')}`,
  })
  const authorization = gate.pool.idToken({ sub: 'jane' })
  const see = async (path: string): Promise<Map<string, string>> => {
    const answer = await fetch(gate.url + path, { headers: { authorization } })
    const seen = (await answer.json()) as Seen
    return new Map(seen.headers.map(([name, value]) => [name.toLowerCase(), value]))
  }
  const misses = () => gate.metric('token_cache_lookups_total{result="miss"}')
  await see('/pool')
  await see('/same')
  t.equal(await misses(), 2)
  changes.clientIds = '[app]'
  await gate.apply('')
  t.equal(await gate.metric('token_cache_entries'), 1)
  await see('/same')
  t.equal(await misses(), 2, 'the other authorizer is as it was')
  await see('/pool')
  t.equal(await misses(), 3)
  changes.more = 'claimHeaders: { X-User: sub }'
  await gate.apply('')
  t.equal(await gate.metric('token_cache_entries'), 0)
  t.equal((await see('/pool')).get('x-user'), 'jane')
  t.equal((await see('/same')).get('x-user'), 'jane', 'not what was rendered before')
  changes.clientIds = '[other]'
  await gate.apply('')
  t.equal(await gate.status('/pool', { authorization }), 401)
})

t.test(
  'a new issuer has its keys before a rule asks for them; a dead one blocks nobody',
  async (t) => {
    const upstream = await createSampleUpstream()
    const second = await createUserPool({ poolId: 'eu-west-1_Second123', clientId: 'app' })
    const dead = await createKeyServer()
    dead.respond('hang')
    t.teardown(() => Promise.all([upstream.close(), second.close(), dead.close()]))
    const authorizers = { more: '' }
    const gate = await startReloading(t, {
      text: `routes:\n${token('/a')}`,
      head: ({ poolId, issuer }) => `
listen: { host: 127.0.0.1, port: 0 }
admin: { host: 127.0.0.1, port: 0 }
shutdown: { drainDelayMs: 0, graceMs: 500 }
jwks: { timeoutMs: 500 }
upstream: { url: '${upstream.url}' }
authorizers:
  pool: { type: COGNITO_USER_POOLS, userPoolIds: [${poolId}], issuer: '${issuer}' }
${authorizers.more}`,
    })
    authorizers.more = `  second: { type: COGNITO_USER_POOLS, userPoolIds: [${second.poolId}], issuer: '${second.issuer}' }`
    await gate.apply(`routes:\n${token('/a')}${token('/b', 'second')}`)
    t.equal(await gate.status('/b', { authorization: second.idToken() }), 200, 'at once')
    const fetched = `jwks_fetches_total{issuer="${gate.pool.issuer}",outcome="success"}`
    t.equal(await gate.metric(fetched), 1, 'who has stayed is not asked again')
    authorizers.more = `  third: { type: JWT, jwtConfiguration: { issuer: '${dead.issuer}', audience: [a] }, jwksUri: '${dead.jwksUri}' }`
    const startMs = performance.now()
    await gate.apply(`routes:\n${token('/a')}${token('/c', 'third')}`)
    t.ok(performance.now() - startMs < 3000)
    t.equal(await gate.status('/a', { authorization: gate.pool.idToken() }), 200)
    const jwt = dead.sign({ iss: dead.issuer, aud: 'a', exp: Math.floor(Date.now() / 1000) + 60 })
    t.equal(await gate.status('/c', { authorization: `Bearer ${jwt}` }), 503)
    t.equal((await fetch(`${gate.adminUrl}/readyz`)).status, 200)
    t.equal(await gate.metric(`jwks_keys{issuer="${second.issuer}"}`), undefined, 'taken out')
    dead.respond('ok')
    await eventually(
      async () => (await gate.status('/c', { authorization: `Bearer ${jwt}` })) === 200,
    )
  },
)

t.test('another deny list is in force with the rules that name it', async (t) => {
  const upstream = await createSampleUpstream()
  t.teardown(() => upstream.close())
  const gate = await startReloading(t, {
    text: `routes:\n${token('/a')}`,
    upstreamUrl: upstream.url,
  })
  const headers = { authorization: gate.pool.idToken({ sub: 'jane' }) }
  const list = join(gate.folder, 'deny.json')
  t.equal(await gate.status('/a', headers), 200)
  writeFileSync(list, '[{"claim":"sub","value":"jane"}]')
  await gate.apply(`denyList: { file: deny.json }\nroutes:\n${token('/a')}`)
  t.equal(await gate.status('/a', headers), 401)
  writeFileSync(list, '[]')
  await gate.hangup()
  await eventually(async () => (await gate.status('/a', headers)) === 200)
  writeFileSync(list, 'broken')
  await gate.hangup()
  await eventually(async () => (await gate.metric('config_last_reload_successful')) === 0)
  writeFileSync(list, '[{"claim":"sub","value":"jane"}]')
  await eventually(async () => (await gate.status('/a', headers)) === 401)
  t.equal(await gate.metric('config_last_reload_successful'), 1)
})

t.test('decisions follow, and who may ask for them', async (t) => {
  const decision = (peers: string) =>
    `decision: { enabled: true, port: 0, trustedPeers: ['${peers}'] }`
  const gate = await startReloading(t, {
    text: `${decision('127.0.0.1/32')}\nroutes:\n${open('/a')}`,
  })
  const ask = async (): Promise<number> =>
    (
      await fetch(`${gate.decisionUrl}/auth/forwarded`, {
        headers: { 'x-forwarded-method': 'GET', 'x-forwarded-uri': '/a' },
      })
    ).status
  t.equal(await ask(), 200)
  await gate.apply(`${decision('127.0.0.1/32')}\nroutes:\n${token('/a')}`)
  t.equal(await ask(), 401)
  await gate.apply(`${decision('192.0.2.1/32')}\nroutes:\n${open('/a')}`)
  t.equal(await ask(), 403)
})
