import t from 'tap'
import { cognitoSettings } from '../../src/openapi/cognito.ts'
import { changed, cognitoScheme, poolArn } from '../helpers/gateway-exports.ts'

const key = 'x-amazon-apigateway-authorizer'
const read = (changes: Record<string, unknown>) => {
  const scheme = changed(cognitoScheme(), changes)
  return cognitoSettings(scheme, scheme[key])
}

t.test('a Cognito authorizer is carried over', async (t) => {
  t.strictSame(read({}), {
    ok: true,
    value: {
      type: 'COGNITO_USER_POOLS',
      providerARNs: [poolArn],
      identitySource: 'method.request.header.Authorization',
      authorizerResultTtlInSeconds: 300,
    },
  })
  const changes = {
    '/name': 'X-Token',
    [`/${key}/identitySource`]: 'method.request.header.x-token',
    [`/${key}/providerARNs`]: [poolArn, poolArn],
    [`/${key}/identityValidationExpression`]: '^app-.*$',
    [`/${key}/authorizerResultTtlInSeconds`]: undefined,
  }
  t.strictSame(read(changes), {
    ok: true,
    value: {
      type: 'COGNITO_USER_POOLS',
      providerARNs: [poolArn],
      identitySource: 'method.request.header.X-Token',
      identityValidationExpression: '^app-.*$',
    },
  })
})

t.test('or it is not', async (t) => {
  const place = 'is no apiKey in a header, as a Cognito authorizer must be'
  const ttl = 'has an authorizerResultTtlInSeconds that is no whole number from 0 to 3600'
  const cases: readonly (readonly [Record<string, unknown>, string])[] = [
    [{ '/type': 'http' }, place],
    [{ '/in': 'query' }, place],
    [{ '/name': 'a b' }, 'has "a b" where the name of a header should stand'],
    [{ '/name': 5 }, 'has 5 where the name of a header should stand'],
    [{ [`/${key}/providerARNs`]: [] }, 'has no providerARNs'],
    [{ [`/${key}/providerARNs`]: poolArn }, 'has no providerARNs'],
    [
      { [`/${key}/identitySource`]: 'method.request.header.A,method.request.header.B' },
      'has the identitySource "method.request.header.A,method.request.header.B" beside the header "Authorization"',
    ],
    [
      { [`/${key}/identitySource`]: ['a'] },
      'has the identitySource a list beside the header "Authorization"',
    ],
    [
      { [`/${key}/identityValidationExpression`]: 5 },
      'has an identityValidationExpression that is no text',
    ],
    [{ [`/${key}/authorizerResultTtlInSeconds`]: -1 }, ttl],
    [{ [`/${key}/authorizerResultTtlInSeconds`]: 3601 }, ttl],
    [{ [`/${key}/authorizerResultTtlInSeconds`]: '300' }, ttl],
    [{ [`/${key}/requiredClaims`]: { a: 'b' } }, 'has "requiredClaims", which is not known here'],
  ]
  for (const [changes, error] of cases) t.strictSame(read(changes), { ok: false, error })
})
