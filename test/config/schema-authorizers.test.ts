import t from 'tap'
import { algorithms } from '../../src/core/settings.ts'
import { authorizerTypes, cognitoTable, jwtTable } from '../../src/config/schema-authorizers.ts'
import { withDefaults } from '../../src/config/values.ts'

const common = {
  authorizerResultTtlInSeconds: 300,
  graceSeconds: 0,
  maxTokenAgeSeconds: 0,
  insecureHttpJwks: false,
  jwksFile: '',
  claimHeaders: null,
}

t.test('the defaults of a Cognito authorizer are those of API Gateway', async (t) => {
  t.strictSame(withDefaults(cognitoTable, { type: 'COGNITO_USER_POOLS' }, {}), {
    type: 'COGNITO_USER_POOLS',
    providerARNs: [],
    userPoolIds: [],
    clientIds: [],
    identitySource: 'method.request.header.Authorization',
    identityValidationExpression: '',
    tokenUse: 'auto',
    issuer: 'https://cognito-idp.{region}.amazonaws.com/{userPoolId}',
    jwksUri: '{issuer}/.well-known/jwks.json',
    ...common,
  })
})

t.test('a JWT authorizer has no default issuer or audience', async (t) => {
  t.strictSame(withDefaults(jwtTable, { type: 'JWT' }, {}), {
    type: 'JWT',
    identitySource: '$request.header.Authorization',
    jwtConfiguration: { issuer: null, audience: null },
    jwksUri: '',
    algorithms: ['RS256'],
    groupsClaim: '',
    ...common,
  })
  t.strictSame(jwtTable.algorithms.words, algorithms)
  t.strictSame(authorizerTypes, ['COGNITO_USER_POOLS', 'JWT'])
})
