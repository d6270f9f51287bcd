import t from 'tap'
import { authorizerSettings } from '../../src/config/authorizer-settings.ts'
import { readAuthorizers } from '../../src/config/entries.ts'
import { createProblems } from '../../src/config/problem.ts'

const read = (entry: Readonly<Record<string, unknown>>, name = 'a') => {
  const problems = createProblems()
  const [first] = readAuthorizers({ [name]: entry }, problems.report)
  const settings = authorizerSettings(first!, {
    report: problems.report,
    resolvePath: (path) => path,
  })
  return { settings, problems: problems.all().map(({ path, message }) => `${path}: ${message}`) }
}

const cognito = (more: Readonly<Record<string, unknown>>) =>
  read({ type: 'COGNITO_USER_POOLS', userPoolIds: ['eu-west-1_Ab'], ...more })

const jwt = (more: Readonly<Record<string, unknown>>) =>
  read({ type: 'JWT', jwtConfiguration: { issuer: 'https://idp/', audience: ['b'] }, ...more })

const issuer = 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab'

t.test('a user pool is enough for a Cognito authorizer', async (t) => {
  const want = {
    settings: {
      type: 'COGNITO_USER_POOLS',
      name: 'a',
      identitySource: { in: 'header', name: 'authorization' },
      issuers: [{ issuer, keys: { kind: 'uri', uri: `${issuer}/.well-known/jwks.json` } }],
      algorithms: ['RS256'],
      cacheTtlSeconds: 300,
      graceSeconds: 0,
      maxTokenAgeSeconds: 0,
      claimHeaders: undefined,
      groupsClaim: 'cognito:groups',
      clientIds: [],
      tokenUse: 'auto',
      audienceExpression: '',
    },
    problems: [],
  }
  t.strictSame(cognito({}), want)
  const arn = 'arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_Ab'
  t.strictSame(cognito({ userPoolIds: [], providerARNs: [arn] }), want)
})

t.test('what is given replaces what is usual', async (t) => {
  const { settings, problems } = cognito({
    clientIds: ['1a2b', 'x+y'],
    identityValidationExpression: '1a.*',
    tokenUse: 'any',
    issuer: 'http://127.0.0.1:9229/{userPoolId}',
    authorizerResultTtlInSeconds: 0,
    graceSeconds: 5,
    maxTokenAgeSeconds: 60,
    identitySource: 'method.request.header.X-Token',
    claimHeaders: { 'X-A': 'sub' },
  })
  t.strictSame(problems, [])
  t.match(settings, {
    clientIds: ['1a2b', 'x+y'],
    audienceExpression: '1a.*',
    tokenUse: 'any',
    issuers: [
      {
        issuer: 'http://127.0.0.1:9229/eu-west-1_Ab',
        keys: { uri: 'http://127.0.0.1:9229/eu-west-1_Ab/.well-known/jwks.json' },
      },
    ],
    cacheTtlSeconds: 0,
    graceSeconds: 5,
    maxTokenAgeSeconds: 60,
    identitySource: { in: 'header', name: 'x-token' },
    claimHeaders: { 'X-A': ['sub'] },
  })
  t.strictSame(cognito({ claimHeaders: {} }).settings.claimHeaders, {})
})

