import t from 'tap'
import { isDenial } from '../../src/core/denial.ts'
import type { RequestFacts } from '../../src/core/request.ts'
import { readOriginal, wayOf, type Way } from '../../src/server/original.ts'

const asked = (rawHeaders: readonly string[], more: Partial<RequestFacts> = {}): RequestFacts => ({
  method: 'GET',
  target: '/auth/original',
  rawHeaders,
  connectionOptions: undefined,
  host: 'gate',
  remoteAddress: '127.0.0.1',
  secure: false,
  httpVersion: '1.0',
  hasBody: true,
  contentLength: 5,
  ...more,
})

const told = (way: Way, rawHeaders: readonly string[], more: Partial<RequestFacts> = {}) => {
  const original = readOriginal(asked(rawHeaders, more), way)
  if (isDenial(original)) return `${original.code}: ${String(original.cause)}`
  return `${original.method} ${original.target}`
}

t.test('a path stands for a way, to the letter', async (t) => {
  for (const [url, want] of [
    ['/auth/original', 'original'],
    ['/auth/original?a=/auth/forwarded', 'original'],
    ['/auth/forwarded', 'forwarded'],
    ['/auth/forwarded?x', 'forwarded'],
    ['/auth/request/', 'request'],
    ['/auth/request/../original', 'request'],
    ['/auth/request', undefined],
    ['/auth/request?/', undefined],
    ['/auth/requests/', undefined],
    ['/auth/original/', undefined],
    ['/AUTH/original', undefined],
    ['//auth/original', undefined],
    ['http://gate/auth/original', undefined],
    ['/', undefined],
    ['*', undefined],
  ] as const) {
    t.equal(wayOf(url), want, url)
  }
})

const method = ['X-Original-Method', 'PUT']
const malformed = (cause: string) => `request_malformed: ${cause}`

t.test('nginx tells it by X-Original-*', async (t) => {
  for (const [headers, want] of [
    [[...method, 'X-Original-URI', '/a?b'], 'PUT /a?b'],
    [['x-original-method', 'PUT', 'X-ORIGINAL-URI', '/a'], 'PUT /a'],
    [[...method, 'X-Original-URL', 'https://h.example:8443/a%2Fb?c=d'], 'PUT /a%2Fb?c=d'],
    [[...method, 'X-Original-URL', 'http://[::1]/'], 'PUT /'],
    [[...method, 'X-Original-URI', '/a', 'X-Original-URL', 'http://h/a'], 'PUT /a'],
    // What it means is for the parser of targets to judge.
    [[...method, 'X-Original-URI', '//a/..#'], 'PUT //a/..#'],
    [[...method, 'X-Original-URI', ''], 'PUT '],
    [['X-Original-URI', '/a'], malformed('x-original-method missing')],
    [method, malformed('X-Original-URI missing')],
    [[...method, ...method, 'X-Original-URI', '/a'], malformed('x-original-method repeated')],
    [
      [...method, 'X-Original-URI', '/a', 'X-Original-URI', '/a'],
      malformed('x-original-uri repeated'),
    ],
    [
      [...method, 'X-Original-URI', '/a', 'X-Original-URL', 'http://h/a', 'x-original-url', ''],
      malformed('x-original-url repeated'),
    ],
    [
      [...method, 'X-Original-URI', '/a', 'X-Original-URL', 'http://h/b'],
      malformed('X-Original-URI and X-Original-URL disagree'),
    ],
    [
      [...method, 'X-Original-URI', '/a', 'X-Original-URL', 'http://h/a?'],
      malformed('X-Original-URI and X-Original-URL disagree'),
    ],
    [[...method, 'X-Original-URI', '/a', 'X-Original-URL', ''], malformed('X-Original-URL')],
  ] as const) {
    t.equal(told('original', headers), want, headers.join(' '))
  }
})

t.test('a URL whose authority could choose the path is none', async (t) => {
  for (const url of [
    '/a',
    'http:/a',
    'http:///a',
    'http://h',
    'http://h?/a',
    'http://h#/a',
    'http://h?x=/a',
    'http://user@h/a',
    'http://h\\/a',
    'http://h,g/a',
    'http://h:/a',
    'http://h:123456/a',
    'ftp://h/a',
    'HTTP://h/a',
    ' http://h/a',
    'http://h/a\nb',
  ]) {
    t.equal(told('original', [...method, 'X-Original-URL', url]), malformed('X-Original-URL'), url)
  }
})

t.test('Traefik and Caddy tell it by X-Forwarded-*', async (t) => {
  const line = ['X-Forwarded-Method', 'POST']
  for (const [headers, want] of [
    [[...line, 'X-Forwarded-Uri', '/a;b?c'], 'POST /a;b?c'],
    [line, malformed('x-forwarded-uri missing')],
    [['X-Forwarded-Uri', '/a'], malformed('x-forwarded-method missing')],
    [[...line, ...line, 'X-Forwarded-Uri', '/a'], malformed('x-forwarded-method repeated')],
    [
      [...line, 'X-Forwarded-Uri', '/', 'x-forwarded-uri', '/'],
      malformed('x-forwarded-uri repeated'),
    ],
  ] as const) {
    t.equal(told('forwarded', headers), want, headers.join(' '))
  }
})

t.test('Envoy asks as the client did', async (t) => {
  const target = '/auth/request/a/../b?c#d'
  t.equal(told('request', [], { method: 'DELETE', target }), 'DELETE /a/../b?c#d')
})

t.test('the headers of another way are not looked at', async (t) => {
  const others = ['X-Original-URI', '/x', 'X-Original-URI', '/y', 'X-Original-Method', 'no method']
  const own = ['X-Forwarded-Method', 'GET', 'X-Forwarded-Uri', '/a']
  t.equal(told('forwarded', [...others, ...own]), 'GET /a')
  t.equal(told('request', [...others, ...own, ...own], { target: '/auth/request/b' }), 'GET /b')
  t.equal(told('original', [...own, ...own, ...method, 'X-Original-URI', '/c']), 'PUT /c')
})

t.test('a method is one that the gate’s own listener takes', async (t) => {
  for (const name of ['get', 'FOO', 'CONNECT', 'GET, POST', ' GET', '', 'GET /x HTTP/1.1']) {
    const headers = ['X-Forwarded-Method', name, 'X-Forwarded-Uri', '/a']
    t.equal(told('forwarded', headers), malformed('method of the original request'), name)
  }
})

t.test('of the original request no body is known, and its token is where it was', async (t) => {
  const headers = [...method, 'X-Original-URI', '/a', 'Authorization', 'x']
  t.strictSame(readOriginal(asked(headers), 'original'), {
    ...asked(headers),
    method: 'PUT',
    target: '/a',
    httpVersion: '1.1',
    hasBody: false,
    contentLength: undefined,
  })
})

t.test('a handshake is known by what is left of it', async (t) => {
  const key = 'dGhlIHNhbXBsZSBub25jZQ=='
  const handshake = (given: string, name = 'GET') => {
    const original = readOriginal(
      asked([
        ...['X-Forwarded-Method', name, 'X-Forwarded-Uri', '/ws'],
        ...['Sec-WebSocket-Version', '13', 'Sec-WebSocket-Key', given],
        ...['Sec-WebSocket-Protocol', 'chat, bearer.x'],
      ]),
      'forwarded',
    )
    return isDenial(original) ? original : original.webSocket
  }
  t.strictSame(handshake(key), { key, protocols: ['chat', 'bearer.x'] })
  t.equal(handshake('short'), undefined)
  t.equal(handshake(key, 'POST'), undefined)
})
