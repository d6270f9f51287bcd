import t from 'tap'
import type { Scheme } from '../../src/openapi/authorizers.ts'
import { accessOf } from '../../src/openapi/security.ts'

const pointer = '/securityDefinitions/x'
const schemes = new Map<string, Scheme>([
  ['pool', { kind: 'authorizer', type: 'COGNITO_USER_POOLS', settings: {}, pointer }],
  ['other', { kind: 'authorizer', type: 'COGNITO_USER_POOLS', settings: {}, pointer }],
  ['key', { kind: 'api key', message: 'is an API key', pointer }],
  ['lambda', { kind: 'refused', message: 'is a Lambda authorizer', pointer }],
])

const read = (node: unknown, document: Record<string, unknown> = {}, itemAuth?: unknown) => {
  const access = accessOf(
    { path: '/a', method: 'GET', node, pointer: '/op', itemAuth },
    document,
    schemes,
  )
  return access.kind === 'denied' ? `${access.pointer}: ${access.message}` : access
}
const open = { kind: 'open' } as const
const token = (...scopes: string[]) => ({ kind: 'token', authorizer: 'pool', scopes }) as const

t.test('security is open, or one authorizer with scopes', async (t) => {
  t.strictSame(read({}), open)
  t.strictSame(read({ security: [] }), open)
  t.strictSame(read({}, { security: [] }), open)
  t.strictSame(read({ security: [] }, { security: [{ pool: [] }] }), open)
  t.strictSame(read({ security: [{ pool: [] }] }), token())
  t.strictSame(read({ security: [{ pool: ['a/b', 'c', 'a/b'] }] }), token('a/b', 'c'))
})

t.test('x-amazon-apigateway-auth says it too', async (t) => {
  const key = 'x-amazon-apigateway-auth'
  const none = { [key]: { type: 'NONE' } }
  t.strictSame(read(none), open)
  t.strictSame(read({ ...none, security: [] }), open)
  t.strictSame(read(none, { security: [{ pool: [] }] }), open)
  const cases = [
    [{ [key]: { type: 'AWS_IAM' } }, 'is signed by IAM, which the gate does not verify'],
    [{ [key]: { type: 'CUSTOM' } }, 'has the type "CUSTOM", which is not known here'],
    [{ [key]: 'NONE' }, 'has the type undefined, which is not known here'],
    [{ [key]: null }, 'has the type undefined, which is not known here'],
    [{ ...none, security: [{ pool: [] }] }, 'says NONE, but security says otherwise'],
    [{ ...none, security: {} }, 'says NONE, but security says otherwise'],
  ] as const
  for (const [node, message] of cases) {
    t.strictSame(read(node), `/op/x-amazon-apigateway-auth: ${message}`)
  }
})

t.test('what the gate cannot check is denied', async (t) => {
  const cases: readonly (readonly [unknown, string])[] = [
    ['pool', '/op/security: "pool" is not a list'],
    [null, '/op/security: null is not a list'],
    [{ pool: [] }, '/op/security: a map is not a list'],
    [[{}], '/op/security/0: is an optional requirement, which would let everyone pass'],
    [['pool'], '/op/security/0: "pool" is no security requirement'],
    [[{ pool: [] }, {}], '/op/security: has alternatives, of which the gate knows none'],
    [[{ pool: [] }, { other: [] }], '/op/security: has alternatives, of which the gate knows none'],
    [[{ pool: [], other: [] }], '/op/security/0: needs several schemes at once'],
    [[{ key: [] }], '/op/security: needs the API key "key", which the gate does not check'],
    [
      [{ pool: [] }, { key: [] }],
      '/op/security: needs the API key "key", which the gate does not check',
    ],
    [
      [{ pool: [], key: [] }],
      '/op/security: needs the API key "key", which the gate does not check',
    ],
    [
      [{ lambda: [] }],
      '/op/security/0/lambda: needs "lambda" (/securityDefinitions/x), which is a Lambda authorizer',
    ],
    [
      [{ toString: [] }],
      '/op/security/0/toString: needs "toString", and there is no scheme of that name',
    ],
    [[{ pool: 'a' }], '/op/security/0/pool: has scopes that are not a list of texts'],
    [[{ pool: [''] }], '/op/security/0/pool: has scopes that are not a list of texts'],
  ]
  for (const [security, denial] of cases) t.strictSame(read({ security }), denial)
})

t.test('an operation that leans on what stands around it is denied', async (t) => {
  const denial = /^\/op: has no security of its own; API Gateway ignores/
  const iam = { type: 'AWS_IAM' }
  t.match(read({}, { 'x-amazon-apigateway-auth': iam }), denial)
  t.match(read({}, {}, iam), denial)
  t.strictSame(read({ security: [] }, {}, iam), open)
  for (const security of [[{ pool: [] }], 'odd', [{}]]) {
    t.match(read({}, { security }), /^\/op: has no security of its own; API Gateway ignores/)
  }
})
