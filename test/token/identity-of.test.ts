import t from 'tap'
import type { Claims } from '../../src/core/identity.ts'
import { identityOf } from '../../src/token/identity-of.ts'
import { cognitoAuthorizer, jwtAuthorizer } from '../helpers/authorizer-settings.ts'

const token = { issuer: 'i', keyId: 'k', expiresAt: 9, notBefore: undefined, issuedAt: 1 }
const headers = ['X-Claim-Sub', 's']

t.test('an identity states what a Cognito token says', async (t) => {
  const claims = {
    token_use: 'access',
    client_id: 'c',
    scope: ' a/read  b/write ',
    scp: ['ignored'],
    'cognito:groups': ['x', 7, 'y'],
    groups: ['ignored'],
  }
  const authorizer = cognitoAuthorizer({ groupsClaim: 'groups' })
  t.strictSame(identityOf({ ...token, claims }, authorizer, headers), {
    ...token,
    authorizer: 'pool',
    claims,
    tokenUse: 'access',
    audiences: [],
    clientId: 'c',
    scopes: ['a/read', 'b/write'],
    groups: ['x', 'y'],
    headers,
  })
})

t.test('claims come in several shapes', async (t) => {
  const read = (claims: Claims) =>
    identityOf({ ...token, claims }, jwtAuthorizer({ groupsClaim: 'roles' }), [])
  const cases = [
    { given: { aud: 'a' }, want: { audiences: ['a'] } },
    { given: { aud: ['a', 'b'] }, want: { audiences: ['a', 'b'] } },
    { given: { scp: 'a b' }, want: { scopes: ['a', 'b'] } },
    { given: { scp: ['a b', 7] }, want: { scopes: ['a b'] } },
    { given: { scope: '', scp: 'a' }, want: { scopes: [] } },
    { given: { scp: { a: 1 } }, want: { scopes: [] } },
    { given: { roles: 'one two' }, want: { groups: ['one two'] } },
    { given: { roles: ['one', 'two'] }, want: { groups: ['one', 'two'] } },
    { given: { roles: { one: true } }, want: { groups: [] } },
    { given: { 'cognito:groups': ['x'] }, want: { groups: [] } },
    { given: { client_id: ['c'] }, want: { clientId: undefined } },
    { given: { token_use: 'id' }, want: { tokenUse: undefined } },
  ]
  for (const { given, want } of cases) t.match(read(given), want, JSON.stringify(given))
})

t.test('a Cognito token of an unknown kind is of no kind', async (t) => {
  for (const [given, want] of [
    ['id', 'id'],
    ['ID', undefined],
    [['id'], undefined],
    [undefined, undefined],
  ]) {
    const claims = { token_use: given }
    t.equal(identityOf({ ...token, claims }, cognitoAuthorizer(), []).tokenUse, want)
  }
})

t.test('claims are found by their own name only', async (t) => {
  const inherited = Object.create({ aud: 'a', scope: 's', client_id: 'c' }) as Claims
  const identity = identityOf(
    { ...token, claims: inherited },
    jwtAuthorizer({ groupsClaim: 'constructor' }),
    [],
  )
  t.match(identity, { audiences: [], scopes: [], clientId: undefined, groups: [] })
})
