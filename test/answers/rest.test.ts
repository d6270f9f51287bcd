import t from 'tap'
import { createHash } from 'node:crypto'
import { extendedRequestId } from '../../src/answers/request-ids.ts'
import { createRestAnswers } from '../../src/answers/rest.ts'
import { deny, denialCodes, type DenialCode } from '../../src/core/denial.ts'
import { contextOf, unseen } from '../helpers/answer-context.ts'

const restAnswer = createRestAnswers({
  limits: { maxBodyBytes: 10_485_760 },
  gatewayResponses: {},
})

const ids = ['x-amzn-RequestId', 'id-1', 'x-amz-apigw-id', extendedRequestId('id-1')]

const json = (errorType: string): string[] => [
  'Content-Type',
  'application/json',
  ...ids,
  'x-amzn-ErrorType',
  errorType,
]

const unauthorized = {
  status: 401,
  headers: json('UnauthorizedException'),
  body: '{"message":"Unauthorized"}',
}
const accessDenied = {
  status: 403,
  headers: json('AccessDeniedException'),
  body: '{"Message":"User is not authorized to access this resource"}',
}
const badRequest = {
  status: 400,
  headers: json('BadRequestException'),
  body: '{"message":"Bad Request"}',
}
const integrationFailure = {
  status: 504,
  headers: json('InternalServerErrorException'),
  body: '{"message": "Network error communicating with endpoint"}',
}

const wanted = {
  token_missing: unauthorized,
  token_duplicated: unauthorized,
  token_malformed: unauthorized,
  token_too_large: unauthorized,
  algorithm_refused: unauthorized,
  key_unknown: unauthorized,
  signature_invalid: unauthorized,
  token_not_yet_valid: unauthorized,
  token_revoked: unauthorized,
  token_too_old: unauthorized,
  issuer_mismatch: unauthorized,
  token_use_mismatch: unauthorized,
  client_mismatch: unauthorized,
  audience_mismatch: unauthorized,
  token_expired: { ...unauthorized, body: '{"message":"The incoming token has expired"}' },
  scope_insufficient: unauthorized,
  group_insufficient: accessDenied,
  claim_mismatch: accessDenied,
  route_denied: accessDenied,
  keys_unavailable: {
    status: 503,
    headers: [...json('ServiceUnavailableException'), 'Retry-After', '1'],
    body: '{"message":"Service Unavailable"}',
  },
  no_route: {
    status: 403,
    headers: json('MissingAuthenticationTokenException'),
    body: '{"message":"Missing Authentication Token"}',
  },
  target_ambiguous: badRequest,
  request_malformed: badRequest,
  peer_untrusted: {
    status: 403,
    headers: json('ForbiddenException'),
    body: '{"message":"Forbidden"}',
  },
  header_aliased: accessDenied,
  request_timeout: {
    status: 408,
    headers: json('RequestTimeoutException'),
    body: '{"message":"Request Timeout"}',
  },
  headers_too_large: {
    status: 431,
    headers: json('RequestHeaderFieldsTooLargeException'),
    body: '{"message":"Request Header Fields Too Large"}',
  },
  body_too_large: {
    status: 413,
    headers: ['Content-Type', 'text/plain', ...ids],
    body: 'HTTP content length exceeded 10485760 bytes.',
  },
  upstream_timeout: {
    status: 504,
    headers: json('InternalServerErrorException'),
    body: '{"message": "Endpoint request timed out"}',
  },
  upstream_unreachable: integrationFailure,
  upstream_broken: integrationFailure,
  upstream_overloaded: {
    status: 503,
    headers: json('ServiceUnavailableException'),
    body: '{"message":"Service Unavailable"}',
  },
  internal: {
    status: 500,
    headers: json('InternalServerErrorException'),
    body: '{"message": "Internal server error"}',
  },
} satisfies Record<DenialCode, unknown>

t.test('every refusal is answered as API Gateway answers it, byte for byte', async (t) => {
  for (const code of denialCodes) {
    t.strictSame(restAnswer(deny(code), contextOf({})), wanted[code], code)
  }
})

t.test('no answer looks at the request, but the one that has to', async (t) => {
  for (const code of denialCodes.filter((code) => code !== 'no_route')) {
    t.strictSame(restAnswer(deny(code), unseen()), wanted[code], code)
  }
})

t.test('the lengths are those that were seen of API Gateway', async (t) => {
  t.equal(restAnswer(deny('token_missing'), unseen()).body.length, 26)
  t.equal(restAnswer(deny('no_route'), contextOf({})).body.length, 42)
  t.equal(restAnswer(deny('internal'), unseen()).body.length, 36)
  t.equal(restAnswer(deny('upstream_timeout'), unseen()).body.length, 41)
})

t.test('without a route, an Authorization header is told off as a bad signature', async (t) => {
  const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64')
  const cases = [
    { name: 'a bearer token', given: 'Bearer a.b.c', bytes: Buffer.from('Bearer a.b.c') },
    {
      name: 'bytes beyond ASCII',
      given: 'Bearer \xff',
      bytes: Buffer.from('Bearer \xff', 'latin1'),
    },
  ]
  for (const { name, given, bytes } of cases) {
    const answer = restAnswer(deny('no_route'), contextOf({ header: { authorization: given } }))
    t.strictSame(
      answer,
      {
        status: 403,
        headers: json('IncompleteSignatureException'),
        body: `{"message":"Invalid key=value pair (missing equal-sign) in Authorization header (hashed with SHA-256 and encoded with Base64): '${sha256(bytes)}'."}`,
      },
      name,
    )
    t.doesNotThrow(() => JSON.parse(answer.body) as unknown, name)
    t.notOk(answer.body.includes('a.b.c'), 'the token itself is not shown')
  }
})

t.test('an empty Authorization header is none', async (t) => {
  const answer = restAnswer(deny('no_route'), contextOf({ header: { authorization: '' } }))
  t.strictSame(answer, wanted.no_route)
})

t.test('nothing of the cause is shown, and there is no challenge', async (t) => {
  const cause = new Error('the secret cause')
  for (const code of denialCodes) {
    const text = JSON.stringify(restAnswer(deny(code, { cause }), contextOf({})))
    t.notOk(text.includes('secret'), code)
    t.notMatch(text, /www-authenticate/i, code)
  }
})
