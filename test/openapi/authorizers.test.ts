import t from 'tap'
import { schemesOf } from '../../src/openapi/authorizers.ts'
import { schemesPlace } from '../../src/openapi/version.ts'
import { cognitoScheme, httpExport, poolArn, restExport } from '../helpers/gateway-exports.ts'

const read = (schemes: Record<string, unknown>, more: Record<string, unknown> = {}) => {
  const document = { securityDefinitions: schemes, ...more }
  return Object.fromEntries(schemesOf(document, schemesPlace(document, '2.0')))
}

t.test('schemes become authorizers', async (t) => {
  const rest = restExport()
  t.strictSame(Object.fromEntries(schemesOf(rest, schemesPlace(rest, '3.0'))), {
    PoolAuth: {
      kind: 'authorizer',
      type: 'COGNITO_USER_POOLS',
      settings: {
        type: 'COGNITO_USER_POOLS',
        providerARNs: [poolArn],
        identitySource: 'method.request.header.Authorization',
        authorizerResultTtlInSeconds: 300,
      },
      pointer: '/components/securitySchemes/PoolAuth',
    },
  })
  const http = httpExport()
  const { partner } = Object.fromEntries(schemesOf(http, schemesPlace(http, '3.0')))
  t.match(partner, { kind: 'authorizer', type: 'JWT' })
  t.match(read({ a: { $ref: '#/x-schemes/a' } }, { 'x-schemes': { a: cognitoScheme() } }), {
    a: { kind: 'authorizer', pointer: '/securityDefinitions/a' },
  })
  t.strictSame(schemesOf({}, schemesPlace({}, '3.0')).size, 0)
})

t.test('all others say why they do not', async (t) => {
  const header = { type: 'apiKey', name: 'Authorization', in: 'header' }
  const with_ = (authorizer: unknown, more: Record<string, unknown> = {}) => ({
    ...header,
    'x-amazon-apigateway-authorizer': authorizer,
    ...more,
  })
  const noName =
    'has a name that no authorizer here can have: letters, digits, "_", "." and "-", and not "none"'
  const cases: readonly (readonly [string, unknown, string])[] = [
    ['a', with_({ type: 'token' }), 'is a Lambda authorizer'],
    ['a', with_({ type: 'REQUEST' }), 'is a Lambda authorizer'],
    ['a', with_({ authorizerUri: 'arn:aws:apigateway' }), 'is a Lambda authorizer'],
    [
      'a',
      { ...header, 'x-amazon-apigateway-authtype': 'awsSigv4' },
      'is signed by IAM ("awsSigv4"), which the gate does not verify',
    ],
    [
      'a',
      { ...cognitoScheme(), 'x-amazon-apigateway-authtype': 'awsSigv4' },
      'is signed by IAM ("awsSigv4"), which the gate does not verify',
    ],
    [
      'a',
      header,
      'has no x-amazon-apigateway-authorizer; was it exported with extensions=apigateway?',
    ],
    ['a', with_({}), 'has an authorizer of type undefined, which is not known here'],
    ['a', with_({ type: 'oidc' }), 'has an authorizer of type "oidc", which is not known here'],
    [
      'a',
      with_({ type: 'jwt' }),
      'is neither oauth2 nor openIdConnect, as a JWT authorizer must be',
    ],
    ['a', with_({ type: 'cognito_user_pools' }), 'has no providerARNs'],
    ['a', 5, 'has no x-amazon-apigateway-authorizer; was it exported with extensions=apigateway?'],
    ['none', cognitoScheme(), noName],
    ['my pool', cognitoScheme(), noName],
    ['a', { $ref: '#/nothing' }, 'cannot be read: "#/nothing" leads to nothing'],
  ]
  for (const [name, scheme, message] of cases) {
    t.strictSame(read({ [name]: scheme }), {
      [name]: { kind: 'refused', message, pointer: `/securityDefinitions/${name}` },
    })
  }
})

t.test('an API key is known as one', async (t) => {
  t.strictSame(read({ key: { type: 'apiKey', name: 'X-API-Key', in: 'header' } }), {
    key: {
      kind: 'api key',
      message: 'is an API key, which the gate has none of',
      pointer: '/securityDefinitions/key',
    },
  })
})
