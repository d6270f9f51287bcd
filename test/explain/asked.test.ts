import t from 'tap'
import type { Settings } from '../../src/core/settings.ts'
import {
  asBytes,
  composeRequest,
  parseHeaderLine,
  requestText,
  type AskedRequest,
} from '../../src/explain/asked.ts'
import { cognitoAuthorizer, jwtAuthorizer } from '../helpers/authorizer-settings.ts'
import { tableOf } from '../routing/route-settings.ts'

t.test('a header line is read as a parser would', async (t) => {
  const cases: readonly { given: string; want: unknown }[] = [
    { given: 'X-A: b', want: ['X-A', 'b'] },
    { given: 'X-A:b:c ', want: ['X-A', 'b:c'] },
    { given: 'X-A: \t', want: ['X-A', ''] },
    { given: 'X-A: a\tb', want: ['X-A', 'a\tb'] },
    { given: 'X-A: é', want: ['X-A', 'Ã©'] },
    { given: 'X-A', want: "write it as 'Name: value'" },
    { given: ': a', want: '"" is no header name' },
    { given: 'X A: a', want: '"X A" is no header name' },
    { given: 'X-A : a', want: '"X-A " is no header name' },
    { given: 'X-É: a', want: '"X-É" is no header name' },
    { given: 'X-A: a\r\nX-B: c', want: 'the value of X-A holds a control character' },
    { given: 'X-A: a\u0000', want: 'the value of X-A holds a control character' },
    { given: 'X-A: a\u007f', want: 'the value of X-A holds a control character' },
  ]
  for (const { given, want } of cases) {
    const parsed = parseHeaderLine(given)
    t.strictSame(parsed.ok ? parsed.value : parsed.error, want, JSON.stringify(given))
  }
})

const table = tableOf([
  ['GET /pool', 'pool'],
  ['GET /named', 'named'],
  ['GET /query', 'partner'],
  ['GET /public', 'NONE'],
])
const settings = {
  basePath: '',
  authorizers: [
    cognitoAuthorizer(),
    cognitoAuthorizer({ name: 'named', identitySource: { in: 'header', name: 'x-api-token' } }),
    jwtAuthorizer({ identitySource: { in: 'query', name: 'access token' } }),
  ],
} as unknown as Settings

const compose = (path: string, more: Partial<AskedRequest> = {}) =>
  composeRequest({ method: 'GET', path, headers: [], token: undefined, ...more }, settings, table)

t.test('the token goes where the matched route looks for it', async (t) => {
  const token = 'a.b.c'
  const bearer = ['Host', 'localhost', 'Authorization', 'Bearer a.b.c']
  const cases: readonly {
    path: string
    more?: Partial<AskedRequest>
    want: readonly [target: string, headers: readonly string[]]
  }[] = [
    { path: '/pool', more: { token: undefined }, want: ['/pool', ['Host', 'localhost']] },
    { path: '/pool?a', want: ['/pool?a', bearer] },
    {
      path: '/pool',
      more: { token: 'bearer a.b.c' },
      want: ['/pool', ['Host', 'localhost', 'Authorization', 'bearer a.b.c']],
    },
    { path: '/named', want: ['/named', ['Host', 'localhost', 'X-Api-Token', 'a.b.c']] },
    { path: '/query', want: ['/query?access%20token=a.b.c', ['Host', 'localhost']] },
    {
      path: '/query?a=b',
      more: { token: 'a+b' },
      want: ['/query?a=b&access%20token=a%2Bb', ['Host', 'localhost']],
    },
    { path: '/public', want: ['/public', bearer] },
    { path: '/nowhere', want: ['/nowhere', bearer] },
    { path: '/a/../b', want: ['/a/../b', bearer] },
    {
      path: '/pool',
      more: { headers: ['hOST', 'api.example', 'X-A', 'b'] },
      want: ['/pool', ['hOST', 'api.example', 'X-A', 'b', 'Authorization', 'Bearer a.b.c']],
    },
  ]
  for (const { path, more, want } of cases) {
    const { method, target, headers } = compose(path, { token, ...more })
    t.strictSame([method, target, headers], ['GET', ...want], path)
  }
})

t.test('the request as bytes, with the first of a body that is declared', async (t) => {
  const cases: readonly { headers: readonly string[]; want: string }[] = [
    { headers: [], want: '' },
    { headers: ['Content-Length', '0'], want: '' },
    { headers: ['content-length', '7'], want: 'x' },
    { headers: ['Content-Length', 'seven'], want: '' },
    { headers: ['Transfer-Encoding', 'chunked'], want: '1\r\nx\r\n0\r\n\r\n' },
  ]
  for (const { headers, want } of cases) {
    const text = requestText(compose('/public', { headers }))
    const lines = headers.length === 0 ? '' : `${headers.join(': ')}\r\n`
    t.equal(text, `GET /public HTTP/1.1\r\nHost: localhost\r\n${lines}\r\n${want}`)
  }
  t.equal(asBytes('/é'), '/Ã©')
})
