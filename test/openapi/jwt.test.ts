import t from 'tap'
import { jwtSettings } from '../../src/openapi/jwt.ts'

const source = '$request.header.Authorization'
const issuer = 'https://idp.example.com/'
const audience = ['orders']
const value = { type: 'JWT', identitySource: source, jwtConfiguration: { issuer, audience } }

t.test('a JWT authorizer is carried over in both spellings', async (t) => {
  t.strictSame(
    jwtSettings(
      { type: 'oauth2' },
      { identitySource: [source], jwtConfiguration: { issuer, audience: ['orders', 'orders'] } },
    ),
    { ok: true, value },
  )
  const openIdConnectUrl = 'https://idp.example.com/.well-known/openid-configuration'
  const scheme = { type: 'openIdConnect', openIdConnectUrl }
  t.strictSame(jwtSettings(scheme, { identitySource: source, jwtConfiguration: { audience } }), {
    ok: true,
    value: { ...value, jwtConfiguration: { issuer: 'https://idp.example.com', audience } },
  })
  t.strictSame(
    jwtSettings(scheme, { identitySource: source, jwtConfiguration: { issuer, audience } }),
    { ok: true, value },
  )
  const query = '$request.querystring.access_token'
  t.strictSame(
    jwtSettings(
      { type: 'oauth2' },
      { identitySource: query, jwtConfiguration: { issuer, audience } },
    ),
    { ok: true, value: { ...value, identitySource: query } },
  )
})

t.test('or it is not', async (t) => {
  const sources =
    'has an identitySource other than one $request.header.NAME or $request.querystring.NAME'
  const good = { identitySource: source, jwtConfiguration: { issuer, audience } }
  const oauth2 = { type: 'oauth2' }
  const cases = [
    [{ type: 'http' }, good, 'is neither oauth2 nor openIdConnect, as a JWT authorizer must be'],
    [oauth2, { ...good, identitySource: undefined }, sources],
    [oauth2, { ...good, identitySource: [source, source] }, sources],
    [oauth2, { ...good, identitySource: `${source},$request.header.B` }, sources],
    [oauth2, { ...good, identitySource: '$context.identity' }, sources],
    [oauth2, { ...good, requiredClaims: ['a'] }, 'has "requiredClaims", which is not known here'],
    [
      oauth2,
      { ...good, jwtConfiguration: { issuer, audience, issuers: [issuer] } },
      'has "issuers", which is not known here',
    ],
    [oauth2, { ...good, jwtConfiguration: { issuer } }, 'has no audience'],
    [oauth2, { ...good, jwtConfiguration: { issuer, audience: [] } }, 'has no audience'],
    [oauth2, { ...good, jwtConfiguration: { audience } }, 'has no issuer'],
    [oauth2, { ...good, jwtConfiguration: { audience, issuer: '' } }, 'has no issuer'],
    [oauth2, { ...good, jwtConfiguration: { audience, issuer: [issuer] } }, 'has no issuer'],
    [
      { type: 'openIdConnect', openIdConnectUrl: 'https://idp.example.com/' },
      { ...good, jwtConfiguration: { audience } },
      'has no issuer',
    ],
    [
      {
        type: 'openIdConnect',
        openIdConnectUrl: 'https://evil.example.com/.well-known/openid-configuration',
      },
      good,
      'has the issuer "https://idp.example.com/", but the openIdConnectUrl of another',
    ],
  ] as const
  for (const [scheme, authorizer, error] of cases) {
    t.strictSame(jwtSettings(scheme, authorizer), { ok: false, error }, error)
  }
})
