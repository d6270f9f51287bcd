// The gate as an operator runs it, with tokens that stop being good while they are in its cache or keep
// a WebSocket open: by the deny list, and by their age.
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { tempDir } from '../e2e/helpers/temp-dir.ts'
import { startGate, type Gate } from '../helpers/gate.ts'
import { until, type Arrival } from '../helpers/raw-upstream.ts'
import { agreement, close, dialWebSocket, handshake, opcode } from '../helpers/raw-websocket.ts'

/** Answers any request, and agrees to any WebSocket. */
const answer = ({ socket, text }: Arrival): void => {
  if (!text.includes('\r\n\r\n')) return
  if (/\r\nUpgrade: websocket/i.test(text)) socket.write(agreement())
  else socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok')
}

const statusOf = async (gate: Gate, token: string, path = '/x'): Promise<number> =>
  (await fetch(`http://127.0.0.1:${gate.port}${path}`, { headers: { authorization: token } }))
    .status

const untilStatus = async (gate: Gate, token: string, want: number): Promise<void> => {
  const deadline = Date.now() + 20_000
  while ((await statusOf(gate, token)) !== want) {
    if (Date.now() > deadline) throw new Error(`never ${want}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

const metricsOf = async (gate: Gate): Promise<string> =>
  (await fetch(`http://127.0.0.1:${gate.adminPort}/metrics`)).text()

const messagesOf = (gate: Gate): readonly unknown[] =>
  gate.logged.map((line) => (JSON.parse(line) as { msg?: string }).msg)

const setUp = async (t: Test, list: string) => {
  const file = join(tempDir(t), 'revoked.yaml')
  writeFileSync(file, list)
  const replace = (text: string) => {
    writeFileSync(`${file}.new`, text)
    renameSync(`${file}.new`, file)
  }
  const routes = 'routes: [{ path: /x, method: GET, authorizer: pool }]'
  const gate = await startGate(t, `denyList: { file: '${file}' }\n${routes}`, answer)
  return { gate, file, replace }
}

t.test('a token in the cache is refused from the moment it is on the list', async (t) => {
  const { gate, file, replace } = await setUp(t, '- { claim: sub, value: mallory }')
  const jane = gate.pool.idToken({ sub: 'jane' })
  t.equal(await statusOf(gate, gate.pool.idToken({ sub: 'mallory' })), 401, 'from the start')
  t.equal(await statusOf(gate, jane), 200)
  replace('- { claim: sub, value: mallory }\n- { claim: sub, value: jane }')
  await untilStatus(gate, jane, 401)
  t.match(await metricsOf(gate), /token_cache_lookups_total\{result="hit"\} [1-9]/)
  t.match(await metricsOf(gate), /outcome="deny",reason="token_revoked"\} [1-9]/)
  t.equal(await statusOf(gate, gate.pool.idToken({ sub: 'bob' })), 200)

  rmSync(file)
  await until(() =>
    messagesOf(gate).includes('deny list cannot be read; the last good one stays in force'),
  )
  t.equal(await statusOf(gate, jane), 401, 'a list that is gone is not an empty one')
  replace(`[{ claim: kid, value: ${String(gate.pool.jwks().keys[0]?.['kid'])} }]`)
  await untilStatus(gate, gate.pool.idToken({ sub: 'bob' }), 401)
  t.equal(await statusOf(gate, jane), 401, 'every token of a key')
  replace('[]')
  await untilStatus(gate, jane, 200)
  t.notMatch(gate.logged.join(''), jane.slice(0, 40))
})

t.test('an open WebSocket goes with its token', async (t) => {
  const { gate, replace } = await setUp(t, '[]')
  const open = async (sub: string) => {
    const token = gate.pool.idToken({ sub })
    const side = dialWebSocket(t, gate.port, handshake('/x', [`Authorization: ${token}`]))
    t.match(await side.answered(), /^HTTP\/1\.1 101 /)
    return side
  }
  const [jane, bob] = await Promise.all([open('jane'), open('bob')])
  replace(`- { claim: sub, value: jane, issuer: '${gate.pool.issuer}' }`)
  const [frame] = await jane.sees(1)
  t.equal(frame!.opcode, opcode.close)
  t.equal(frame!.payload.readUInt16BE(0), 1008)
  jane.send(close(1008, { masked: true }))
  await jane.closed
  // The gate closes its books on a WebSocket after both sockets.
  const deadline = Date.now() + 10_000
  while (!(await metricsOf(gate)).includes('websockets_active 1\n')) {
    if (Date.now() > deadline) throw new Error('her WebSocket is still counted')
  }
  t.match(await metricsOf(gate), /websockets_closed_total\{reason="revoked"\} 1/)
  t.match(await metricsOf(gate), /websockets_active 1/)
  t.strictSame(bob.frames, [])
})

t.test('a token in the cache grows too old, and takes its WebSocket with it', async (t) => {
  const gate = await startGate(
    t,
    `websocket: { closeAtExpiry: true }\nroutes: [{ path: /x, method: GET, authorizer: pool }]`,
    answer,
    { authorizer: 'maxTokenAgeSeconds: 4' },
  )
  const iat = Math.floor(Date.now() / 1000)
  const token = gate.pool.idToken({ iat })
  const side = dialWebSocket(t, gate.port, handshake('/x', [`Authorization: ${token}`]))
  t.match(await side.answered(), /^HTTP\/1\.1 101 /)
  t.equal(await statusOf(gate, token), 200)
  await untilStatus(gate, token, 401)
  t.ok(Date.now() / 1000 >= iat + 4, 'not before its time')
  t.match(await metricsOf(gate), /outcome="deny",reason="token_too_old"\} 1/)
  t.match(await metricsOf(gate), /token_cache_lookups_total\{result="miss"\} 1\n/)
  const [frame] = await side.sees(1)
  t.equal(frame!.payload.readUInt16BE(0), 1008)
})
