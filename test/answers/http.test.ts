import t from 'tap'
import { httpAnswer } from '../../src/answers/http.ts'
import { deny, denialCodes, type DenialCode } from '../../src/core/denial.ts'
import { routeWithScopes, unseen } from '../helpers/answer-context.ts'

const head = ['content-type', 'application/json', 'apigw-requestid', 'id-1']
const route = routeWithScopes(['orders/read', 'orders/admin'])

const answer = (status: number, message: string, ...more: readonly string[]) => ({
  status,
  headers: [...head, ...more],
  body: `{"message":"${message}"}`,
})

const unauthorized = (description: string) =>
  answer(
    401,
    'Unauthorized',
    'www-authenticate',
    `Bearer scope="orders/read orders/admin" error="invalid_token" error_description="${description}"`,
  )
const forbidden = answer(403, 'Forbidden')
const badRequest = answer(400, 'Bad Request')
const unavailable = answer(503, 'Service Unavailable')

const wanted = {
  token_missing: answer(401, 'Unauthorized', 'www-authenticate', 'Bearer'),
  token_duplicated: unauthorized('the request holds more than one token'),
  token_malformed: unauthorized('token contains an invalid number of segments'),
  token_too_large: unauthorized('the token is too large'),
  algorithm_refused: unauthorized('the token does not have a valid algorithm'),
  key_unknown: unauthorized('the token is signed with an unknown key'),
  signature_invalid: unauthorized('the token does not have a valid signature'),
  token_not_yet_valid: unauthorized('the token is not valid yet'),
  token_revoked: unauthorized('the token is revoked'),
  token_too_old: unauthorized('the token is too old'),
  issuer_mismatch: unauthorized('the token does not have a valid issuer'),
  token_use_mismatch: unauthorized('the token does not have a valid token_use'),
  client_mismatch: unauthorized('the token does not have a valid client'),
  audience_mismatch: unauthorized('the token does not have a valid audience'),
  token_expired: unauthorized('the token has expired'),
  scope_insufficient: answer(
    403,
    'Forbidden',
    'www-authenticate',
    'Bearer scope="orders/read orders/admin" error="insufficient_scope" error_description="expected scopes: [orders/read orders/admin]"',
  ),
  group_insufficient: forbidden,
  claim_mismatch: forbidden,
  route_denied: forbidden,
  keys_unavailable: answer(503, 'Service Unavailable', 'Retry-After', '1'),
  no_route: answer(404, 'Not Found'),
  target_ambiguous: badRequest,
  request_malformed: badRequest,
  peer_untrusted: forbidden,
  header_aliased: forbidden,
  request_timeout: answer(408, 'Request Timeout'),
  headers_too_large: answer(431, 'Request Header Fields Too Large'),
  body_too_large: answer(413, 'Request Entity Too Large'),
  upstream_timeout: unavailable,
  upstream_unreachable: unavailable,
  upstream_broken: unavailable,
  upstream_overloaded: unavailable,
  internal: answer(500, 'Internal Server Error'),
} satisfies Record<DenialCode, unknown>

t.test('every refusal is answered as an HTTP API answers it, byte for byte', async (t) => {
  for (const code of denialCodes) t.strictSame(httpAnswer(deny(code), unseen(route)), wanted[code])
})

t.test('a challenge names the scopes of the route, and none where there are none', async (t) => {
  const open = { ...route, access: { kind: 'public' } as const }
  for (const given of [undefined, open, routeWithScopes([])]) {
    t.strictSame(httpAnswer(deny('token_expired'), unseen(given)).headers.slice(4), [
      'www-authenticate',
      'Bearer scope="" error="invalid_token" error_description="the token has expired"',
    ])
  }
})

t.test('a description fits between its quotes (RFC 6750 §3)', async (t) => {
  for (const code of denialCodes) {
    const { headers } = httpAnswer(deny(code), unseen(route))
    const challenge = headers[headers.indexOf('www-authenticate') + 1] ?? ''
    if (!headers.includes('www-authenticate') || challenge === 'Bearer') continue
    const quoted = String.raw`"[\x20\x21\x23-\x5b\x5d-\x7e]*"`
    const form = `^Bearer scope=${quoted} error="[a-z_]+" error_description=${quoted}$`
    t.match(challenge, new RegExp(form), code)
  }
})

t.test('nothing of the cause is shown, nor an error type', async (t) => {
  for (const code of denialCodes) {
    const cause = new Error('the secret cause')
    const text = JSON.stringify(httpAnswer(deny(code, { cause }), unseen(route)))
    t.notOk(text.includes('secret'), code)
    t.notMatch(text, /x-amzn/i, code)
  }
})
