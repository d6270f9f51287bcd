import t from 'tap'
import { deny, denialCodes, isDenial, reportableCodes } from '../../src/core/denial.ts'

t.test('a denial carries its code and nothing that was not given', async (t) => {
  t.strictSame(deny('token_missing'), { kind: 'denial', code: 'token_missing' })
  const cause = new Error('x')
  t.strictSame(deny('keys_unavailable', { retryAfterSeconds: 3, cause }), {
    kind: 'denial',
    code: 'keys_unavailable',
    retryAfterSeconds: 3,
    cause,
  })
})

t.test('only a denial is taken for one', async (t) => {
  t.ok(isDenial(deny('internal')))
  for (const value of [null, undefined, 'denial', 0, {}, { kind: 'target' }, ['denial']]) {
    t.notOk(isDenial(value), JSON.stringify(value))
  }
})

t.test('no code stands twice', async (t) => {
  t.equal(new Set(denialCodes).size, denialCodes.length)
})

t.test('what is no token’s, key’s or route’s refusal is never only reported', async (t) => {
  t.strictSame(
    denialCodes.filter((code) => !reportableCodes.has(code)),
    [
      'route_denied',
      'no_route',
      'target_ambiguous',
      'request_malformed',
      'peer_untrusted',
      'header_aliased',
      'request_timeout',
      'headers_too_large',
      'body_too_large',
      'upstream_timeout',
      'upstream_unreachable',
      'upstream_broken',
      'upstream_overloaded',
      'internal',
    ],
  )
})
