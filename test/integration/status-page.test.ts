// The status page of a whole gate: what every way in refuses is on it, with the counts of the metrics, and
// nothing that a client should not see there.
import t from 'tap'
import { requestText, startGate } from '../helpers/gate.ts'
import { startReloading } from '../helpers/reloading.ts'
import type { StatusReport } from '../../src/status/report.ts'

const extra = `
statusPage: { enabled: true, port: 0 }
decision: { enabled: true, port: 0 }
trustedProxies: [127.0.0.1/32]
routes:
  - { path: /protected, method: ANY, authorizer: pool }
  - { path: /watched, method: GET, authorizer: pool, enforcement: report }
  - { path: /public, method: GET, authorizationType: NONE }
  - { path: /denied, method: ANY, authorizationType: DENY }
`

t.test('what is refused at any listener is shown, the newest first', async (t) => {
  const gate = await startGate(t, extra)
  const report = async (): Promise<StatusReport> =>
    (await (await fetch(`http://127.0.0.1:${gate.statusPort}/status`)).json()) as StatusReport
  const expired = gate.pool.idToken({ exp: 1, sub: 'somebody' })
  const webSocket = ['Upgrade: websocket', 'Connection: Upgrade', 'Sec-WebSocket-Version: 13']
  const key = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='
  await gate.exchange(requestText('GET /public'))
  await gate.exchange(
    requestText('GET /protected?secret=hunter2', [
      `Authorization: ${expired}`,
      'X-Request-Id: mine-1',
    ]),
  )
  await gate.exchange(requestText('GET /denied'))
  await gate.exchange(requestText('GET /nowhere?secret=hunter2'))
  await gate.exchange('CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example\r\n\r\n')
  await gate.exchange('GET /public HTTP/1.1\r\nHost: a\r\nno header\r\n\r\n')
  await gate.exchange(`GET /public HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`)
  await gate.exchange(
    ['GET /protected HTTP/1.1', 'Host: gate', ...webSocket, key, '', ''].join('\r\n'),
  )
  await gate.exchange(requestText('GET /watched'))
  await gate.ask(requestText('GET /auth/request/protected'))

  const { refusals, totals, routes, unmatched, early, notices, readiness } = await report()
  t.strictSame(
    refusals.map(({ denial, outcome, route, status }) => [denial, outcome, route, status]),
    [
      ['token_missing', 'deny', 'ANY /protected', 401],
      ['token_missing', 'would_deny', 'GET /watched', 200],
      ['token_missing', 'deny', 'ANY /protected', 401],
      ['headers_too_large', 'deny', 'none', 431],
      ['request_malformed', 'deny', 'none', 400],
      ['target_ambiguous', 'deny', 'none', 400],
      ['no_route', 'deny', 'none', 403],
      ['route_denied', 'deny', 'ANY /denied', 403],
      ['token_expired', 'deny', 'ANY /protected', 401],
    ],
  )
  t.equal(refusals.at(-1)?.requestId, 'mine-1')
  t.strictSame(totals, { allowed: 1, denied: 8, wouldDeny: 1 })
  t.match(
    routes.find(({ route }) => route === 'ANY /protected'),
    { allowed: 0, denied: 3, reasons: { token_missing: 2, token_expired: 1 } },
  )
  t.strictSame(unmatched.reasons, { no_route: 1 })
  t.strictSame(early, { target_ambiguous: 1, request_malformed: 1, headers_too_large: 1 })
  t.equal(readiness, 'ready')
  t.strictSame(notices, [
    'report mode on 1 of 2 routes that ask for a token: what would be refused passes',
  ])
})

t.test('no token, query, claim or address of a client is on it', async (t) => {
  const gate = await startGate(t, extra)
  const token = gate.pool.idToken({ sub: 'somebody', email: 'somebody@example.com' })
  await gate.exchange(requestText('GET /protected?q=hunter2', [`Authorization: ${token}`]))
  await gate.exchange(requestText('GET /denied?q=hunter2', [`Authorization: ${token}`]))
  for (const path of ['/', '/status']) {
    const text = await (await fetch(`http://127.0.0.1:${gate.statusPort}${path}`)).text()
    t.match(text, 'route_denied')
    t.notMatch(text, /hunter2|somebody|eyJ/)
    for (const part of token.split('.')) t.notOk(text.includes(part.slice(0, 24)))
  }
})

