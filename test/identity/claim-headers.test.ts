import fc from 'fast-check'
import t from 'tap'
import type { Claims } from '../../src/core/identity.ts'
import {
  compileClaimHeaders,
  compileClaimText,
  type ClaimHeaderOptions,
} from '../../src/identity/claim-headers.ts'

const parseClaims = (json: string): Claims => JSON.parse(json) as Claims

const idToken = parseClaims(`{
  "sub": "7d1f", "iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a", "aud": "client1",
  "cognito:username": "zoë", "cognito:groups": ["a,admin", "users"], "email": "z@example.com",
  "email_verified": true, "exp": 1652887941, "token_use": "id"
}`)

const defaultMap = {
  'X-Claim-Issuer': ['iss'],
  'X-Claim-Sub': ['sub'],
  'X-Claim-Username': ['cognito:username', 'username'],
  'X-Claim-Email': ['email'],
  'X-Claim-Email-Verified': ['email_verified'],
  'X-Claim-Groups': ['cognito:groups'],
  'X-Claim-Scope': ['scope'],
  'X-Claim-Client-Id': ['client_id', 'aud'],
}

const defaults: ClaimHeaderOptions = {
  apiType: 'REST',
  claimHeaders: defaultMap,
  claimsHeader: '',
  claimEncoding: 'percent',
}

t.test('claims become headers in the order of the map', async (t) => {
  t.strictSame(compileClaimHeaders(defaults)(idToken), [
    'X-Claim-Issuer',
    'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_a',
    'X-Claim-Sub',
    '7d1f',
    'X-Claim-Username',
    'zo%C3%AB',
    'X-Claim-Email',
    'z@example.com',
    'X-Claim-Email-Verified',
    'true',
    'X-Claim-Groups',
    'a%2Cadmin,users',
    'X-Claim-Client-Id',
    'client1',
  ])
})

t.test('the first claim that is present is sent', async (t) => {
  const cases: readonly { name: string; given: string; want: readonly string[] }[] = [
    { name: 'the first', given: '{"a":"1","b":"2"}', want: ['X-A', '1'] },
    { name: 'the fallback', given: '{"b":"2"}', want: ['X-A', '2'] },
    { name: 'null is absent', given: '{"a":null,"b":"2"}', want: ['X-A', '2'] },
    { name: 'an empty string is present', given: '{"a":"","b":"2"}', want: ['X-A', ''] },
    { name: 'an empty list is present', given: '{"a":[],"b":"2"}', want: ['X-A', ''] },
    { name: 'false is present', given: '{"a":false,"b":"2"}', want: ['X-A', 'false'] },
    { name: 'none', given: '{"c":"3"}', want: [] },
    { name: 'nothing but null', given: '{"a":null,"b":null}', want: [] },
  ]
  const headersOf = compileClaimHeaders({ ...defaults, claimHeaders: { 'X-A': ['a', 'b'] } })
  for (const { name, given, want } of cases) t.strictSame(headersOf(parseClaims(given)), want, name)
})

t.test(
  'claims named like properties of every object are only found when the token has them',
  async (t) => {
    const headersOf = compileClaimHeaders({
      ...defaults,
      claimHeaders: { 'X-C': ['constructor'], 'X-P': ['__proto__'], 'X-T': ['toString'] },
    })
    t.strictSame(headersOf({}), [])
    t.strictSame(headersOf(parseClaims('{"__proto__":{"constructor":"evil"}}')), [
      'X-P',
      '{"constructor":"evil"}',
    ])
    t.strictSame(headersOf(parseClaims('{"constructor":"c","__proto__":"p","toString":"t"}')), [
      'X-C',
      'c',
      'X-P',
      'p',
      'X-T',
      't',
    ])
  },
)

