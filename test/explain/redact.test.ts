import t from 'tap'
import { extendedRequestId } from '../../src/answers/request-ids.ts'
import type { WebSocketSettings } from '../../src/core/settings.ts'
import { createRedaction, withoutQuery } from '../../src/explain/redact.ts'
import { cognitoAuthorizer, jwtAuthorizer } from '../helpers/authorizer-settings.ts'

const settings = {
  claimsHeader: 'X-Payload',
  authorizers: [
    cognitoAuthorizer({ identitySource: { in: 'header', name: 'x-api-token' } }),
    jwtAuthorizer({ identitySource: { in: 'query', name: 'token' } }),
  ],
  websocket: { tokenQuery: 'access_token', tokenProtocolPrefix: 'bearer.' } as WebSocketSettings,
}
const requestId = 'b3f2a0c4-0000-4000-8000-000000000001'

const redactionOf = (target: string, headers: readonly string[] = []) =>
  createRedaction({ method: 'GET', target, headers }, settings, requestId)

t.test('a header that holds credentials holds none any more', async (t) => {
  const { headerValue } = redactionOf('/a', ['Authorization', 'Bearer not.a.token'])
  const cases: readonly (readonly [name: string, value: string, want: string])[] = [
    ['Authorization', 'Bearer not.a.token', 'Bearer <the token>'],
    ['authorization', 'bearer  x', 'bearer  <the token>'],
    ['Authorization', 'x', '<the token>'],
    ['Authorization', 'Basic dXNlcjpwYXNz', '<the token>'],
    ['X-Api-Token', 'x y', '<the token>'],
    ['x-payload', 'eyJzdWIiOiJqYW5lIn0', '<the payload, 14 bytes>'],
    ['X-Copy', 'it was not.a.token', 'it was <the token>'],
    ['X-Request-Id', requestId, '<the request id>'],
    ['X-Claim-Sub', 'jane', 'jane'],
  ]
  for (const [name, value, want] of cases) t.equal(headerValue(name, value), want, name)
})

t.test('a token is found wherever a request may bring it', async (t) => {
  const cases: readonly { target?: string; headers?: readonly string[]; secret: string }[] = [
    { headers: ['X-API-Token', 'Bearer opaque-token'], secret: 'opaque-token' },
    { target: '/a?token=opaque-token', secret: 'opaque-token' },
    { target: '/a?b=c&access_token=opaque%2Dtoken', secret: 'opaque-token' },
    { target: '/a?access_token=opaque%2Dtoken', secret: 'opaque%2Dtoken' },
    { headers: ['Sec-WebSocket-Protocol', 'chat, bearer.opaque-token'], secret: 'opaque-token' },
    { secret: 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJqYW5lIn0.c2ln' },
  ]
  for (const { target = '/a', headers, secret } of cases) {
    const { text } = redactionOf(target, headers)
    t.equal(text(`so (${secret})`), 'so (<the token>)', secret)
  }
})

t.test('what is no secret stays, and what is short is a word like others', async (t) => {
  const { text } = redactionOf('/a?token=GET&b=1', [
    ...['Authorization', 'Bearer a', 'X-Other', 'opaque-token'],
    ...['Sec-WebSocket-Protocol', 'opaque-token'],
  ])
  t.equal(text('GET /a opaque-token 1'), 'GET /a opaque-token 1')
  const quiet = createRedaction(
    { method: 'GET', target: '/a', headers: ['Sec-WebSocket-Protocol', 'opaque-token'] },
    { ...settings, websocket: { ...settings.websocket, tokenProtocolPrefix: '' } },
    requestId,
  )
  t.equal(quiet.text('opaque-token'), 'opaque-token', 'no prefix, no token')
})

t.test('ids of this one run have names, and the query has none of its text', async (t) => {
  const { text } = redactionOf('/a?order=1234&b')
  t.equal(
    text(`${requestId} ${extendedRequestId(requestId)} order=1234&b`),
    '<the request id> <the extended request id> <query>',
  )
  t.equal(withoutQuery('/a?b?c'), '/a?<query>')
  t.equal(withoutQuery('/a?'), '/a?<query>')
  t.equal(withoutQuery('/a'), '/a')
})
