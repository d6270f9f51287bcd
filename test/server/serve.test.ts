import t from 'tap'
import { once } from 'node:events'
import type { Decision } from '../../src/authorize.ts'
import { deny } from '../../src/core/denial.ts'
import type { Exchange } from '../../src/proxy/exchange.ts'
import {
  codes,
  connectTo,
  echo,
  eventually,
  parseAnswers,
  permit,
  refusal,
  route,
  startListener,
} from './data-listener.ts'

const get = (target: string, more = ''): string =>
  `GET ${target} HTTP/1.1\r\nHost: a\r\n${more}\r\n`

t.test('a permitted request is forwarded with its facts and an id of its own', async (t) => {
  const exchanges: Exchange[] = []
  const { port } = await startListener(t, {
    forward: (granted, exchange) => {
      t.equal(granted, permit)
      exchanges.push(exchange)
      exchange.response.end('ok')
    },
  })
  const client = connectTo(t, port)
  client.send(get('/a?b') + get('/c', 'Connection: close\r\n'))
  await client.ended
  t.match(exchanges, [
    { facts: { method: 'GET', target: '/a?b' }, requestId: /^[0-9a-f-]{36}$/ },
    { facts: { target: '/c' } },
  ])
  t.not(exchanges[0]?.requestId, exchanges[1]?.requestId)
})

t.test('a refused request is answered, with its id, and never forwarded', async (t) => {
  const listener = await startListener(t, {
    authorize: () => refusal('token_missing', route),
    forward: () => t.fail('it was forwarded'),
  })
  const client = connectTo(t, listener.port)
  client.send(get('/', 'Connection: close\r\n'))
  const [answer] = parseAnswers(await client.ended)
  t.match(answer, { status: 401, body: '{"message":"Unauthorized"}' })
  t.match(listener.lines, [
    {
      requestId: answer?.headers['x-amzn-requestid'],
      denial: 'token_missing',
      status: 401,
      route: 'ANY /things',
      authorizer: 'pool',
    },
  ])
  t.strictSame(listener.early, [])
})

t.test('an answer knows the request, and the limit of bodies', async (t) => {
  const { port } = await startListener(t, {
    authorize: ({ target }) => refusal(target === '/big' ? 'body_too_large' : 'no_route'),
  })
  const client = connectTo(t, port)
  client.send(get('/', 'X: 1\r\nauthorization: Bearer x\r\n') + get('/'))
  client.send(get('/big', 'Connection: close\r\n'))
  const [first, second, third] = parseAnswers(await client.ended)
  t.match(first?.body, /hashed with SHA-256/)
  t.equal(second?.body, '{"message":"Missing Authentication Token"}')
  t.equal(third?.body, 'HTTP content length exceeded 100 bytes.')
})

t.test('a malformed request is refused, and nothing behind it is served', async (t) => {
  const listener = await startListener(t, { forward: () => t.fail('it was forwarded') })
  const client = connectTo(t, listener.port)
  client.send(`GET / HTTP/1.1\r\nHost: a,b\r\n\r\n${get('/smuggled')}`)
  const answers = parseAnswers(await client.ended)
  t.match(answers, [{ status: 400, headers: { connection: 'close' } }])
  t.equal(answers.length, 1)
  t.strictSame(listener.early, ['request_malformed'])
  t.equal(listener.started, 1)
})

t.test('a refusal before routing is counted early, a later one is not', async (t) => {
  const cases = [
    { code: 'target_ambiguous', matched: undefined, early: ['target_ambiguous'] },
    { code: 'body_too_large', matched: route, early: [] },
    { code: 'no_route', matched: undefined, early: [] },
  ] as const
  for (const { code, matched, early } of cases) {
    const listener = await startListener(t, { authorize: () => refusal(code, matched) })
    const client = connectTo(t, listener.port)
    client.send(get('/', 'Connection: close\r\n'))
    await client.ended
    t.strictSame(listener.early, early, code)
    t.strictSame(codes(listener.lines), [code])
  }
})

t.test('what fails inside is a 500 with its cause in the log, and serving goes on', async (t) => {
  const cause = new Error('a bug')
  const fails = (): never => {
    throw cause
  }
  const cases = [
    { name: 'authorize throws', options: { authorize: fails } },
    { name: 'authorize rejects', options: { authorize: () => Promise.reject(cause) } },
    { name: 'forward throws', options: { forward: fails } },
    {
      name: 'forward throws after a wait',
      options: { authorize: () => Promise.resolve(permit), forward: fails },
    },
  ]
  for (const { name, options } of cases) {
    const listener = await startListener(t, options)
    const client = connectTo(t, listener.port)
    client.send(get('/') + get('/', 'Connection: close\r\n'))
    t.match(
      parseAnswers(await client.ended),
      [
        { status: 500, body: '{"message": "Internal server error"}' },
        { status: 500, headers: { connection: 'close' } },
      ],
      name,
    )
    t.match(listener.lines, [{ denial: 'internal', cause, status: 500 }, {}], name)
  }
})

