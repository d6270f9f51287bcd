// Requests that ask to leave HTTP, on the listener and past it.
import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { createMockAnswer } from '../../src/answers/mock.ts'
import { systemClock } from '../../src/observe/clock.ts'
import { createAccounts } from '../../src/server/account.ts'
import { trackConnections } from '../../src/server/connections.ts'
import { readFacts } from '../../src/server/facts.ts'
import { createAnswerRefusal } from '../../src/server/answer-refusal.ts'
import { GateResponse } from '../../src/server/gate-response.ts'
import { createServe } from '../../src/server/serve.ts'
import { createUpgrade, isUpgradeTaken } from '../../src/server/upgrade.ts'
import { answerSettings } from '../helpers/answer-settings.ts'
import { handshake } from '../helpers/raw-websocket.ts'
import {
  connectTo,
  echo,
  eventually,
  parseAnswers,
  permit,
  refusal,
  startListener,
  type Books,
} from './data-listener.ts'

/** A listener as it is on a Node.js that knows no `shouldUpgradeCallback`. */
const startOldListener = async (t: Test): Promise<Books & { readonly port: number }> => {
  const books: Books = { started: 0, finished: [], early: [], lines: [], warnings: [] }
  const server = createServer({ requireHostHeader: false, ServerResponse: GateResponse })
  const connections = trackConnections(server)
  const accounts = createAccounts(
    {
      recorder: {
        requestStarted: () => (books.started += 1),
        requestFinished: (finished) => void books.finished.push(finished),
        refusedEarly: (code) => void books.early.push(code),
      },
      requestLog: { wants: () => true, write: (line) => void books.lines.push(line) },
      clock: systemClock,
      trustedProxies: [],
      apiType: 'REST',
      draining: () => false,
    },
    connections,
  )
  const options = {
    readFacts,
    authorize: () => permit,
    forward: echo,
    openWebSocket: echo,
    answer: createAnswerRefusal(answerSettings),
    answerMock: createMockAnswer('REST'),
    server,
  }
  server.on('request', createServe(options, connections, accounts))
  server.on('upgrade', createUpgrade(options, connections, accounts))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.close()
    server.closeAllConnections()
    connections.cutAll()
  })
  return Object.assign(books, { port: (server.address() as AddressInfo).port })
}

const h2c = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n'

t.test('another upgrade is served as the plain request it is, again and again', async (t) => {
  const { port, finished } = await startOldListener(t)
  const client = connectTo(t, port)
  for (let round = 0; round < 25; round += 1) {
    client.send(`GET /get${round} HTTP/1.1\r\nHost: a\r\n${h2c}X-A: \xe9\r\n\r\n`)
    await client.until(new RegExp(`GET /get${round}$`))
    client.send(`POST /post${round} HTTP/1.1\r\nHost: a\r\n${h2c}Content-Length: 3\r\n\r\na`)
    client.send('bc')
    await client.until(new RegExp(`POST /post${round}$`))
  }
  client.send(`GET /one HTTP/1.1\r\nHost: a\r\n${h2c}\r\nGET /two HTTP/1.1\r\nHost: a\r\n\r\n`)
  await client.until(/GET \/two$/)
  client.socket.end()
  await client.ended
  await eventually(() => finished.length === 52)
  t.ok(finished.every(({ status }) => status === 200))
})

t.test('another upgrade with a broken head is refused as any request', async (t) => {
  const { port, early } = await startOldListener(t)
  const client = connectTo(t, port)
  client.send(`GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n${h2c}\r\n`)
  t.match(parseAnswers(await client.ended), [{ status: 400, headers: { connection: 'close' } }])
  t.strictSame(early, ['request_malformed'])
})

t.test('newer versions of Node.js are told which upgrades are taken', async (t) => {
  const ask = (...rawHeaders: string[]) =>
    isUpgradeTaken.shouldUpgradeCallback({ rawHeaders } as never)
  t.ok(ask('Upgrade', 'websocket'))
  t.notOk(ask('Upgrade', 'h2c'))
})

t.test('a handshake is permitted like a request, and its 101 is its status', async (t) => {
  const listener = await startListener(t)
  const client = connectTo(t, listener.port)
  client.send(handshake())
  t.match(await client.until(/\r\n\r\n$/), /^HTTP\/1\.1 101 Switching Protocols\r\n/)
  await eventually(() => listener.finished.length === 1)
  t.match(listener.finished, [{ status: 101, route: { label: 'ANY /things' } }])
  t.match(listener.lines, [{ status: 101, denial: undefined }])
  t.equal(listener.started, 1)
})

t.test('a refused handshake gets the whole answer, and the connection ends', async (t) => {
  const listener = await startListener(t, { authorize: () => refusal('token_missing') })
  const client = connectTo(t, listener.port)
  client.send(`${handshake()}and more of it`)
  t.match(parseAnswers(await client.ended), [
    {
      status: 401,
      headers: { connection: 'close', 'x-amzn-errortype': 'UnauthorizedException' },
      body: '{"message":"Unauthorized"}',
    },
  ])
  t.match(listener.lines, [{ status: 401, denial: 'token_missing' }])
})

t.test('a broken handshake is malformed; another version is told which one is known', async (t) => {
  const cases = [
    { name: 'version', given: handshake().replace('13', '8'), version: '13' },
    { name: 'key', given: handshake().replace('==', ''), version: undefined },
    { name: 'method', given: handshake().replace('GET', 'POST'), version: undefined },
    {
      name: 'body',
      given: `${handshake('/', ['Content-Length: 5'])}hello`,
      version: undefined,
    },
    { name: 'no Host', given: handshake().replace('Host: gate\r\n', ''), version: undefined },
  ]
  for (const { name, given, version } of cases) {
    const listener = await startListener(t)
    const client = connectTo(t, listener.port)
    client.send(given)
    const [answer] = parseAnswers(await client.ended)
    t.equal(answer?.status, 400, name)
    t.equal(answer?.headers['sec-websocket-version'], version, name)
    t.strictSame(listener.early, ['request_malformed'], name)
  }
})

t.test('a handshake behind a request that is not answered yet ends the connection', async (t) => {
  const listener = await startListener(t, { forward: () => undefined })
  const client = connectTo(t, listener.port)
  client.send(`GET /held HTTP/1.1\r\nHost: a\r\n\r\n${handshake()}`)
  t.equal(await client.ended, '')
  await eventually(() => listener.finished.length === 1)
  t.match(listener.finished, [{ status: 499 }])
})

t.test('a handshake on a connection that has served requests is taken', async (t) => {
  const listener = await startListener(t)
  const client = connectTo(t, listener.port)
  client.send('GET /first HTTP/1.1\r\nHost: a\r\n\r\n')
  await client.until(/GET \/first$/)
  client.send(handshake())
  await client.until(/101 Switching/)
  t.pass()
})

t.test('a large refusal by the upstream waits for the client', async (t) => {
  const size = 8_000_000
  let drained = 0
  const listener = await startListener(t, {
    openWebSocket: (_permit, { response }) => {
      response.writeHead(403, ['Content-Length', String(size)])
      response.write(Buffer.alloc(size - 1, 'x'))
      response.once('drain', () => {
        drained += 1
        response.end('x')
      })
    },
  })
  const client = connectTo(t, listener.port)
  client.send(handshake())
  t.equal(parseAnswers(await client.ended)[0]?.body.length, size)
  t.equal(drained, 1)
})
