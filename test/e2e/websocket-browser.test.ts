// WebSockets of a page in a real browser (Chromium) through the built gate: a page cannot set headers,
// and a browser gives up where other clients do not.
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import t from 'tap'
import { checkSecrets, secretsOf } from './helpers/cases.ts'
import { startChromium, type Page } from './helpers/chromium.ts'
import { scrape, sumOf } from './helpers/metrics.ts'
import type { Scope } from './helpers/program.ts'
import type { SeenHandshake } from './helpers/websocket-echo.ts'
import { closedByReason, startWebSocketGate, untilAllClosed } from './helpers/websocket-gate.ts'

const servePage = async (scope: Scope): Promise<string> => {
  const html = readFileSync(resolve('test/e2e/programs/websocket-page.html'))
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end(html)
  }).listen(0, '127.0.0.1')
  scope.teardown(() => server.close().closeAllConnections())
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const [browser, pageUrl, setup] = await Promise.all([
  startChromium(t),
  servePage(t),
  startWebSocketGate(t, {
    websocket: `tokenQuery: access_token, tokenProtocolPrefix: bearer., closeAtExpiry: true,
      pingIntervalMs: 300, idleTimeoutMs: 4000`,
    more: 'shutdown: { drainDelayMs: 0, graceMs: 5000 }',
  }),
])
const { gate, pool, service } = setup
const page = await browser.open(pageUrl)
const wsUrl = gate.url.replace('http', 'ws')
const token = pool.idToken({ sub: 'jane-7' })

/** Calls a function of the page. */
const call = (on: Page, name: string, ...args: readonly unknown[]): Promise<unknown> =>
  on.evaluate(`${name}(${args.map((arg) => JSON.stringify(arg)).join()})`)

const seenBy = async (name: string): Promise<SeenHandshake> =>
  JSON.parse(String(await call(page, 'ask', name, 'who'))) as SeenHandshake

const cases: readonly {
  readonly name: string
  readonly path: string
  readonly protocols: readonly string[]
  readonly protocol: string
  readonly offered?: string
}[] = [
  {
    name: 'the subprotocol alone',
    path: '/ws?a=1',
    protocols: [`bearer.${token}`],
    protocol: `bearer.${token}`,
  },
  {
    name: 'the subprotocol, before that of the application',
    path: '/ws?a=1',
    protocols: [`bearer.${token}`, 'chat'],
    protocol: 'chat',
    offered: 'chat',
  },
  {
    name: 'the subprotocol, after one that the service does not know',
    path: '/ws?a=1',
    protocols: ['unheard-of', `bearer.${token}`],
    protocol: `bearer.${token}`,
    offered: 'unheard-of',
  },
  { name: 'the query', path: `/ws?access_token=${token}&a=1`, protocols: [], protocol: '' },
]

for (const { name, path, protocols, protocol, offered } of cases) {
  t.test(`a token in ${name} opens a WebSocket`, async (t) => {
    t.strictSame(await call(page, 'dial', name, `${wsUrl}${path}`, protocols), {
      opened: true,
      protocol,
    })
    const seen = await seenBy(name)
    t.equal(seen.url, '/ws?a=1')
    t.equal(seen.headers['sec-websocket-protocol'], offered)
    t.equal(seen.headers['x-claim-sub'], 'jane-7')
    t.notMatch(JSON.stringify(seen), token)
    t.match(seen.headers['user-agent'], 'Chrome')
    t.match(seen.headers['sec-websocket-extensions'], 'permessage-deflate')
    for (const size of [1, 126, 65_536, 1_048_576]) {
      t.equal(await call(page, 'echoes', name, size), true, `${size} bytes there and back`)
    }
    const text = 'text that compresses '.repeat(5000)
    t.equal(await call(page, 'ask', name, text), text)
    await call(page, 'close', name, 4001, 'enough')
    t.strictSame(await call(page, 'closed', name), { code: 4001, reason: 'enough', wasClean: true })
  })
}

t.test('without a good token there is none', async (t) => {
  const stranger = token.slice(0, -6) + (token.endsWith('AAAAAA') ? 'BBBBBB' : 'AAAAAA')
  const refusals = {
    'another signature': [`${wsUrl}/ws`, [`bearer.${stranger}`]],
    'none at all': [`${wsUrl}/ws`],
    'two of them': [`${wsUrl}/ws?access_token=${token}`, [`bearer.${token}`]],
    'no route': [`${wsUrl}/nowhere`, [`bearer.${token}`]],
  }
  const before = await scrape(gate.adminUrl)
  for (const [name, args] of Object.entries(refusals)) {
    const failed = { opened: false, code: 1006 }
    t.strictSame(await call(page, 'dial', name, ...args), failed, name)
  }
  const after = await scrape(gate.adminUrl)
  for (const [code, count] of Object.entries({ 401: 3, 403: 1, 101: 0 })) {
    t.equal(
      sumOf(after, 'requests_total', { code }) - sumOf(before, 'requests_total', { code }),
      count,
    )
  }
})

t.test('a page is told why the gate or the service has closed', async (t) => {
  const exp = Math.floor(Date.now() / 1000) + 3
  const brief = pool.idToken({ exp })
  const long = [`bearer.${token}`]
  await Promise.all([
    call(page, 'dial', 'expiring', `${wsUrl}/ws`, [`bearer.${brief}`]),
    call(page, 'dial', 'idle', `${wsUrl}/ws`, long),
    call(page, 'dial', 'left', `${wsUrl}/ws`, long),
    call(page, 'dial', 'lost', `${wsUrl}/ws`, long),
  ])
  await page.evaluate(`sockets.get('left').socket.send('close 4002 no more')`)
  await page.evaluate(`sockets.get('lost').socket.send('vanish')`)
  const wanted = {
    left: { code: 4002, reason: 'no more', wasClean: true },
    lost: { code: 1011, reason: 'upstream closed the connection', wasClean: true },
    expiring: { code: 1008, reason: 'token expired', wasClean: true },
    // Chromium has answered a dozen Pings by then.
    idle: { code: 1001, reason: 'idle', wasClean: true },
  }
  for (const [name, want] of Object.entries(wanted)) {
    t.strictSame(await call(page, 'closed', name), want, name)
  }
  await untilAllClosed(setup)
})

t.test('a page that is closed takes its WebSockets with it', async (t) => {
  const before = closedByReason(await scrape(gate.adminUrl))['client'] ?? 0
  const other = await browser.open(pageUrl)
  for (const name of ['one', 'two']) {
    t.match(await call(other, 'dial', name, `${wsUrl}/ws`, [`bearer.${token}`]), { opened: true })
  }
  await other.close()
  t.ok((await untilAllClosed(setup)) < 3000)
  t.equal(closedByReason(await scrape(gate.adminUrl))['client'], before + 2)
})

t.test('a shutdown is told to pages, and the gate leaves no trace of a token', async (t) => {
  await call(page, 'dial', 'last', `${wsUrl}/ws?access_token=${token}`)
  await call(page, 'ask', 'last', 'here')
  await sleep(400)
  await checkSecrets(t, gate, secretsOf(token))
  const exit = gate.stop('SIGTERM')
  const goingAway = { code: 1001, reason: 'going away', wasClean: true }
  t.strictSame(await call(page, 'closed', 'last'), goingAway)
  t.strictSame(await exit, { code: 0, signal: null })
  t.notOk(gate.log().some(({ level }) => level !== 'info' && level !== 'warn'))
  t.equal(gate.program.stderr(), '')
  t.equal((await service.state()).connections, 0)
})
