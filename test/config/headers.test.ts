import t from 'tap'
import {
  checkDistinct,
  checkHeaderName,
  checkHeaderValue,
  namesOf,
  type HeaderUse,
} from '../../src/config/headers.ts'
import { problemsOf } from '../helpers/problems-of.ts'

const check = (name: string, use: HeaderUse): readonly string[] =>
  problemsOf((report) => checkHeaderName(name, use, 'k', report))

t.test('a name is an RFC 9110 token', async (t) => {
  for (const name of ['X-User', 'x_user', "!#$%&'*+-.^`|~09"])
    t.strictSame(check(name, 'claim'), [])
  for (const name of ['', 'a b', 'a:b', 'ä', 'a\r\nb', '(a)', 'a'.repeat(129)]) {
    t.match(check(name, 'client'), [/^k: .* is not a header name$/])
  }
})

t.test('what belongs to the connection is nobody’s to use, under any alias', async (t) => {
  for (const name of [
    'Host',
    'Transfer-Encoding',
    'content-length',
    'Connection',
    'TE',
    'Keep_Alive',
    'Upgrade',
    'Expect',
  ]) {
    for (const use of ['claim', 'upstream', 'client'] as const) {
      t.strictSame(check(name, use), [
        `k: ${name} belongs to the connection and cannot be used here`,
      ])
    }
  }
})

t.test('what the gate writes cannot be set, but can be removed or let through', async (t) => {
  for (const name of [
    'X-Forwarded-For',
    'x_forwarded_uri',
    'Forwarded',
    'X-Request-Id',
    'X-Gate-Status',
    'Proxy',
    'Content-Type',
  ]) {
    for (const use of ['claim', 'upstream'] as const) {
      t.strictSame(check(name, use), [
        `k: ${name} is kept for the gate or for the body; choose another name`,
      ])
    }
    t.strictSame(check(name, 'client'), [])
  }
})

t.test('a claim cannot pose as credentials, a fixed header can be some', async (t) => {
  for (const name of ['Authorization', 'cookie']) {
    t.strictSame(check(name, 'claim'), [
      `k: ${name} carries credentials; choose another name for a claim`,
    ])
    t.strictSame(check(name, 'upstream'), [])
    t.strictSame(check(name, 'client'), [])
  }
})

t.test('a value is one line of ASCII and is not repeated', async (t) => {
  t.strictSame(
    problemsOf((report) => checkHeaderValue('Basic c2VjcmV0', 'k', report)),
    [],
  )
  for (const value of ['secret\r\nX: 1', 'secret\t', 'secretü']) {
    t.strictSame(
      problemsOf((report) => checkHeaderValue(value, 'k', report)),
      ['k: a header value is plain ASCII without controls'],
    )
  }
})

t.test('names that CGI reads as one are found', async (t) => {
  t.strictSame(
    problemsOf((report) =>
      checkDistinct(namesOf({ 'X-User': 1, x_user: 2, 'X-Other': 3, 'X.USER': 4 }, 'm'), report),
    ),
    [
      'm.x_user: an upstream may read x_user as the same name as m.X-User',
      'm["X.USER"]: an upstream may read X.USER as the same name as m.X-User',
    ],
  )
})
