import t from 'tap'
import { once } from 'node:events'
import type { Decision } from '../../src/authorize.ts'
import { deny } from '../../src/core/denial.ts'
import { unmatchedRoute } from '../../src/core/route.ts'
import type { Exchange } from '../../src/proxy/exchange.ts'
import { connectTo, eventually, permit, refusal, route, startListener } from './data-listener.ts'

const get = 'GET /secret?token=x HTTP/1.1\r\nHost: a\r\n\r\n'
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'

/** A clock that moves only when it is told. */
const manualClock = (): { wallMs: () => number; monotonicMs: () => number; now: number } => {
  const clock = { now: 1000, wallMs: () => 0, monotonicMs: () => clock.now }
  return clock
}

t.test('a request is counted when it begins and when its answer is out', async (t) => {
  const clock = manualClock()
  const held: Exchange[] = []
  const listener = await startListener(t, {
    clock,
    forward: (_permit, exchange) => void held.push(exchange),
  })
  const client = connectTo(t, listener.port)
  client.send(get)
  await eventually(() => held.length === 1)
  t.equal(listener.started, 1)
  t.strictSame(listener.finished, [])
  const [exchange] = held
  if (exchange === undefined) return
  exchange.upstreamStartMs = 1002
  exchange.upstreamEndMs = 1007
  clock.now = 1010
  exchange.response.statusCode = 204
  exchange.response.end()
  await client.until(/\r\n\r\n$/)
  await eventually(() => listener.lines.length === 1)
  t.strictSame(listener.finished, [{ route, status: 204, totalMs: 10, upstreamMs: 5 }])
  const [line, ...others] = listener.lines
  t.strictSame(others, [])
  t.strictSame(line, {
    requestId: exchange.requestId,
    traceId: undefined,
    method: 'GET',
    route: 'ANY /things',
    template: '/things',
    status: 204,
    denial: undefined,
    wouldDeny: undefined,
    cause: undefined,
    authorizer: 'pool',
    subject: undefined,
    remoteAddress: '127.0.0.1',
    verifyMs: 0,
    upstreamMs: 5,
    totalMs: 10,
    bytesIn: get.length,
    bytesOut: client.text().length,
  })
  t.notOk(JSON.stringify(listener.lines).includes('secret'), 'no path, no query')
})

t.test('time that the upstream still takes is its own', async (t) => {
  const clock = manualClock()
  const held: Exchange[] = []
  const listener = await startListener(t, {
    clock,
    forward: (_permit, exchange) => void held.push(exchange),
  })
  const client = connectTo(t, listener.port)
  client.send(get)
  await eventually(() => held.length === 1)
  const [exchange] = held
  if (exchange === undefined) return
  exchange.upstreamStartMs = 1002
  clock.now = 1010
  client.socket.destroy()
  await eventually(() => listener.lines.length === 1)
  t.strictSame(listener.finished, [{ route, status: 499, totalMs: 10, upstreamMs: 8 }])
})

t.test('an answer broken off keeps the status that was sent', async (t) => {
  const listener = await startListener(t, {
    forward: (_permit, { response }) => void response.writeHead(206).write('a'),
  })
  const client = connectTo(t, listener.port)
  client.send(get)
  await client.until(/206/)
  client.socket.destroy()
  await eventually(() => listener.finished.length === 1)
  t.match(listener.finished, [{ status: 206 }])
})

t.test('a public route has no authorizer in its line', async (t) => {
  const open = { ...route, access: { kind: 'public' as const } }
  const listener = await startListener(t, { authorize: () => ({ ...permit, route: open }) })
  const client = connectTo(t, listener.port)
  client.send(get)
  await eventually(() => listener.lines.length === 1)
  t.match(listener.lines, [{ authorizer: undefined, route: 'ANY /things' }])
})

t.test('pipelined requests whose client leaves are all finished, each once', async (t) => {
  const closed: string[] = []
  const listener = await startListener(t, {
    forward: (_permit, { response, facts }) => {
      response.on('close', () => closed.push(facts.method))
    },
  })
  const client = connectTo(t, listener.port)
  client.send(get + get.replace('GET', 'PUT') + get.replace('GET', 'DELETE'))
  await eventually(() => listener.started === 3)
  client.socket.destroy()
  await eventually(() => listener.finished.length === 3)
  await new Promise(setImmediate)
  t.strictSame(closed.sort(), ['DELETE', 'GET', 'PUT'], 'the forwarder hears of each')
  t.match(listener.finished, [{ status: 499 }, { status: 499 }, { status: 499 }])
  t.equal(listener.finished.length, 3)
})

