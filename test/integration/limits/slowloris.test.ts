// Clients that take their time on purpose: in the head, in the body, in reading. None of them holds a
// connection longer than its time-out, and an honest slow one is served.
import t, { type Test } from 'tap'
import { dialRaw, type RawClient } from '../../helpers/forwarding.ts'
import { startGate, type Gate } from '../../helpers/gate.ts'
import { ok, until } from '../../helpers/raw-upstream.ts'
import { linesOf, seen } from './client.ts'
import { get, routes, silent, upstream } from './row.ts'

/** Sends the text a byte at a time, for as long as the connection is there. */
const drip = (t: Test, client: RawClient, text: string, everyMs: number): void => {
  let sent = 0
  const timer = setInterval(() => {
    client.socket.write(text[sent % text.length]!)
    sent += 1
    if (sent === text.length) clearInterval(timer)
  }, everyMs)
  client.socket.on('close', () => clearInterval(timer))
  t.teardown(() => clearInterval(timer))
}

const denials = (gate: Gate) => linesOf(gate).flatMap(({ denial }) => denial ?? [])

t.test('a head that comes byte by byte has no more time than any other', async (t) => {
  const gate = await startGate(t, `limits: { headersTimeoutMs: 200 }\n${routes}`)
  const client = dialRaw(t, gate.port)
  drip(t, client, `GET /public/a HTTP/1.1\r\nHost: gate\r\nX-Slow: ${'x'.repeat(5000)}`, 20)
  t.match(await seen(client), /^408 /)
  t.strictSame([denials(gate), gate.reached()], [['request_timeout'], ''])
})

t.test('nor has the second head of a connection', async (t) => {
  const config = `limits: { headersTimeoutMs: 200 }\n${routes}`
  const gate = await startGate(t, config, ({ socket }) => socket.write(ok))
  const client = dialRaw(t, gate.port, get)
  await client.sees(/ok$/)
  drip(t, client, `GET /public/b HTTP/1.1\r\nHost: gate\r\nX-Slow: ${'x'.repeat(5000)}`, 20)
  t.match(await seen(client), /^408 /)
  t.notMatch(gate.reached(), /\/public\/b/)
})

t.test('a body that comes byte by byte comes through; one that stops does not', async (t) => {
  const config = `limits: { bodyIdleTimeoutMs: 300 }\n${routes}`
  const gate = await startGate(t, config, ({ socket, text }) => {
    if (text.endsWith('abcdefghij')) socket.write(ok)
  })
  const head = 'POST /public/a HTTP/1.1\r\nHost: gate\r\nConnection: close\r\n'
  const honest = dialRaw(t, gate.port, `${head}Content-Length: 10\r\n\r\n`)
  drip(t, honest, 'abcdefghij', 50)
  t.equal(await seen(honest), '200 ok, end')
  // The size of a chunk is no byte of the body.
  const sly = dialRaw(t, gate.port, `${head}Transfer-Encoding: chunked\r\n\r\n`)
  drip(t, sly, `1;${'x'.repeat(5000)}`, 20)
  t.match(await seen(sly), /^408 /)
  t.strictSame(denials(gate), ['request_timeout'])
  await until(() => gate.upstream.open() <= 1, 'the upstream to be let go')
})

t.test('a body that nobody wants is not waited for', async (t) => {
  const gate = await startGate(t, routes)
  const text = 'POST /protected HTTP/1.1\r\nHost: gate\r\nContent-Length: 9000\r\n\r\n'
  const client = dialRaw(t, gate.port, text)
  drip(t, client, 'x'.repeat(9000), 20)
  const startMs = performance.now()
  t.match(await seen(client), /^401 /)
  t.ok(performance.now() - startMs < 5000, 'a second, not three minutes')
  t.equal(gate.reached(), '')
})

t.test('a client that does not read frees the upstream, and the log tells', async (t) => {
  const size = 64 * 1024 * 1024
  const config = `${upstream('idleTimeoutMs: 300')}${routes}`
  const gate = await startGate(t, config, ({ socket, text }) => {
    if (!text.endsWith('\r\n\r\n')) return
    socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`)
    socket.write(Buffer.alloc(size))
  })
  const client = dialRaw(t, gate.port, get)
  client.socket.pause()
  const cutOff = () => linesOf(gate).filter(({ msg }) => /did not take its answer/.test(msg))
  await until(() => cutOff().length === 1, 'the line in the log')
  await until(() => gate.upstream.open() === 0, 'the upstream to be let go')
  client.socket.resume()
  await client.closed
  t.ok(client.text().length < size, 'the answer is visibly short')
  t.strictSame(denials(gate), [], 'nothing was refused')
})

t.test('a client that never speaks is closed without a word', async (t) => {
  const config = `limits: { headersTimeoutMs: 100 }\n${routes}`
  const gate = await startGate(t, config, silent)
  t.equal(await seen(dialRaw(t, gate.port)), 'nothing, end')
  t.strictSame(denials(gate), [])
})
