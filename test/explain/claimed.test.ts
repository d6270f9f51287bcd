import t from 'tap'
import { readClaimed } from '../../src/explain/claimed.ts'
import { cognitoAuthorizer, jwtAuthorizer } from '../helpers/authorizer-settings.ts'
import { base64url } from '../helpers/key-server.ts'

const token = (header: unknown, payload: unknown): string =>
  `${base64url(JSON.stringify(header))}.${base64url(JSON.stringify(payload))}.c2ln`

const nothing = {
  keyId: undefined,
  issuer: undefined,
  audiences: [],
  clientId: undefined,
  scopes: [],
  groups: [],
  claims: {},
  expiresAt: undefined,
  notBefore: undefined,
  issuedAt: undefined,
  algorithm: undefined,
  tokenUse: undefined,
}

t.test('what a token says, by the same reading as that of a verified one', async (t) => {
  const claims = {
    iss: 'https://issuer.example',
    aud: ['a', 7],
    client_id: 'c',
    scope: 'x  y',
    'cognito:groups': ['g'],
    exp: 3,
    nbf: 1,
    iat: 2,
    token_use: 'refresh',
  }
  const given = token({ alg: 'none', kid: 'k' }, claims)
  t.strictSame(readClaimed(given, cognitoAuthorizer()), {
    keyId: 'k',
    issuer: 'https://issuer.example',
    audiences: ['a'],
    clientId: 'c',
    scopes: ['x', 'y'],
    groups: ['g'],
    claims,
    expiresAt: 3,
    notBefore: 1,
    issuedAt: 2,
    algorithm: 'none',
    tokenUse: 'refresh',
  })
  t.strictSame(readClaimed(given, jwtAuthorizer()).groups, [], 'groups have a claim of their own')
})

t.test('what cannot be read, or is of another type, says nothing', async (t) => {
  const odd = { iss: 1, exp: '3', nbf: null, iat: {}, token_use: ['id'], client_id: 5 }
  const read = (given: string) => readClaimed(given, cognitoAuthorizer())
  t.strictSame(read(token({ alg: 1, kid: null }, odd)), { ...nothing, claims: odd })
  for (const payload of [null, 'text', 3]) t.strictSame(read(token([], payload)), nothing)
  t.strictSame(read('e30.e30.e30'), nothing)
  t.strictSame(read('_w._w._w'), nothing)
})
