import t from 'tap'
import { deny, type DenialCode } from '../../src/core/denial.ts'
import type { Claims, Identity } from '../../src/core/identity.ts'
import type { AuthorizerSettings, CognitoAuthorizer } from '../../src/core/settings.ts'
import { identityOf } from '../../src/token/identity-of.ts'
import { endOfToken, judgeAge, judgeToken } from '../../src/token/judge.ts'
import { cognitoAuthorizer, jwtAuthorizer } from '../helpers/authorizer-settings.ts'

const now = 1000

const identity = (
  authorizer: AuthorizerSettings,
  claims: Claims,
  times: Partial<Pick<Identity, 'expiresAt' | 'notBefore' | 'issuedAt'>> = {},
): Identity =>
  identityOf(
    {
      issuer: 'i',
      keyId: 'k',
      expiresAt: 2000,
      notBefore: undefined,
      issuedAt: 900,
      claims,
      ...times,
    },
    authorizer,
    [],
  )

const verdict = (code: DenialCode | undefined) => (code === undefined ? undefined : deny(code))

t.test('a token is good from nbf and iat, with tolerance, until exp, with grace', async (t) => {
  const cases = [
    { grace: 0, given: { expiresAt: 1000.001 }, want: undefined },
    { grace: 0, given: { expiresAt: 1000 }, want: 'token_expired' },
    { grace: 0, given: { expiresAt: -5 }, want: 'token_expired' },
    { grace: 60, given: { expiresAt: 940.5 }, want: undefined },
    { grace: 60, given: { expiresAt: 940 }, want: 'token_expired' },
    { grace: 0, given: { notBefore: 1005 }, want: undefined },
    { grace: 0, given: { notBefore: 1005.1 }, want: 'token_not_yet_valid' },
    { grace: 60, given: { notBefore: 1060 }, want: undefined },
    { grace: 60, given: { notBefore: 1061 }, want: 'token_not_yet_valid' },
    { grace: 0, given: { issuedAt: 1005 }, want: undefined },
    { grace: 0, given: { issuedAt: 1006 }, want: 'token_not_yet_valid' },
    { grace: 0, given: { issuedAt: undefined }, want: undefined },
    { grace: 0, given: { issuedAt: 1006, expiresAt: 0 }, want: 'token_not_yet_valid' },
  ] as const
  for (const { grace, given, want } of cases) {
    const authorizer = jwtAuthorizer({ graceSeconds: grace })
    const judged = judgeToken(
      identity(authorizer, { aud: 'orders' }, given),
      authorizer,
      { scopes: [] },
      now,
    )
    t.strictSame(judged, verdict(want), JSON.stringify({ grace, ...given }))
  }
})

const judgeCognito = (
  changes: Partial<CognitoAuthorizer>,
  claims: Claims,
  scopes: string[] = [],
) => {
  const authorizer = cognitoAuthorizer(changes)
  return judgeToken(identity(authorizer, claims), authorizer, { scopes }, now)
}

t.test(
  'a Cognito token must be of the kind that the authorizer and the route ask for',
  async (t) => {
    const kinds = [{ token_use: 'id' }, { token_use: 'access' }, { token_use: 'other' }, {}]
    const cases = [
      { tokenUse: 'auto', scopes: [], want: [true, false, false, false] },
      { tokenUse: 'auto', scopes: ['s'], want: [false, true, false, false] },
      { tokenUse: 'id', scopes: ['s'], want: [true, false, false, false] },
      { tokenUse: 'access', scopes: [], want: [false, true, false, false] },
      { tokenUse: 'any', scopes: [], want: [true, true, false, false] },
      { tokenUse: 'any', scopes: ['s'], want: [true, true, false, false] },
    ] as const
    for (const { tokenUse, scopes, want } of cases) {
      kinds.forEach((claims, index) => {
        const judged = judgeCognito({ tokenUse }, claims, [...scopes])
        const code = want[index] === true ? undefined : 'token_use_mismatch'
        t.strictSame(judged, verdict(code), JSON.stringify({ tokenUse, scopes, claims }))
      })
    }
  },
)

t.test('a Cognito token must be of one of the app clients, if any are named', async (t) => {
  const id = { token_use: 'id' }
  const access = { token_use: 'access' }
  const cases = [
    { clientIds: [], given: id, want: undefined },
    { clientIds: ['a', 'b'], given: { ...id, aud: 'b' }, want: undefined },
    { clientIds: ['b'], given: { ...id, aud: ['x', 'b'] }, want: undefined },
    { clientIds: ['a'], given: { ...id, aud: 'b' }, want: 'client_mismatch' },
    { clientIds: ['a'], given: { ...id, client_id: 'a' }, want: 'client_mismatch' },
    { clientIds: ['a'], given: { ...access, client_id: 'a' }, want: undefined },
    { clientIds: ['a'], given: { ...access, client_id: 'a', aud: 'resource' }, want: undefined },
    { clientIds: ['a'], given: { ...access, client_id: 'A' }, want: 'client_mismatch' },
    { clientIds: ['a'], given: { ...access, aud: 'a' }, want: 'client_mismatch' },
  ] as const
  for (const { clientIds, given, want } of cases) {
    const judged = judgeCognito({ clientIds, tokenUse: 'any' }, given)
    t.strictSame(judged, verdict(want), JSON.stringify({ clientIds, given }))
  }
})