t.test('the encoding is the configured one', async (t) => {
  const given = parseClaims('{"n":"é\\r\\n%"}')
  const claimHeaders = { 'X-N': ['n'] }
  t.strictSame(compileClaimHeaders({ ...defaults, claimHeaders })(given), [
    'X-N',
    '%C3%A9%0D%0A%25',
  ])
  t.strictSame(compileClaimHeaders({ ...defaults, claimHeaders, claimEncoding: 'utf8' })(given), [
    'X-N',
    '\xc3\xa9%0D%0A%',
  ])
})

t.test('an HTTP API renders them in its own way', async (t) => {
  const claimHeaders = {
    'X-Groups': ['cognito:groups'],
    'X-Exp': ['exp'],
    'X-Ok': ['email_verified'],
  }
  t.strictSame(compileClaimHeaders({ ...defaults, apiType: 'HTTP', claimHeaders })(idToken), [
    'X-Groups',
    '[a%2Cadmin users]',
    'X-Exp',
    '1652887941',
    'X-Ok',
    'true',
  ])
})

t.test('the text of one claim is what its header would hold', async (t) => {
  const textOf = compileClaimText({ apiType: 'HTTP', claimEncoding: 'percent' })
  t.equal(textOf(idToken, 'cognito:groups'), '[a%2Cadmin users]')
  t.equal(textOf(idToken, 'cognito:username'), 'zo%C3%AB')
  t.equal(textOf(idToken, 'constructor'), undefined)
  t.equal(textOf(parseClaims('{"a":null}'), 'a'), undefined)
})

t.test('the whole payload goes last, as base64url JSON', async (t) => {
  const claimHeaders = { 'X-Sub': ['sub'] }
  const headersOf = compileClaimHeaders({ ...defaults, claimHeaders, claimsHeader: 'X-Claims' })
  const [name, value, last, payload = ''] = headersOf(idToken)
  t.strictSame([name, value, last], ['X-Sub', '7d1f', 'X-Claims'])
  t.match(payload, /^[\w-]+$/)
  t.strictSame(JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')), idToken)
})

t.test('a payload too deep for JSON text sets no header, and the others stay', async (t) => {
  const headersOf = compileClaimHeaders({
    ...defaults,
    claimHeaders: { 'X-Sub': ['sub'], 'X-Deep': ['deep'] },
    claimsHeader: 'X-Claims',
  })
  const depth = 50_000
  const deep = parseClaims(`{"sub":"s","deep":{"a":${'['.repeat(depth)}${']'.repeat(depth)}}}`)
  t.strictSame(headersOf(deep), ['X-Sub', 's'])
})

t.test('an empty map sends nothing', async (t) => {
  t.strictSame(compileClaimHeaders({ ...defaults, claimHeaders: {} })(idToken), [])
})

t.test('an enormous claim goes through whole', async (t) => {
  const claims = { sub: 'x'.repeat(20_480) }
  t.strictSame(compileClaimHeaders(defaults)(claims), ['X-Claim-Sub', claims.sub])
})

t.test('whatever the claims hold, the lines are ones that Node would send', async (t) => {
  const key = fc.constantFrom('sub', 'exp', 'cognito:groups', '__proto__', 'email')
  const claims = fc.array(fc.tuple(key, fc.jsonValue())).map((entries) => {
    const members = entries.map(
      ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`,
    )
    return parseClaims(`{${members.join(',')}}`)
  })
  const claimHeaders = { ...defaultMap, 'X-Exp': ['exp'], 'X-Proto': ['__proto__'] }
  for (const [apiType, claimEncoding] of [
    ['REST', 'percent'],
    ['REST', 'utf8'],
    ['HTTP', 'percent'],
    ['HTTP', 'utf8'],
  ] as const) {
    const headersOf = compileClaimHeaders({
      apiType,
      claimHeaders,
      claimsHeader: 'X-All',
      claimEncoding,
    })
    fc.assert(
      fc.property(claims, (given) => {
        const lines = headersOf(given)
        return lines.length % 2 === 0 && lines.every((text) => /^[\x20-\x7e\x80-\xff]*$/.test(text))
      }),
    )
  }
  t.pass('fast-check prints its seed on failure')
})