t.test('an upstream that fails and keys that are missing are refusals, too', async (t) => {
  const gate = await startGate(t, extra, ({ socket }) => socket.destroy())
  await gate.exchange(requestText('POST /public'))
  await gate.exchange(requestText('GET /public'))
  const answer = await fetch(`http://127.0.0.1:${gate.statusPort}/status`)
  const { refusals, upstream } = (await answer.json()) as StatusReport
  t.strictSame(
    refusals.map(({ denial }) => denial),
    ['upstream_broken', 'no_route'],
  )
  t.match(upstream, { requests: 0, waiting: 0 })
})

t.test('reloads are on it, and so is what they brought', async (t) => {
  const page = 'statusPage: { enabled: true, port: 0 }\nroutes:'
  const steady = '  - { path: /steady, method: GET, authorizer: pool }'
  const added = '  - { path: /added, method: GET, authorizationType: DENY }'
  const gate = await startReloading(t, { text: `${page}\n${steady}` })
  const port = gate.lines().find(({ listener }) => listener === 'status')?.['port']
  const report = async (): Promise<StatusReport> => {
    // Longer than a report is kept.
    await new Promise((resolve) => setTimeout(resolve, 260))
    return (await (await fetch(`http://127.0.0.1:${String(port)}/status`)).json()) as StatusReport
  }
  await gate.status('/steady')
  await gate.status('/added')
  t.match(await report(), {
    reloads: [],
    notices: [],
    routes: [{ route: 'GET /steady', denied: 1 }],
  })

  await gate.apply(`${page}\n${steady}\n${added}`)
  await gate.status('/steady')
  await gate.status('/added')
  const after = await report()
  t.match(after.reloads, [{ outcome: 'success', trigger: 'signal' }])
  t.match(after.routes, [
    { route: 'GET /added', denied: 1, reasons: { route_denied: 1 } },
    { route: 'GET /steady', denied: 2 },
  ])
  t.strictSame(
    after.refusals.map(({ denial }) => denial),
    ['route_denied', 'token_missing', 'no_route', 'token_missing'],
    'refusals of before the reload are still there',
  )

  gate.write(`${page}\n${steady}\n  - { path: /broken }`)
  await gate.hangup()
  const broken = await report()
  t.match(broken.reloads, [{ outcome: 'failed' }, { outcome: 'success' }])
  t.match(broken.notices, [/^the last reload of the configuration failed/])
  t.equal(broken.routes.length, 2)
  gate.write(`statusPage: { enabled: false }\nroutes:\n${steady}`)
  t.match(await gate.hangup(), { reason: /statusPage\.enabled needs a restart/ })
})

t.test('it has a listener of its own, that the admin listener shows nothing of', async (t) => {
  const gate = await startGate(t, extra)
  t.match(gate.logged.join(''), `"listener":"status","host":"127.0.0.1","port":${gate.statusPort}`)
  for (const [port, path, status] of [
    [gate.adminPort, '/status', 404],
    [gate.adminPort, '/', 404],
    [gate.port, '/status', 403],
    [gate.statusPort, '/metrics', 404],
  ] as const) {
    t.equal((await fetch(`http://127.0.0.1:${port}${path}`)).status, status)
  }
  await gate.stop()
  await t.rejects(fetch(`http://127.0.0.1:${gate.statusPort}/`))
})

t.test('it tells of the drain to its end', async (t) => {
  const gate = await startGate(t, extra)
  const stopped = gate.stop(300)
  const answer = await fetch(`http://127.0.0.1:${gate.statusPort}/status`)
  t.match(await answer.json(), {
    readiness: 'not_ready',
    notices: ['draining: the gate is shutting down'],
  })
  await stopped
})

t.test('without it there is none', async (t) => {
  const gate = await startGate(t)
  t.equal(gate.statusPort, 0)
  t.notMatch(gate.logged.join(''), '"listener":"status"')
})
