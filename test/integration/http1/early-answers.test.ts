// Answers that come while the request's body is still on its way: RFC 9112 §9.3 to §9.6, RFC 9110
// §10.1.1. The client can read the answer, and the rest of the body is no request.
import t from 'tap'
import { dialRaw } from '../../helpers/forwarding.ts'
import { startGate, usualRoutes } from '../../helpers/gate.ts'
import { until } from '../../helpers/raw-upstream.ts'
import { readAnswers } from '../../helpers/strict-answer.ts'

const extra = `limits: { maxBodyBytes: 100000 }\n${usualRoutes}`
let script: (text: string) => string | undefined = () => undefined
const gate = await startGate(t, extra, ({ socket, text }) => {
  const answer = script(text)
  if (answer !== undefined) socket.write(answer)
})

const head = (target: string, lines: readonly string[]): string =>
  [`POST ${target} HTTP/1.1`, 'Host: gate', ...lines, '', ''].join('\r\n')
const smuggled = 'GET /public/smuggled HTTP/1.1\r\nHost: gate\r\n\r\n'

const cases = [
  { name: 'no token', target: '/protected', lines: ['Content-Length: 90000'], status: 401 },
  {
    name: 'no token, chunked',
    target: '/protected',
    lines: ['Transfer-Encoding: chunked'],
    status: 401,
  },
  { name: 'denied', target: '/denied', lines: ['Content-Length: 90000'], status: 403 },
  { name: 'no route', target: '/nothing', lines: ['Content-Length: 90000'], status: 403 },
  { name: 'too large', target: '/public/x', lines: ['Content-Length: 100001'], status: 413 },
]

// Each of them is given a second to read its answer: so they go at once.
const all = (ask: (given: (typeof cases)[number]) => Promise<void>) => Promise.all(cases.map(ask))

t.test('a refusal is read whole by a client that has not sent its body', async (t) => {
  await all(async ({ name, target, lines, status }) => {
    const client = dialRaw(t, gate.port, head(target, lines))
    t.equal(await client.closed, 'end', name)
    const { answers, rest } = readAnswers(client.text(), ['POST'])
    t.match(answers, [{ status, headers: { connection: 'close' }, framing: 'length' }], name)
    t.equal(rest, '', name)
  })
})

t.test('nor is what it then sends taken for another request', async (t) => {
  await all(async ({ name, target, lines, status }) => {
    const client = dialRaw(t, gate.port, head(target, lines) + smuggled)
    await client.closed
    t.match(client.text(), new RegExp(`^HTTP/1\\.1 ${status} `), name)
    t.equal(client.text().match(/HTTP\/1\.1 /g)?.length, 1, `${name}: one answer`)
  })
  t.notMatch(gate.reached(), /smuggled/)
})

t.test('a chunked body that grows too large is a 413, and the upstream sees no end', async (t) => {
  const chunk = `2000\r\n${'a'.repeat(0x2000)}\r\n`
  const client = dialRaw(t, gate.port, head('/public/grows', ['Transfer-Encoding: chunked']))
  for (let count = 0; count < 13; count += 1) client.socket.write(chunk)
  await client.sees(/^HTTP\/1\.1 413 [^]*HTTP content length exceeded 100000 bytes\.$/)
  t.equal(await client.closed, 'end')
  const reached = gate.upstream.received.find((text) => text.includes('/public/grows'))
  t.notMatch(reached, /\r\n0\r\n\r\n$/)
  await until(() => gate.upstream.open() === 0)
})

t.test("the upstream's early answer wins, and then its connection is given up", async (t) => {
  script = (text) =>
    text.includes('/public/early') && /\r\n\r\n./.test(text)
      ? 'HTTP/1.1 422 Enough\r\nContent-Length: 6\r\n\r\nenough'
      : undefined
  const client = dialRaw(t, gate.port, head('/public/early', ['Content-Length: 90000']) + 'begin')
  await client.sees(/^HTTP\/1\.1 422 Enough\r\n[^]*\r\nConnection: close\r\n\r\nenough$/)
  client.socket.write(smuggled)
  t.equal(await client.closed, 'end')
  t.equal(client.text().match(/HTTP\/1\.1 /g)?.length, 1)
  await until(() => gate.upstream.open() === 0, 'the upstream to be free')
  t.notMatch(gate.reached(), /smuggled/)
})

t.test('a head that comes early does not cut the body', async (t) => {
  script = (text) => {
    if (!text.includes('/public/both')) return undefined
    if (/\r\n\r\nbegin$/.test(text)) return 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfirst'
    return undefined
  }
  const client = dialRaw(t, gate.port, head('/public/both', ['Content-Length: 8']) + 'begin')
  await client.sees(/first$/)
  client.socket.write('end')
  await client.closed
  t.match(client.text(), /^HTTP\/1\.1 200 OK\r\n[^]*first$/)
})