t.test('a failure after the head breaks the connection', async (t) => {
  const listener = await startListener(t, {
    forward: (_permit, { response }) => {
      response.writeHead(200, ['Content-Length', '10'])
      response.write('half')
      throw new Error('a bug')
    },
  })
  const client = connectTo(t, listener.port)
  client.send(get('/'))
  t.notMatch(await client.ended, /500/)
  t.match(listener.lines, [{ denial: 'internal', status: 200 }])
})

t.test('a failure after a refusal leaves the answer as it is', async (t) => {
  const listener = await startListener(t, {
    forward: (_permit, { refuse }) => {
      refuse(deny('upstream_broken'))
      refuse(deny('upstream_timeout'))
      throw new Error('a bug')
    },
  })
  const client = connectTo(t, listener.port)
  client.send(get('/', 'Connection: close\r\n'))
  t.match(parseAnswers(await client.ended), [{ status: 504, body: /Network error/ }])
  t.match(listener.lines, [{ denial: 'internal', status: 504 }])
})

t.test('the forwarder can refuse until the head is written', async (t) => {
  const listener = await startListener(t, {
    forward: (_permit, { response, refuse }) => {
      response.writeHead(200, ['Content-Length', '2'])
      refuse(deny('upstream_broken'))
      response.end('ok')
    },
  })
  const client = connectTo(t, listener.port)
  client.send(get('/', 'Connection: close\r\n'))
  t.match(parseAnswers(await client.ended), [{ status: 200, body: 'ok' }])
  t.match(listener.lines, [{ denial: undefined, status: 200 }])
})

t.test('a decision may take its time', async (t) => {
  let decide: (decision: Decision) => void = () => undefined
  const { port } = await startListener(t, {
    authorize: () => new Promise((resolve) => (decide = resolve)),
  })
  const client = connectTo(t, port)
  client.send(get('/slow', 'Connection: close\r\n'))
  await eventually(() => decide.length === 1)
  decide(permit)
  t.match(parseAnswers(await client.ended), [{ status: 200, body: 'GET /slow' }])
})

t.test('who left before the decision is neither forwarded nor answered', async (t) => {
  for (const decision of [permit, refusal('token_expired')]) {
    let decide: (decision: Decision) => void = () => undefined
    const listener = await startListener(t, {
      authorize: () => new Promise((resolve) => (decide = resolve)),
      forward: () => t.fail('it was forwarded'),
    })
    const client = connectTo(t, listener.port)
    client.send(get('/'))
    await once(listener.server, 'request')
    client.socket.destroy()
    await eventually(() => listener.lines.length === 1)
    decide(decision)
    await new Promise(setImmediate)
    t.match(listener.lines, [{ status: 499, denial: undefined, route: 'none' }])
    t.match(listener.finished, [{ status: 499, route: undefined }])
  }
})

t.test('pipelined requests are judged one by one and answered in order', async (t) => {
  const held: Exchange[] = []
  const listener = await startListener(t, {
    authorize: ({ target }) => (target === '/no' ? refusal('route_denied', route) : permit),
    forward: (granted, exchange) => {
      if (exchange.facts.target === '/slow') held.push(exchange)
      else echo(granted, exchange)
    },
  })
  const client = connectTo(t, listener.port)
  client.send(get('/slow') + get('/no'))
  client.send('POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc')
  client.send(get('/c', 'Connection: close\r\n'))
  await eventually(() => listener.started === 4)
  t.equal(client.text(), '', 'nothing overtakes the first')
  held[0]?.response.end('slow')
  t.match(parseAnswers(await client.ended), [
    { status: 200, body: 'slow' },
    { status: 403, body: '{"Message":"User is not authorized to access this resource"}' },
    { status: 200, body: 'POST /b' },
    { status: 200, body: 'GET /c' },
  ])
  t.strictSame(
    listener.lines.map(({ status, denial }) => [status, denial]),
    [
      [200, undefined],
      [403, 'route_denied'],
      [200, undefined],
      [200, undefined],
    ],
  )
})

t.test('while draining, the last answer of a connection ends it', async (t) => {
  let draining = false
  const held: Exchange[] = []
  const listener = await startListener(t, {
    draining: () => draining,
    forward: (_permit, exchange) => void held.push(exchange),
  })
  const client = connectTo(t, listener.port)
  client.send(get('/1') + get('/2'))
  await eventually(() => held.length === 2)
  draining = true
  held[0]?.response.writeHead(200, ['Content-Length', '1']).end('1')
  held[1]?.response.writeHead(200, ['Content-Length', '1']).end('2')
  t.match(parseAnswers(await client.ended), [
    { headers: { connection: 'keep-alive' }, body: '1' },
    { headers: { connection: 'close' }, body: '2' },
  ])
})

t.test('a request that comes after a closing answer is not served', async (t) => {
  const held: Exchange[] = []
  const listener = await startListener(t, {
    draining: () => true,
    forward: (_permit, exchange) => {
      exchange.response.writeHead(200, ['Content-Length', '2'])
      held.push(exchange)
    },
  })
  const client = connectTo(t, listener.port)
  client.send(get('/1'))
  await eventually(() => held.length === 1)
  client.send(get('/2'))
  await once(listener.server, 'request')
  held[0]?.response.end('ok')
  t.equal(parseAnswers(await client.ended).length, 1)
  t.equal(listener.started, 1)
})
