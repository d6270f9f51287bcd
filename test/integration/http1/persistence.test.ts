// Connections that are used again, and pipelining: RFC 9112 §9.3 and §9.6.
import t from 'tap'
import { dialRaw } from '../../helpers/forwarding.ts'
import { until } from '../../helpers/raw-upstream.ts'
import { readAnswers } from '../../helpers/strict-answer.ts'
import { startStrictGate } from './strict-gate.ts'

const answers: Readonly<Record<string, string>> = {
  '/public/slow': '',
  '/public/last': 'HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\nlast',
}
const { gate, strict, tell } = await startStrictGate(
  t,
  ({ target }) =>
    answers[target] ?? `HTTP/1.1 200 OK\r\nContent-Length: ${target.length}\r\n\r\n${target}`,
)

const ask = (target: string, lines: readonly string[] = [], body = '', method = 'GET'): string =>
  [`${method} ${target} HTTP/1.1`, 'Host: gate', ...lines, '', body].join('\r\n')

const close = 'Connection: close'
const bodies = (told: { readonly answers: readonly { readonly body: string }[] }) =>
  told.answers.map(({ body }) => body)

t.test('a connection serves many requests, and the upstream sees one connection', async (t) => {
  const before = strict.connections()
  const client = dialRaw(t, gate.port)
  for (let count = 1; count <= 5; count += 1) {
    client.socket.write(ask(`/public/${count}`))
    await client.sees(new RegExp(`/public/${count}$`))
  }
  t.equal(strict.connections() - before <= 1, true)
  client.socket.write(ask('/public/6', [close]))
  t.equal(await client.closed, 'end')
  const { answers: whole, rest } = readAnswers(
    client.text(),
    Array.from({ length: 6 }, () => 'GET'),
  )
  t.strictSame(
    whole.map(({ headers }) => headers['connection']),
    [...Array.from({ length: 5 }, () => 'keep-alive'), 'close'],
  )
  t.equal(rest, '')
})

t.test('pipelined requests are answered in order, bodies between them or not', async (t) => {
  const told = await tell(
    [
      ask('/public/1'),
      ask('/public/2', ['Content-Length: 2'], 'hi', 'POST'),
      ask('/public/3', ['Transfer-Encoding: chunked'], '2\r\nhi\r\n0\r\n\r\n', 'PUT'),
      ask('/public/4', [], '', 'HEAD'),
      // Some clients end a body with a line break that belongs to nothing (§2.2).
      '\r\n',
      ask('/public/5', ['Content-Length: 0'], '', 'DELETE'),
      ask('/public/6', [close]),
    ].join(''),
    ['GET', 'POST', 'PUT', 'HEAD', 'DELETE', 'GET'],
  )
  t.strictSame(told.statuses, [200, 200, 200, 200, 200, 200])
  t.strictSame(bodies(told), ['/public/1', '/public/2', '/public/3', '', '/public/5', '/public/6'])
  t.strictSame(told.lines, [
    'GET /public/1',
    'POST /public/2',
    'PUT /public/3',
    'HEAD /public/4',
    'DELETE /public/5',
    'GET /public/6',
  ])
})

t.test('a refusal in the middle ends nothing, unless it leaves a body unread', async (t) => {
  const bodiless = await tell(ask('/public/1') + ask('/protected') + ask('/public/2', [close]))
  t.strictSame(bodiless.statuses, [200, 401, 200])
  t.strictSame(bodiless.lines, ['GET /public/1', 'GET /public/2'])

  const post = ask('/protected', ['Content-Length: 9'], '', 'POST')
  const client = dialRaw(t, gate.port, ask('/public/3') + post)
  await client.sees(/Unauthorized"\}$/)
  // Nine bytes of that body, and then more.
  client.socket.write(ask('/public/never', [close]))
  t.equal(await client.closed, 'end')
  const { answers: whole, rest } = readAnswers(client.text(), ['GET', 'POST', 'GET'])
  t.match(whole, [{ status: 200 }, { status: 401, headers: { connection: 'close' } }])
  t.strictSame([whole.length, rest], [2, ''], 'nothing of a body is taken for a request')
  t.notOk(strict.requests.some(({ target }) => target === '/public/never'))
})

t.test('the body of a refused request that has come whole is skipped', async (t) => {
  const client = dialRaw(t, gate.port, ask('/protected', ['Content-Length: 2'], 'hi', 'POST'))
  await client.sees(/\{"message":"Unauthorized"\}$/)
  // Whether the connection goes on is the gate's to say; what it says must hold.
  const [answer] = readAnswers(client.text(), ['POST']).answers
  if (answer?.headers['connection'] === 'close') t.equal(await client.closed, 'end')
  else {
    client.socket.write(ask('/public/1', [close]))
    await client.sees(/\/public\/1$/)
  }
})

t.test('what follows a malformed request is not served', async (t) => {
  const told = await tell(
    ask('/public/1') + ask('/public/2', ['Bad : line']) + ask('/public/3', [close]),
    ['GET', 'GET', 'GET'],
  )
  t.strictSame(
    told.lines.filter((line) => line.includes('3')),
    [],
  )
  t.ok(told.statuses.length <= 2, 'the third is not answered')
})

t.test('what follows a request that asks to close is not served (§9.6)', async (t) => {
  for (const first of [ask('/public/1', [close]), ask('/public/1').replace('1.1', '1.0')]) {
    const told = await tell(first + ask('/public/2'), ['GET'])
    t.strictSame([told.lines, told.statuses, told.rest], [['GET /public/1'], [200], ''])
  }
})

t.test('nor what follows one whose trailer says so, and nobody waits for it', async (t) => {
  const lines = ['Transfer-Encoding: chunked']
  const first = ask('/public/1', lines, '2\r\nhi\r\n0\r\nConnection: close\r\n\r\n', 'POST')
  const told = await tell(first + ask('/public/2'), ['POST', 'GET'])
  t.strictSame([told.lines, told.statuses, told.rest], [['POST /public/1'], [200], ''])

  const client = dialRaw(t, gate.port, first)
  await client.sees(/\/public\/1$/)
  client.socket.write(ask('/public/2'))
  t.equal(await client.closed, 'end')
})

t.test("an upstream's Connection: close is its own (§9.3)", async (t) => {
  const told = await tell(ask('/public/last') + ask('/public/last', [close]))
  t.strictSame(bodies(told), ['last', 'last'])
  t.equal(told.answers[0]?.headers['connection'], 'keep-alive')
})

t.test('a pipelined request waits for its turn before the upstream hears of it', async (t) => {
  const client = dialRaw(t, gate.port, ask('/public/slow') + ask('/public/2'))
  const before = strict.requests.length
  await until(() => strict.requests.some(({ target }) => target === '/public/slow'))
  await new Promise((resolve) => setTimeout(resolve, 50))
  t.strictSame(
    strict.requests.slice(before).filter(({ target }) => target === '/public/2'),
    [],
  )
  client.socket.destroy()
})
