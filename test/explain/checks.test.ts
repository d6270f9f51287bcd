import t from 'tap'
import { deny } from '../../src/core/denial.ts'
import { explainChecks, type Check, type CheckContext } from '../../src/explain/checks.ts'
import { readClaimed } from '../../src/explain/claimed.ts'
import { unwrap } from '../../src/core/result.ts'
import { parseKeySet } from '../../src/token/key-set.ts'
import {
  cognitoAuthorizer,
  issuerWithKeysAt,
  jwtAuthorizer,
} from '../helpers/authorizer-settings.ts'
import { createKey, signToken } from '../helpers/key-server.ts'

const now = 1_800_000_000
const issuer = 'https://issuer.example'
const key = createKey('RS256', 'k1')
const set = unwrap(parseKeySet({ keys: [key.jwk] }))
const pool = cognitoAuthorizer({ issuers: [issuerWithKeysAt(issuer, 'https://keys.example')] })
const partner = jwtAuthorizer({ issuers: pool.issuers })

const context = (
  payload: object | undefined,
  { authorizer = pool, access, ...more }: Partial<CheckContext> = {},
): CheckContext => {
  const header = { kid: 'k1' }
  const token =
    payload === undefined ? undefined : signToken(key, { iss: issuer, ...payload }, header)
  return {
    authorizer,
    access: access ?? { kind: 'token', authorizer: 'pool', scopes: [], groups: [], claims: [] },
    places: ['header authorization'],
    hasDenyList: false,
    maxTokenBytes: 16_384,
    token,
    claimed: token === undefined ? undefined : readClaimed(token, authorizer),
    fetches: [{ issuer, ms: 1, set, error: undefined }],
    denial: undefined,
    nowSeconds: now,
    ...more,
  }
}

const good = { exp: now + 3600, iat: now - 60, token_use: 'id', aud: 'app', sub: 'secret-subject' }

const row = (rows: readonly Check[], name: string): readonly string[] => {
  const found = rows.find(({ check }) => check === name)
  return [String(found?.outcome), String(found?.wanted), String(found?.found)]
}

t.test('a good token passes what is asked, and what is not asked says so', async (t) => {
  const rows = explainChecks(context(good))
  t.strictSame(
    rows.map(({ check, outcome, found }) => [check, outcome, found]),
    [
      ['found', 'passed', ''],
      ['single', 'passed', ''],
      ['size', 'passed', `${Buffer.byteLength(context(good).token ?? '')} bytes`],
      ['spelling', 'passed', ''],
      ['content', 'passed', ''],
      ['algorithm', 'passed', 'RS256'],
      ['exp', 'passed', '2027-01-15T09:00:00Z (in 60 min)'],
      ['issuer', 'passed', issuer],
      ['kid', 'passed', 'k1'],
      ['key', 'passed', 'a key for RS256'],
      ['signature', 'passed', ''],
      ['not_before', 'passed', 'iat 2027-01-15T07:59:00Z (60 s ago)'],
      ['expiry', 'passed', '2027-01-15T09:00:00Z (in 60 min)'],
      ['token_use', 'passed', 'id'],
      ['client', 'not asked', ''],
      ['audience', 'not asked', ''],
      ['scopes', 'not asked', ''],
      ['deny_list', 'not asked', ''],
      ['age', 'not asked', ''],
      ['groups', 'not asked', ''],
      ['claims', 'not asked', ''],
    ],
  )
  t.notMatch(JSON.stringify(rows), 'secret-subject')
})

t.test('before the fault all has passed, after it nothing was reached', async (t) => {
  const rows = explainChecks(context(good, { denial: deny('issuer_mismatch') }))
  t.strictSame(
    rows.map(({ outcome }) => outcome),
    [
      ...Array<string>(7).fill('passed'),
      'FAILED',
      ...Array<string>(6).fill('not reached'),
      ...Array<string>(7).fill('not asked'),
    ],
  )
  const missing = explainChecks(context(undefined, { denial: deny('token_missing') }))
  t.strictSame(row(missing, 'found'), ['FAILED', 'one in header authorization', ''])
  t.strictSame(row(missing, 'exp'), ['not reached', 'a time of expiry', ''])
  const late = explainChecks(context(good, { denial: deny('body_too_large') }))
  t.notMatch(JSON.stringify(late), /FAILED|not reached/, 'a refusal that is no check of the token')
})