t.test('a write that comes too late does not end the process', async (t) => {
  const listener = await startListener(t, {
    forward: (_permit, { response, facts }) => {
      if (facts.target === '/ended') {
        response.end('ok')
        response.write('too late')
        return
      }
      response.on('close', () => {
        response.write('too late')
        response.end()
      })
    },
  })
  const ended = connectTo(t, listener.port)
  ended.send('GET /ended HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  t.match(await ended.ended, /ok$/)
  const left = connectTo(t, listener.port)
  left.send(get)
  await once(listener.server, 'request')
  left.socket.destroy()
  await eventually(() => listener.finished.length === 2)
  await new Promise(setImmediate)
  t.match(listener.finished, [{ status: 200 }, { status: 499 }])
})

t.test('a refusal keeps the peer of a connection that is gone', async (t) => {
  const listener = await startListener(t, { authorize: () => refusal('no_route') })
  const client = connectTo(t, listener.port)
  client.send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n')
  await client.until(/\}$/)
  client.socket.destroy()
  await eventually(() => listener.lines.length === 1)
  t.match(listener.lines, [{ remoteAddress: '127.0.0.1', status: 403, denial: 'no_route' }])
})

t.test('bytes are those of the one request, on whatever connection it came', async (t) => {
  const text = 'x'.repeat(50)
  const listener = await startListener(t, {
    forward: (_permit, { response }) => void response.writeHead(200).end(text),
  })
  const client = connectTo(t, listener.port)
  const posted = `POST / HTTP/1.1\r\nHost: a\r\ntraceparent: 00-${traceId}-00f067aa0ba902b7-01\r\nContent-Length: 7\r\n\r\nabcdefg`
  client.send(get)
  await eventually(() => listener.lines.length === 1)
  const first = (await client.until(/x\r\n0\r\n\r\n$/)).length
  client.send(posted)
  await client.until(/x\r\n0\r\n\r\n[^]+x\r\n0\r\n\r\n$/)
  await eventually(() => listener.lines.length === 2)
  t.match(listener.lines, [
    { bytesIn: get.length, bytesOut: first },
    { bytesIn: posted.length, bytesOut: client.text().length - first, traceId },
  ])
})

t.test('bytes of a client that left are its last request’s too', async (t) => {
  let held = 0
  const listener = await startListener(t, {
    forward: (_permit, { response }) => {
      if (held++ === 0) response.end()
    },
  })
  const client = connectTo(t, listener.port)
  client.send(get)
  await eventually(() => listener.lines.length === 1)
  client.send(get)
  await eventually(() => held === 2)
  client.socket.destroy()
  await eventually(() => listener.lines.length === 2)
  t.match(listener.lines[1], { status: 499, bytesIn: get.length, bytesOut: 0 })
})

t.test('it tells whose token it was, and what would have been refused', async (t) => {
  const subject = 'jane'
  const decisions: Decision[] = [
    { ...permit, identity: { claims: { sub: subject } } } as unknown as Decision,
    { ...refusal('scope_insufficient', route), subject } as Decision,
    { ...permit, kind: 'reported', denial: deny('group_insufficient'), subject } as Decision,
    { ...permit, route: unmatchedRoute, kind: 'reported', denial: deny('no_route') } as Decision,
  ]
  const listener = await startListener(t, {
    authorize: () => decisions.shift() as Decision,
    forward: (_permit, { response }) => void response.end(),
  })
  const client = connectTo(t, listener.port)
  for (const count of [1, 2, 3, 4]) {
    client.send(get)
    await eventually(() => listener.lines.length === count)
  }
  t.match(listener.lines, [
    { subject, denial: undefined, wouldDeny: undefined, template: '/things' },
    { subject, denial: 'scope_insufficient', wouldDeny: undefined },
    { subject, denial: undefined, wouldDeny: 'group_insufficient', route: 'ANY /things' },
    { subject: undefined, wouldDeny: 'no_route', route: 'none', template: undefined },
  ])
})

t.test('no line is gathered that the log does not want', async (t) => {
  const asked: unknown[] = []
  const listener = await startListener(t, {
    authorize: () => refusal('token_missing'),
    requestLog: {
      wants: (outcome) => {
        asked.push(outcome)
        return false
      },
      write: () => t.fail('unwanted'),
    },
  })
  const client = connectTo(t, listener.port)
  client.send(get)
  await eventually(() => listener.finished.length === 1)
  t.strictSame(asked, [{ denial: 'token_missing', wouldDeny: undefined }])
})
