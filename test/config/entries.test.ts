import t from 'tap'
import { readAuthorizers, readEnvironmentAuthorizer, readRoutes } from '../../src/config/entries.ts'
import { readEnvironment } from '../../src/config/environment.ts'
import { createProblems } from '../../src/config/problem.ts'

const collect = <T>(read: (problems: ReturnType<typeof createProblems>) => T) => {
  const problems = createProblems()
  const value = read(problems)
  return { value, problems: problems.all().map(({ path, message }) => `${path}: ${message}`) }
}

t.test('each authorizer is read by the table of its type', async (t) => {
  const { value, problems } = collect(({ report }) =>
    readAuthorizers(
      {
        pool: { type: 'COGNITO_USER_POOLS', userPoolIds: ['a_b'] },
        partner: { type: 'JWT', jwtConfiguration: { issuer: 'https://a', audience: ['b'] } },
      },
      report,
    ),
  )
  t.strictSame(problems, [])
  t.strictSame(
    value.map(({ name, type, values }) => [name, type, values.type, values.graceSeconds]),
    [
      ['pool', 'COGNITO_USER_POOLS', 'COGNITO_USER_POOLS', 0],
      ['partner', 'JWT', 'JWT', 0],
    ],
  )
})

t.test('an authorizer without a usable type has one problem', async (t) => {
  const types = 'COGNITO_USER_POOLS, JWT'
  for (const [entry, want] of [
    [{}, `authorizers.a.type: is missing; give one of: ${types}`],
    [{ type: 'OIDC', what: 1 }, `authorizers.a.type: "OIDC" is not one of: ${types}`],
    [{ type: 'jwt' }, `authorizers.a.type: "jwt" is not one of: ${types}; write JWT`],
    [{ type: ['JWT'] }, `authorizers.a.type: a list is not one of: ${types}`],
    ['JWT', 'authorizers.a: "JWT" is not a map of keys such as type'],
    [null, 'authorizers.a: has no value'],
  ] as const) {
    const { value, problems } = collect(({ report }) => readAuthorizers({ a: entry }, report))
    t.strictSame([value, problems.slice(0, 1)], [[], [want]])
  }
})

t.test('an entry without a required key is left out, one with a typing error is not', async (t) => {
  const { value, problems } = collect(({ report }) =>
    readRoutes(
      [
        { path: '/a', method: 'GET', authoriser: 'pool' },
        { path: '/b' },
        { path: 5, method: 'GET' },
        '/c',
      ],
      report,
    ),
  )
  t.strictSame(
    value.map(({ origin, values }) => [origin, values.path]),
    [['routes[0]', '/a']],
  )
  t.strictSame(problems, [
    'routes[0].authoriser: unknown key; did you mean authorizer?',
    'routes[1].method: is missing; give one or more',
    "routes[2].path: 5 is not text; write it in quotes: '5'",
    'routes[3]: "/c" is not a map of keys such as path',
  ])
})

t.test('the environment defines one authorizer, alone', async (t) => {
  const read = (env: Readonly<Record<string, string>>, names: readonly string[] = []) =>
    collect((problems) =>
      readEnvironmentAuthorizer(readEnvironment(env, problems.report), names, problems),
    )
  t.strictSame(read({ LISTEN_PORT: '1' }), { value: [], problems: [] })

  const { value, problems } = read({ COGNITO_USER_POOL_IDS: 'a_b', COGNITO_TOKEN_USE: 'id' })
  t.strictSame(problems, [])
  t.match(value, [{ type: 'COGNITO_USER_POOLS', name: 'default', values: { tokenUse: 'id' } }])

  t.strictSame(read({ COGNITO_CLIENT_IDS: 'a' }), {
    value: [],
    problems: ['COGNITO_CLIENT_IDS: needs COGNITO_USER_POOL_IDS, which is not set'],
  })
  t.strictSame(read({ COGNITO_USER_POOL_IDS: ',' }).problems, [
    'COGNITO_USER_POOL_IDS: is an empty entry, in ","',
    'COGNITO_USER_POOL_IDS: "" stands in the list already, in ","',
  ])
  t.strictSame(read({ COGNITO_USER_POOL_IDS: 'a_b' }, ['pool', 'partner']), {
    value: [],
    problems: [
      'COGNITO_USER_POOL_IDS: defines the authorizer "default", but the configuration has: pool, partner; use the one or the other',
    ],
  })
})