t.test('what is wanted and what was found, for every check that can be configured', async (t) => {
  const strict = { ...pool, tokenUse: 'any', clientIds: ['a', 'b'], audienceExpression: 'api-\\d' }
  const access = {
    kind: 'token',
    authorizer: 'pool',
    scopes: ['s1', 's2'],
    groups: ['g'],
    claims: [
      { name: 'tier', values: ['1', '2'] },
      { name: 'plan', values: ['x'] },
      { name: 'none', values: ['y'] },
    ],
  } as const
  const authorizer = { ...strict, graceSeconds: 30, maxTokenAgeSeconds: 600 } as typeof pool
  const payload = {
    ...good,
    nbf: now + 1,
    tier: 2,
    plan: 'gold',
    scope: 's3 s1',
    'cognito:groups': ['h'],
  }
  const rows = explainChecks(context(payload, { authorizer, access, hasDenyList: true }))
  const cases: readonly (readonly [name: string, wanted: string, found: string])[] = [
    [
      'not_before',
      'nbf and iat at most 30 s ahead',
      'nbf 2027-01-15T08:00:01Z (in 1 s), iat 2027-01-15T07:59:00Z (60 s ago)',
    ],
    ['expiry', 'at most 30 s ago', '2027-01-15T09:00:00Z (in 60 min)'],
    ['token_use', 'id or access', 'id'],
    ['client', 'a or b', 'app'],
    ['audience', 'an aud that is all of api-\\d', 'app'],
    ['age', 'issued at most 600 s ago', '2027-01-15T07:59:00Z (60 s ago)'],
    ['scopes', 's1 or s2', 's3, s1'],
    ['deny_list', 'not in denyList', ''],
    ['groups', 'g', 'h'],
    ['claims', 'tier: 1 or 2; plan: x; none: y', 'tier is one; plan is another; none is not there'],
  ]
  for (const [name, wanted, found] of cases) {
    t.strictSame(row(rows, name), ['passed', wanted, found], name)
  }
})

t.test('the kind that a route asks for, and the client of either kind', async (t) => {
  const scoped = { kind: 'token', authorizer: 'p', scopes: ['s'], groups: [], claims: [] } as const
  const access = { token_use: 'access', client_id: 'app' }
  const withClients = { ...pool, clientIds: ['app'] }
  const cases: readonly { given: CheckContext; check: string; want: readonly string[] }[] = [
    {
      given: context(access, { access: scoped }),
      check: 'token_use',
      want: ['passed', 'access, as the route asks for scopes', 'access'],
    },
    {
      given: context(access),
      check: 'token_use',
      want: ['passed', 'id, as the route asks for no scopes', 'access'],
    },
    {
      given: context(access, { authorizer: withClients }),
      check: 'client',
      want: ['passed', 'app', 'app'],
    },
    { given: context(access), check: 'exp', want: ['passed', 'a time of expiry', 'none'] },
    {
      given: context(good, { authorizer: partner }),
      check: 'token_use',
      want: ['not asked', '', ''],
    },
    { given: context(good, { authorizer: partner }), check: 'client', want: ['not asked', '', ''] },
    {
      given: context(good, { authorizer: partner }),
      check: 'audience',
      want: ['passed', 'orders', 'app'],
    },
    {
      given: context(access, { authorizer: partner }),
      check: 'audience',
      want: ['passed', 'orders', 'no aud; client_id app'],
    },
  ]
  for (const { given, check, want } of cases) {
    t.strictSame(row(explainChecks(given), check), want, check)
  }
})

t.test('a key that is not there, and an issuer that was not asked', async (t) => {
  const wanted = 'a key of that name and for that algorithm among those of the issuer'
  const failed = { issuer, ms: 1, set: undefined, error: new Error('down') }
  const other = signToken({ ...key, kid: 'k2' }, { iss: issuer })
  const nameless = signToken(key, { iss: issuer }, { kid: undefined })
  const cases: readonly { given: Partial<CheckContext>; want: string }[] = [
    { given: { fetches: [failed] }, want: 'the keys cannot be fetched' },
    { given: { fetches: [] }, want: '' },
    { given: { claimed: readClaimed(other, pool) }, want: 'the issuer has k1' },
    { given: { claimed: readClaimed(nameless, pool) }, want: 'the issuer has k1' },
  ]
  for (const { given, want } of cases) {
    t.strictSame(row(explainChecks(context(good, given)), 'key'), ['passed', wanted, want])
  }
})

t.test('what a token says is bounded and cannot move the cursor', async (t) => {
  const hostile = '\u001b[2J'.repeat(100)
  const payload = { iss: hostile, token_use: hostile, client_id: hostile, scope: hostile }
  const text = JSON.stringify(
    explainChecks(context(payload, { access: { ...context(good).access, scopes: ['s'] } })),
  )
  t.notMatch(text, '\\u001b')
  t.ok(text.length < 12_000, String(text.length))
})
