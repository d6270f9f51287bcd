import t from 'tap'
import { parseIdentitySource } from '../../src/config/identity-source.ts'
import { problemsOf } from '../helpers/problems-of.ts'

const ignore = (): void => undefined

t.test('a header is named in lower case, a query parameter as written', async (t) => {
  for (const [text, type, want] of [
    [
      'method.request.header.Authorization',
      'COGNITO_USER_POOLS',
      { in: 'header', name: 'authorization' },
    ],
    ['$request.header.X-Token', 'JWT', { in: 'header', name: 'x-token' }],
    ['$request.querystring.Access_Token', 'JWT', { in: 'query', name: 'Access_Token' }],
  ] as const) {
    t.strictSame(parseIdentitySource(text, type, 'k', ignore), want)
  }
})

t.test('each type has its own forms', async (t) => {
  const cognito = 'method.request.header.NAME'
  const jwt = '$request.header.NAME or $request.querystring.NAME'
  for (const [text, type, want] of [
    ['', 'COGNITO_USER_POOLS', `k: "" is not of the form ${cognito}`],
    ['Authorization', 'COGNITO_USER_POOLS', `k: "Authorization" is not of the form ${cognito}`],
    [
      'method.request.header.',
      'COGNITO_USER_POOLS',
      `k: "method.request.header." is not of the form ${cognito}`,
    ],
    [
      'method.request.querystring.t',
      'COGNITO_USER_POOLS',
      `k: "method.request.querystring.t" is not of the form ${cognito}`,
    ],
    ['method.request.header.A', 'JWT', `k: "method.request.header.A" is not of the form ${jwt}`],
    ['$request.header.a b', 'JWT', 'k: "a b" is not a header name'],
    ['$request.header.Host', 'JWT', 'k: Host belongs to the connection and cannot be used here'],
    ['$request.querystring.a&b', 'JWT', 'k: "a&b" is not the plain name of a parameter'],
  ] as const) {
    t.strictSame(
      problemsOf((report) => parseIdentitySource(text, type, 'k', report)),
      [want],
    )
  }
})
