// What is not the gate's business: bodies both ways, methods, repeated headers and the bytes of the
// path arrive as they were sent, by curl and from nginx.
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { curl, headerValues, runCurl } from './helpers/curl.ts'
import { ephemeralListeners, startGate, type Gate } from './helpers/gate.ts'
import { startNginx, seenRequest, type Nginx } from './helpers/nginx.ts'
import type { Scope } from './helpers/program.ts'
import { tempDir } from './helpers/temp-dir.ts'

const startBoth = async (scope: Scope): Promise<{ readonly nginx: Nginx; readonly gate: Gate }> => {
  const nginx = await startNginx(scope)
  const gate = await startGate(scope, {
    config: `${ephemeralListeners}
upstream: { url: '${nginx.url}' }
routes: [{ path: '/{proxy+}', method: ANY, authorizationType: NONE }]
`,
  })
  return { nginx, gate }
}

t.test('a request arrives as it was sent', async (t) => {
  const { gate } = await startBoth(t)
  const { host } = new URL(gate.url)

  await t.test('a form', async (t) => {
    const answer = await curl('--data', 'a=1&b=2', '-H', 'X-Custom: one', `${gate.url}/form?q=%7e`)
    const { requestLine, headers, body } = seenRequest(answer.body)
    t.equal(requestLine, 'POST /form?q=%7e HTTP/1.1')
    t.equal(body, 'a=1&b=2')
    t.match(Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])), {
      host,
      'x-custom': 'one',
      'content-length': '7',
      'content-type': 'application/x-www-form-urlencoded',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': host,
      'x-request-id': /^[0-9a-f-]{36}$/,
    })
  })

  await t.test('a chunked body that waits for leave to be sent', async (t) => {
    const text = 'x'.repeat(8000)
    const file = join(tempDir(t), 'body')
    writeFileSync(file, text)
    const chunked = ['-H', 'Transfer-Encoding: chunked', '-H', 'Expect: 100-continue']
    const answer = await curl('--upload-file', file, ...chunked, `${gate.url}/upload`)
    const { requestLine, headers, body } = seenRequest(answer.body)
    t.equal(requestLine, 'PUT /upload HTTP/1.1')
    t.equal(body, text)
    t.equal(headers.filter(([name]) => name.toLowerCase() === 'content-length').length, 0)
  })

  await t.test('headers of hops and of earlier proxies do not', async (t) => {
    const forged = ['X-Forwarded-For: 1.2.3.4', 'Forwarded: for=1.2.3.4', 'X-Original-URL: /admin']
    const hop = [
      'Connection: X-Secret',
      'X-Secret: 1',
      'Proxy-Authorization: Basic eDp5',
      'TE: trailers',
    ]
    const args = [...forged, ...hop].flatMap((line) => ['-H', line])
    const { headers } = seenRequest((await curl(...args, `${gate.url}/x`)).body)
    const values = headers.map(([name, value]) => `${name}: ${value}`).join('\n')
    t.notMatch(values, /1\.2\.3\.4|admin|secret|eDp5|trailers/i)
  })
})

t.test('an answer arrives as it was sent', async (t) => {
  const { nginx, gate } = await startBoth(t)

  await t.test('repeated headers', async (t) => {
    const answer = await curl(`${gate.url}/cookies`)
    t.strictSame(headerValues(answer, 'set-cookie'), ['a=1; Path=/', 'b=2; Path=/'])
    t.match(headerValues(answer, 'server'), [/^nginx/])
    t.equal(answer.body, 'cookies')
  })

  await t.test('a file, byte for byte, and a range of it', async (t) => {
    const bytes = randomBytes(3_000_000)
    writeFileSync(join(nginx.filesDir, 'random'), bytes)
    const copy = join(tempDir(t), 'copy')
    await runCurl(['--output', copy, `${gate.url}/files/random`])
    t.ok(readFileSync(copy).equals(bytes))
    const range = await curl('--range', '10-19', `${gate.url}/files/random`)
    t.equal(range.status, 206)
    t.equal(range.body, bytes.subarray(10, 20).toString('latin1'))
  })

  await t.test('a HEAD without a body', async (t) => {
    writeFileSync(join(nginx.filesDir, 'text'), 'hello')
    const answer = await curl('--head', `${gate.url}/files/text`)
    t.equal(answer.status, 200)
    t.strictSame(headerValues(answer, 'content-length'), ['5'])
    t.equal(answer.body, '')
  })

  await t.test('a status of the upstream’s own', async (t) => {
    const answer = await curl(`${gate.url}/files/missing`)
    t.equal(answer.status, 404)
    t.match(answer.body, '404 Not Found')
    t.strictSame(headerValues(answer, 'x-amzn-errortype'), [])
  })
})

t.test('an upstream that is not there is 504', async (t) => {
  const gate = await startGate(t, {
    config: `${ephemeralListeners}
upstream: { url: 'http://127.0.0.1:1' }
routes: [{ path: '/{proxy+}', method: ANY, authorizationType: NONE }]
`,
  })
  const answer = await curl(`${gate.url}/x`)
  t.equal(answer.status, 504)
  t.equal(answer.body, '{"message": "Network error communicating with endpoint"}')
})
