// Opening WebSockets with a real client (npm ws) through the built gate to a real service: the same
// routes, tokens, headers and refusals as for any request, and the token from all its places.
import t from 'tap'
import { bearer, checkSecrets, secretsOf } from './helpers/cases.ts'
import { claimsOf } from './helpers/claims.ts'
import { curl, headerValues } from './helpers/curl.ts'
import { scrape, sumOf } from './helpers/metrics.ts'
import {
  dialWebSocket,
  openWebSocket,
  type DialOptions,
  type WebSocketClient,
} from './helpers/websocket-client.ts'
import type { SeenHandshake } from './helpers/websocket-echo.ts'
import { closedByReason, startWebSocketGate, untilAllClosed } from './helpers/websocket-gate.ts'

const most = 8

// One gate for all: starting a process takes longer than any of this.
const setup = await startWebSocketGate(t, {
  websocket: `tokenQuery: access_token, tokenProtocolPrefix: bearer., maxConnections: ${most}`,
})
const { gate, pool, service } = setup

const seenBy = async (client: WebSocketClient): Promise<SeenHandshake> =>
  JSON.parse((await client.ask('who')).toString()) as SeenHandshake

const claimsIn = ({ headers }: SeenHandshake): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('x-claim-')))

t.test('a token is taken from each of its places, and the service sees whose it is', async (t) => {
  const token = pool.idToken({ sub: 'jane-7', email: undefined, email_verified: undefined })
  const spoofed = { 'x-claim-sub': 'root', x_claim_sub: 'root', 'X-Claim-Groups': 'root' }
  const cases: readonly {
    readonly name: string
    readonly path: string
    readonly options: DialOptions
    readonly protocol: string
    readonly offered?: string
  }[] = [
    {
      name: 'header',
      path: '/ws?a=%20b&c',
      options: { headers: { ...spoofed, authorization: `Bearer ${token}` } },
      protocol: '',
    },
    {
      name: 'query',
      path: `/ws?a=%20b&access_token=${token}&c`,
      options: { headers: spoofed },
      protocol: '',
    },
    {
      name: 'subprotocol, alone',
      path: '/ws?a=%20b&c',
      options: { headers: spoofed, protocols: [`bearer.${token}`] },
      protocol: `bearer.${token}`,
    },
    {
      name: 'subprotocol, with one that the service takes',
      path: '/ws?a=%20b&c',
      options: { protocols: [`bearer.${token}`, 'chat'] },
      protocol: 'chat',
      offered: 'chat',
    },
    {
      name: 'subprotocol, with two that the service takes',
      path: '/ws?a=%20b&c',
      options: { protocols: ['chat', `bearer.${token}`, 'news'] },
      protocol: 'chat',
      offered: 'chat, news',
    },
    {
      name: 'subprotocol, with one that the service does not take',
      path: '/ws?a=%20b&c',
      options: { protocols: ['unheard-of', `bearer.${token}`] },
      protocol: `bearer.${token}`,
      offered: 'unheard-of',
    },
  ]
  for (const { name, path, options, protocol, offered } of cases) {
    await t.test(name, async (t) => {
      const client = await openWebSocket(t, `${gate.url}${path}`, options)
      t.equal(client.socket.protocol, protocol)
      const seen = await seenBy(client)
      t.equal(seen.url, '/ws?a=%20b&c', 'no token, and every other byte as it was')
      t.equal(seen.headers['sec-websocket-protocol'], offered)
      t.strictSame(claimsIn(seen), {
        'x-claim-issuer': pool.issuer,
        'x-claim-sub': 'jane-7',
        'x-claim-username': 'jane',
        'x-claim-client-id': 'webapp',
      })
      t.notMatch(JSON.stringify(seen.rawHeaders), 'root')
      // The service needs it no more than any other's, but is given what it would be given of any.
      const inHeader = options.headers?.['authorization'] !== undefined
      t.equal(JSON.stringify(seen).includes(token), inHeader)
      t.equal((await client.ask('as it was')).toString(), 'as it was')
      client.socket.close(1000, 'done')
      t.strictSame(await client.closed, { code: 1000, reason: 'done' })
    })
  }
  await untilAllClosed(setup)
  t.strictSame((await service.state()).ended, { 1000: cases.length })
  t.strictSame(closedByReason(await scrape(gate.adminUrl)), { client: cases.length })
  await checkSecrets(t, gate, secretsOf(token))
})

t.test('on public routes too, the service sees no token', async (t) => {
  const url = `${gate.url}/public/x?access_token=secret&a=1`
  const client = await openWebSocket(t, url, { protocols: ['bearer.secret'] })
  const seen = await seenBy(client)
  t.equal(seen.url, '/public/x?a=1')
  t.equal(seen.headers['sec-websocket-protocol'], undefined)
  t.strictSame(claimsIn(seen), {})
  await checkSecrets(t, gate, ['secret'])
})

