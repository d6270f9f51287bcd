import t from 'tap'
import type { CorsSettings } from '../../src/core/settings.ts'
import type { RequestFacts } from '../../src/core/request.ts'
import { createServedCors } from '../../src/server/cors.ts'
import { connectTo, parseAnswers, refusal, startListener } from './data-listener.ts'

const settings: CorsSettings = {
  allowOrigins: ['https://app.example.com'],
  allowMethods: ['GET'],
  allowHeaders: [],
  exposeHeaders: [],
  allowCredentials: false,
  maxAge: undefined,
}

const served = createServedCors({ cors: settings, basePath: '/prod', apiType: 'HTTP' })!

const origin = ['Origin', 'https://app.example.com']

const facts = (target: string, method = 'OPTIONS'): RequestFacts => ({
  method,
  target,
  rawHeaders: [...origin, 'Access-Control-Request-Method', 'GET'],
  connectionOptions: undefined,
  host: 'a',
  remoteAddress: '127.0.0.1',
  secure: false,
  httpVersion: '1.1',
  hasBody: false,
  contentLength: undefined,
})

t.test('a preflight is answered for every path inside the base path', async (t) => {
  t.equal(createServedCors({ cors: undefined, basePath: '', apiType: 'REST' }), undefined)
  for (const target of ['/prod/a', '/prod/a%2Fb?x=1', '/prod']) {
    t.strictSame(served.preflight(facts(target), 'id-1'), {
      status: 204,
      headers: [
        ...['vary', 'Origin'],
        ...['access-control-allow-origin', 'https://app.example.com'],
        ...['access-control-allow-methods', 'GET'],
        ...['apigw-requestid', 'id-1'],
      ],
      body: '',
    })
  }
  for (const target of ['/prod/../a', '/prod//a', '*', '/other']) {
    t.equal(served.preflight(facts(target), 'id-1'), undefined, target)
  }
  t.equal(served.preflight(facts('/prod/a', 'GET'), 'id-1'), undefined)
})

const request = (line: string, ...lines: string[]): string =>
  [`${line} HTTP/1.1`, 'Host: a', `Origin: https://app.example.com`, ...lines, '', ''].join('\r\n')

t.test('no decision is asked for a preflight, and all answers are dressed', async (t) => {
  const asked: string[] = []
  const listener = await startListener(t, {
    cors: served,
    authorize: ({ method, target }) => {
      asked.push(`${method} ${target}`)
      return refusal('token_missing')
    },
  })
  const client = connectTo(t, listener.port)
  client.send(request('OPTIONS /prod/a', 'Access-Control-Request-Method: PUT'))
  await client.until(/apigw-requestid: .*\r\n(?:.+\r\n)*\r\n$/)
  client.send(request('OPTIONS /prod/a'))
  await client.until(/Unauthorized"}$/)
  client.send(
    request('OPTIONS /prod/../a', 'Access-Control-Request-Method: PUT', 'Connection: close'),
  )
  const answers = parseAnswers(
    (await client.ended).replace('\r\n\r\n', '\r\ncontent-length: 0\r\n\r\n'),
  )
  t.match(
    answers.map(({ status, headers }) => [
      status,
      headers['access-control-allow-origin'],
      headers['access-control-allow-methods'],
      headers['vary'],
    ]),
    [
      [204, 'https://app.example.com', 'GET', 'Origin'],
      [401, 'https://app.example.com', undefined, 'Origin'],
      [401, 'https://app.example.com', undefined, 'Origin'],
    ],
  )
  t.strictSame(asked, ['OPTIONS /prod/a', 'OPTIONS /prod/../a'])
  t.match(listener.finished, [
    { route: undefined, status: 204, upstreamMs: 0 },
    { status: 401 },
    { status: 401 },
  ])
  t.match(listener.lines[0], { route: 'none', denial: undefined, status: 204 })
})

t.test('a preflight’s body is read within bounds only', async (t) => {
  const listener = await startListener(t, { cors: served })
  const client = connectTo(t, listener.port)
  const head = request(
    'OPTIONS /prod/a',
    'Access-Control-Request-Method: PUT',
    'Content-Length: 9999',
  )
  client.send(`${head}GET /prod/b HTTP/1.1\r\nHost: a\r\n\r\n`)
  const text = await client.ended
  t.match(text, /^HTTP\/1\.1 204 No Content\r\n(?:.+\r\n)*Connection: close\r\n(?:.+\r\n)*\r\n$/)
  t.equal(listener.started, 1)
})