t.test('a Cognito authorizer at odds with itself is refused', async (t) => {
  const arn = 'arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_Cd'
  const two = { userPoolIds: ['eu-west-1_Ab', 'eu-west-1_Cd'] }
  for (const [more, want] of [
    [{ userPoolIds: [] }, [': names no user pool; give providerARNs or userPoolIds']],
    [{ providerARNs: [arn] }, [': has both providerARNs and userPoolIds; give one of the two']],
    [
      { userPoolIds: ['x'] },
      ['.userPoolIds[0]: "x" is not a user pool id such as eu-west-1_AbCdEf'],
    ],
    [{ clientIds: ['ok', 'a b'] }, ['.clientIds[1]: "a b" is not the id of an app client']],
    [
      { identityValidationExpression: '(' },
      ['.identityValidationExpression: "(" is not a regular expression'],
    ],
    [
      { identityValidationExpression: 'a)|(b' },
      ['.identityValidationExpression: "a)|(b" is not a regular expression'],
    ],
    [
      { ...two, issuer: 'https://a/' },
      ['.issuer: is the same for several user pools; put {userPoolId} into it'],
    ],
    [
      { ...two, jwksUri: 'https://a/' },
      ['.jwksUri: is the same for several user pools; put {userPoolId} into it'],
    ],
    [
      { issuer: 'https://{pool}/' },
      ['.issuer: "https://{pool}/" has braces around something else than: {region}, {userPoolId}'],
    ],
    [{ issuer: 'https://a/?b' }, ['.issuer: "https://a/?b" has a query; end it before the ?']],
    [{ jwksUri: '' }, ['.jwksUri: is empty']],
    [
      { issuer: 'http://emulator:9229/{userPoolId}' },
      [
        ': would fetch keys over plain http from http://emulator:9229/eu-west-1_Ab/.well-known/jwks.json; use https, or set insecureHttpJwks: true to accept the risk',
      ],
    ],
    [
      { claimHeaders: { Host: 'sub' } },
      ['.claimHeaders.Host: Host belongs to the connection and cannot be used here'],
    ],
    [
      { identitySource: 'Authorization' },
      ['.identitySource: "Authorization" is not of the form method.request.header.NAME'],
    ],
  ] as const) {
    t.strictSame(
      cognito(more).problems,
      want.map((line) => `authorizers.a${line}`),
    )
  }
  t.strictSame(cognito({ ...two, jwksUri: '{issuer}/keys' }).problems, [])
})

t.test('a JWT authorizer finds its keys by discovery', async (t) => {
  t.strictSame(jwt({}), {
    settings: {
      type: 'JWT',
      name: 'a',
      identitySource: { in: 'header', name: 'authorization' },
      issuers: [
        {
          issuer: 'https://idp/',
          keys: { kind: 'discovery', uri: 'https://idp/.well-known/openid-configuration' },
        },
      ],
      algorithms: ['RS256'],
      cacheTtlSeconds: 300,
      graceSeconds: 0,
      maxTokenAgeSeconds: 0,
      claimHeaders: undefined,
      groupsClaim: '',
      audience: ['b'],
    },
    problems: [],
  })
})

t.test('a JWT authorizer that no token could satisfy is refused', async (t) => {
  for (const [more, want] of [
    [{ algorithms: [] }, ['.algorithms: is empty, so no token could pass']],
    [
      { jwtConfiguration: { issuer: 'https://idp/', audience: [] } },
      ['.jwtConfiguration.audience: is empty, so no token could pass'],
    ],
    [
      { jwtConfiguration: { issuer: 'idp', audience: ['a'] }, jwksUri: 'https://a' },
      ['.jwtConfiguration.issuer: "idp" has no scheme; write http://idp or https://idp'],
    ],
    [
      { jwtConfiguration: { issuer: 'https://idp/#a', audience: ['a'] }, jwksUri: 'https://a' },
      ['.jwtConfiguration.issuer: "https://idp/#a" has a fragment; end it before the #'],
    ],
  ] as const) {
    t.strictSame(
      jwt(more).problems,
      want.map((line) => `authorizers.a${line}`),
    )
  }
})

t.test('a name can be a metric label', async (t) => {
  for (const [name, path] of [
    ['none', 'authorizers.none'],
    ['a b', 'authorizers["a b"]'],
    ['a/b', 'authorizers.a/b'],
  ] as const) {
    const { problems } = read({ type: 'COGNITO_USER_POOLS', userPoolIds: ['a_b'] }, name)
    t.strictSame(problems, [
      `${path}: cannot be a name: use letters, digits, "_", "." and "-", and not "none"`,
    ])
  }
})