t.test('without a good token there is no WebSocket, but an answer', async (t) => {
  await untilAllClosed(setup)
  const before = await scrape(gate.adminUrl)
  const stateBefore = await service.state()
  const token = pool.idToken()
  const [head, , signature] = token.split('.')
  const claims = JSON.stringify({ ...claimsOf(token), sub: 'root' })
  const forged = `${head}.${Buffer.from(claims).toString('base64url')}.${signature}`
  const unauthorized = '{"message":"Unauthorized"}'
  const cases: readonly {
    readonly name: string
    readonly path?: string
    readonly options?: DialOptions
    readonly denial: string
    readonly status?: number
    readonly body?: string
  }[] = [
    { name: 'none', denial: 'token_missing' },
    {
      name: 'forged',
      options: { protocols: [`bearer.${forged}`] },
      denial: 'signature_invalid',
    },
    { name: 'no token at all', options: { protocols: ['bearer.x'] }, denial: 'token_malformed' },
    {
      name: 'expired',
      path: `/ws?access_token=${pool.idToken({ exp: 1 })}`,
      denial: 'token_expired',
      body: '{"message":"The incoming token has expired"}',
    },
    {
      name: 'in two places',
      path: `/ws?access_token=${token}`,
      options: { protocols: [`bearer.${token}`] },
      denial: 'token_duplicated',
    },
    {
      name: 'in one place twice',
      options: { protocols: [`bearer.${token}`, `bearer.${forged}`] },
      denial: 'token_duplicated',
    },
    {
      name: 'no route',
      path: '/nowhere',
      options: { protocols: [`bearer.${token}`] },
      denial: 'no_route',
      status: 403,
      body: '{"message":"Missing Authentication Token"}',
    },
  ]
  for (const { name, path = '/ws', options, denial, status = 401, body } of cases) {
    await t.test(name, async (t) => {
      const outcome = await dialWebSocket(t, `${gate.url}${path}`, options)
      if (!('status' in outcome)) throw new Error('it was opened')
      t.equal(outcome.status, status)
      t.equal(outcome.body, body ?? unauthorized)
      t.equal(outcome.headers['connection'], 'close')
      const requestId = outcome.headers['x-amzn-requestid']
      const line = await gate.program.until(() =>
        gate.log().find((entry) => entry['requestId'] === requestId),
      )
      t.equal(line['denial'], denial)
    })
  }
  t.strictSame(await service.state(), stateBefore, 'none of it came so far')
  const samples = await scrape(gate.adminUrl)
  t.equal(sumOf(samples, 'requests_total') - sumOf(before, 'requests_total'), cases.length)
  const opened = { code: '101' }
  t.equal(sumOf(samples, 'requests_total', opened), sumOf(before, 'requests_total', opened))
  await checkSecrets(t, gate, [...secretsOf(token), ...secretsOf(forged)])
})

t.test('only handshakes are looked through for tokens', async (t) => {
  const token = pool.idToken()
  const byQuery = await curl(`${gate.url}/ws?access_token=${token}`)
  t.equal(byQuery.status, 401)
  const byProtocol = await curl('-H', `Sec-WebSocket-Protocol: bearer.${token}`, `${gate.url}/ws`)
  t.equal(byProtocol.status, 401)
  const passed = await curl(`${gate.url}/public/x?access_token=mine`)
  t.match(JSON.parse(passed.body), { url: '/public/x?access_token=mine' }, 'a name like any other')
})

t.test('a WebSocket handshake is whole or is answered 400', async (t) => {
  const whole = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version': '13',
  }
  const ask = (lines: Readonly<Record<string, string | undefined>>, ...args: readonly string[]) =>
    curl(
      ...Object.entries(lines).flatMap(([name, value]) =>
        value === undefined ? [] : ['-H', `${name}: ${value}`],
      ),
      ...args,
      `${gate.url}/public/x`,
    )
  const broken: Readonly<Record<string, () => ReturnType<typeof curl>>> = {
    'no key': () => ask({ ...whole, 'Sec-WebSocket-Key': undefined }),
    'a short key': () => ask({ ...whole, 'Sec-WebSocket-Key': 'c2hvcnQ=' }),
    'no version': () => ask({ ...whole, 'Sec-WebSocket-Version': undefined }),
    'another version': () => ask({ ...whole, 'Sec-WebSocket-Version': '8' }),
    'another method': () => ask(whole, '--request', 'PUT'),
    'a body': () => ask(whole, '--request', 'GET', '--data', 'x'),
    'HTTP/1.0': () => ask(whole, '--http1.0'),
  }
  for (const [name, send] of Object.entries(broken)) {
    const answer = await send()
    t.equal(answer.status, 400, name)
    t.equal(answer.body, '{"message":"Bad Request"}', name)
    const versions = headerValues(answer, 'sec-websocket-version')
    t.strictSame(versions, name.endsWith('version') ? ['13'] : [], name)
  }
  t.equal((await service.state()).connections, 0)
})

t.test('other upgrades are ignored, and the request is served', async (t) => {
  const url = `${gate.url}/ws`
  for (const args of [[], ['--data', 'a body']]) {
    const answer = await curl('--http2', ...bearer(pool.idToken()), ...args, url)
    t.equal(answer.status, 200, 'curl offers h2c')
    const seen = JSON.parse(answer.body) as SeenHandshake & { readonly body: string }
    t.equal(seen.body, args[1] ?? '')
    t.strictSame(
      ['upgrade', 'http2-settings', 'x-claim-username'].map((name) => seen.headers[name]),
      [undefined, undefined, 'jane'],
    )
  }
  t.equal((await curl('--http2', url)).status, 401, 'and refused where any request would be')
})

t.test('what the service answers instead of opening is passed on', async (t) => {
  const outcome = await dialWebSocket(t, `${gate.url}/refuse`)
  t.match(outcome, { status: 418, body: 'no tea\n', headers: { 'x-reason': 'empty' } })
})

t.test('there are no more than there may be', async (t) => {
  await untilAllClosed(setup)
  const url = `${gate.url}/public/x`
  const open = await Promise.all(Array.from({ length: most }, () => openWebSocket(t, url)))
  const refused = await dialWebSocket(t, url)
  t.match(refused, { status: 503, body: '{"message":"Service Unavailable"}' })
  t.equal((await curl(url)).status, 200, 'other requests have connections of their own')
  open[0]?.socket.close()
  await gate.program.until(async () =>
    sumOf(await scrape(gate.adminUrl), 'websockets_active') < most ? true : undefined,
  )
  const next = await openWebSocket(t, url)
  t.equal((await next.ask('in')).toString(), 'in')
})
