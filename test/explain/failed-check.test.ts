// The order of the checks, held against the pipeline itself: a token with two faults is refused for the
// one that comes first in the table.
import t from 'tap'
import { createAuthorize } from '../../src/authorize.ts'
import { deny, isDenial } from '../../src/core/denial.ts'
import type { RequestFacts } from '../../src/core/request.ts'
import { checkNames, failedCheck, type CheckName } from '../../src/explain/failed-check.ts'
import { parseTarget } from '../../src/routing/target.ts'
import { tokenOf } from '../../src/token/request-token.ts'
import { cognitoAuthorizer, issuerWithKeysAt } from '../helpers/authorizer-settings.ts'
import { createKey, createKeyServer, signToken } from '../helpers/key-server.ts'
import { createVerifierBench } from '../helpers/verifier-bench.ts'
import { tableOf } from '../routing/route-settings.ts'

const now = 1_800_000_000
const stranger = createKey('RS256')
const maxTokenBytes = 3000

interface Draft {
  readonly header: Record<string, unknown>
  readonly payload: Record<string, unknown>
  signedBy: 'ours' | 'stranger'
  /** Makes the header lines of the request. */
  lines: (token: string) => readonly string[]
}

/** What spoils a token for each check, and for no other. */
const faults: Readonly<Record<CheckName, (draft: Draft) => void>> = {
  found: (draft) => void (draft.lines = () => []),
  single: (draft) => {
    const { lines } = draft
    draft.lines = (token) => [...lines(token), ...lines(token)]
  },
  size: ({ payload }) => void (payload['padding'] = 'x'.repeat(maxTokenBytes)),
  spelling: (draft) => void (draft.lines = (token) => ['Authorization', `${token}=`]),
  content: ({ header }) => void (header['crit'] = ['x']),
  algorithm: ({ header }) => void (header['alg'] = 'HS256'),
  exp: ({ payload }) => void (payload['exp'] = undefined),
  issuer: ({ payload }) => void (payload['iss'] = 'https://elsewhere.example'),
  kid: ({ header }) => void (header['kid'] = undefined),
  key: ({ header }) => void (header['kid'] = 'unknown'),
  signature: (draft) => void (draft.signedBy = 'stranger'),
  not_before: ({ payload }) => void (payload['nbf'] = now + 60),
  expiry: ({ payload }) => void (payload['exp'] = now),
  token_use: ({ payload }) => void (payload['token_use'] = 'refresh'),
  client: ({ payload }) => void (payload['client_id'] = 'another'),
  audience: ({ payload }) => void (payload['aud'] = 'another'),
  scopes: ({ payload }) => void (payload['scope'] = 'other'),
  deny_list: ({ payload }) => void (payload['sub'] = 'revoked'),
  age: ({ payload }) => void (payload['iat'] = now - 3601),
  groups: ({ payload }) => void (payload['cognito:groups'] = ['others']),
  claims: ({ payload }) => void (payload['tier'] = 2),
}

/** A token without an exp or a kid has none that could be past or unknown; without a line, no two. */
const impossible = new Set(['exp expiry', 'kid key', 'found single', 'found spelling'])

const table = tableOf([
  [
    'GET /a',
    'pool',
    { scopes: ['orders'], groups: ['admins'], claims: [{ name: 'tier', values: ['1'] }] },
  ],
])

const factsOf = (rawHeaders: readonly string[]): RequestFacts => ({
  method: 'GET',
  target: '/a',
  rawHeaders,
  connectionOptions: undefined,
  host: 'gate',
  remoteAddress: '127.0.0.1',
  secure: false,
  httpVersion: '1.1',
  hasBody: false,
  contentLength: undefined,
})

const setUp = async (t: { teardown: (done: () => Promise<void>) => void }) => {
  const ours = createKey('RS256')
  const server = await createKeyServer(ours)
  const curved = server.addKey(createKey('ES256'))
  const bench = await createVerifierBench([server])
  t.teardown(async () => {
    bench.keys.stop()
    await server.close()
  })
  const authorizer = cognitoAuthorizer({
    issuers: [issuerWithKeysAt(server.issuer, server.jwksUri)],
    clientIds: ['app'],
    audienceExpression: 'app',
    maxTokenAgeSeconds: 3600,
    cacheTtlSeconds: 0,
  })
  const sources = { maxTokenBytes, handshakeSources: { tokenQuery: '', tokenProtocolPrefix: '' } }
  const authorize = createAuthorize({
    ...sources,
    basePath: '',
    table,
    authorizers: new Map([
      ['pool', { settings: authorizer, verifier: bench.verifier(authorizer) }],
    ]),
    clock: bench.time.clock,
    isRevoked: ({ claims }) => claims['sub'] === 'revoked',
    enforcement: 'enforce',
    recorder: { allowed: () => undefined, denied: () => undefined, wouldDeny: () => undefined },
  })
  return { server, ours, curved, authorizer, authorize, sources }
}

t.test('of two faults the one that comes first in the table is the one that is told', async (t) => {
  const { server, ours, authorizer, authorize, sources } = await setUp(t)
  const target = parseTarget('/a', '')
  if (isDenial(target)) throw new Error(target.code)

  const failing = async (...names: readonly CheckName[]): Promise<CheckName | undefined> => {
    const draft: Draft = {
      header: {},
      payload: {
        iss: server.issuer,
        token_use: 'access',
        client_id: 'app',
        aud: ['app'],
        scope: 'orders',
        'cognito:groups': ['admins'],
        tier: 1,
        iat: now - 10,
        exp: now + 600,
      },
      signedBy: 'ours',
      lines: (token) => ['Authorization', `Bearer ${token}`],
    }
    for (const name of names) faults[name](draft)
    const key = draft.signedBy === 'ours' ? ours : { ...stranger, kid: ours.kid }
    const facts = factsOf(draft.lines(signToken(key, draft.payload, draft.header)))
    const decision = await authorize(facts)
    if (decision.kind !== 'refused') return undefined
    const token = tokenOf(target.query, facts, authorizer.identitySource, sources)
    return failedCheck(decision.denial, isDenial(token) ? undefined : token, authorizer)
  }

  t.equal(await failing(), undefined, 'without a fault it passes')
  for (const [index, first] of checkNames.entries()) {
    t.equal(await failing(first), first, first)
    for (const second of checkNames.slice(index + 1)) {
      if (impossible.has(`${first} ${second}`)) continue
      t.equal(await failing(second, first), first, `${first} before ${second}`)
    }
  }
})

t.test('a key that is not for the algorithm is the fault of the key', async (t) => {
  const { server, ours, curved, authorizer, authorize } = await setUp(t)
  const token = signToken(ours, { iss: server.issuer, exp: now + 60 }, { kid: curved.kid })
  const decision = await authorize(factsOf(['Authorization', token]))
  t.match(decision, { kind: 'refused', denial: { code: 'algorithm_refused' } })
  t.equal(failedCheck(deny('algorithm_refused'), token, authorizer), 'key')
})

t.test('refusals that are no check of a token, and faults that nobody foresaw', async (t) => {
  t.equal(failedCheck(deny('body_too_large'), 'a.b.c', cognitoAuthorizer()), undefined)
  t.equal(failedCheck(deny('internal'), 'a.b.c', cognitoAuthorizer()), 'signature')
})