t.test('the audience expression is for the whole of any aud', async (t) => {
  const id = { token_use: 'id' }
  const cases = [
    { audienceExpression: '', given: id, want: undefined },
    { audienceExpression: 'ab+', given: { ...id, aud: 'abb' }, want: undefined },
    { audienceExpression: 'ab+', given: { ...id, aud: ['x', 'ab'] }, want: undefined },
    { audienceExpression: 'ab+', given: { ...id, aud: 'abc' }, want: 'audience_mismatch' },
    { audienceExpression: 'a|b', given: { ...id, aud: 'xb' }, want: 'audience_mismatch' },
    { audienceExpression: '.*', given: { ...id, aud: 'a\nb' }, want: 'audience_mismatch' },
    { audienceExpression: '.*', given: id, want: 'audience_mismatch' },
  ] as const
  for (const { audienceExpression, given, want } of cases) {
    const judged = judgeCognito({ audienceExpression }, given)
    t.strictSame(judged, verdict(want), JSON.stringify({ audienceExpression, given }))
  }
})

t.test('an audience expression is compiled once and keeps no state', async (t) => {
  const authorizer = cognitoAuthorizer({ audienceExpression: 'a' })
  const good = identity(authorizer, { token_use: 'id', aud: 'a' })
  for (let round = 0; round < 3; round += 1) {
    t.equal(judgeToken(good, authorizer, { scopes: [] }, now), undefined)
  }
})

t.test('a JWT must be for the audience; client_id counts only where aud is absent', async (t) => {
  const cases = [
    { given: { aud: 'orders' }, want: undefined },
    { given: { aud: ['x', 'orders'] }, want: undefined },
    { given: { client_id: 'orders' }, want: undefined },
    { given: { aud: 'x', client_id: 'orders' }, want: 'audience_mismatch' },
    { given: { aud: [], client_id: 'orders' }, want: 'audience_mismatch' },
    { given: { aud: 'orders/' }, want: 'audience_mismatch' },
    { given: {}, want: 'audience_mismatch' },
  ] as const
  const authorizer = jwtAuthorizer()
  for (const { given, want } of cases) {
    const judged = judgeToken(identity(authorizer, given), authorizer, { scopes: ['s'] }, now)
    t.strictSame(judged, verdict(want), JSON.stringify(given))
  }
})

t.test('a token may be too old, and one without iat always is', async (t) => {
  const cases = [
    { maxTokenAgeSeconds: 0, issuedAt: undefined, want: undefined },
    { maxTokenAgeSeconds: 0, issuedAt: 0, want: undefined },
    { maxTokenAgeSeconds: 100, issuedAt: 900, want: undefined },
    { maxTokenAgeSeconds: 100, issuedAt: 899.9, want: 'token_too_old' },
    { maxTokenAgeSeconds: 100, issuedAt: undefined, want: 'token_too_old' },
  ] as const
  for (const { maxTokenAgeSeconds, issuedAt, want } of cases) {
    const authorizer = jwtAuthorizer({ maxTokenAgeSeconds })
    const judged = judgeAge(identity(authorizer, { aud: 'orders' }, { issuedAt }), authorizer, now)
    t.strictSame(judged, verdict(want), JSON.stringify({ maxTokenAgeSeconds, issuedAt }))
  }
})

t.test('a token ends at exp, or by its age before that', async (t) => {
  const cases = [
    { maxTokenAgeSeconds: 0, given: {}, want: 2000 },
    { maxTokenAgeSeconds: 100, given: {}, want: 1000 },
    { maxTokenAgeSeconds: 2000, given: {}, want: 2000 },
    { maxTokenAgeSeconds: 0, given: { issuedAt: undefined }, want: 2000 },
    { maxTokenAgeSeconds: 100, given: { issuedAt: undefined }, want: -Infinity },
  ]
  for (const { maxTokenAgeSeconds, given, want } of cases) {
    const authorizer = jwtAuthorizer({ maxTokenAgeSeconds })
    const ends = endOfToken(identity(authorizer, {}, given), authorizer)
    t.equal(ends, want, JSON.stringify({ maxTokenAgeSeconds, given }))
  }
})

t.test('checks are made in their order', async (t) => {
  const authorizer = cognitoAuthorizer({
    clientIds: ['a'],
    audienceExpression: 'b',
  })
  const steps = [
    { claims: {}, expiresAt: 0, want: 'token_expired' },
    { claims: {}, expiresAt: 2000, want: 'token_use_mismatch' },
    { claims: { token_use: 'id' }, expiresAt: 2000, want: 'client_mismatch' },
    { claims: { token_use: 'id', aud: 'a' }, expiresAt: 2000, want: 'audience_mismatch' },
  ] as const
  for (const { claims, expiresAt, want } of steps) {
    const judged = judgeToken(
      identity(authorizer, claims, { expiresAt }),
      authorizer,
      { scopes: [] },
      now,
    )
    t.strictSame(judged, deny(want))
  }
})
