// Exports as API Gateway writes them: of a REST API in both versions, and of an HTTP API. Each call
// makes a new one, to be changed at will.

/** A document, or a part of one. */
export type Loose = Record<string, unknown>

/**
 * The document with other values at some JSON pointers; undefined removes what is there. Maps on the
 * way are made.
 */
export const changed = (document: Loose, changes: Readonly<Record<string, unknown>>): Loose => {
  const copy = structuredClone(document)
  for (const [pointer, value] of Object.entries(changes)) {
    const keys = pointer
      .slice(1)
      .split('/')
      .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'))
    const last = keys.pop()!
    let place = copy
    for (const key of keys) place = (place[key] ??= {}) as Loose
    if (value === undefined) Reflect.deleteProperty(place, last)
    else place[last] = value
  }
  return copy
}

export const poolArn = 'arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_AbCdEf'
export const lambdaUri =
  'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-west-1:111122223333:function:orders/invocations'

/** A proxy integration of a REST API to `https://backend.example.com`. */
export const restIntegration = (path: string, more: Loose = {}): Loose => ({
  httpMethod: 'ANY',
  uri: `https://backend.example.com${path}`,
  responses: { default: { statusCode: '200' } },
  passthroughBehavior: 'when_no_match',
  timeoutInMillis: 29000,
  type: 'http_proxy',
  ...more,
})

/** The OPTIONS method that the console makes. */
export const preflight = (): Loose => ({
  responses: {
    '200': {
      description: '200 response',
      headers: { 'Access-Control-Allow-Origin': { schema: { type: 'string' } } },
      content: {},
    },
  },
  'x-amazon-apigateway-integration': {
    responses: {
      default: {
        statusCode: '200',
        responseParameters: {
          'method.response.header.Access-Control-Allow-Methods': "'GET,OPTIONS'",
          'method.response.header.Access-Control-Allow-Headers': "'Content-Type,Authorization'",
          'method.response.header.Access-Control-Allow-Origin': "'*'",
        },
      },
    },
    requestTemplates: { 'application/json': '{"statusCode": 200}' },
    passthroughBehavior: 'when_no_match',
    type: 'mock',
  },
})

export const cognitoScheme = (): Loose => ({
  type: 'apiKey',
  name: 'Authorization',
  in: 'header',
  'x-amazon-apigateway-authtype': 'cognito_user_pools',
  'x-amazon-apigateway-authorizer': {
    type: 'cognito_user_pools',
    providerARNs: [poolArn],
    authorizerResultTtlInSeconds: 300,
  },
})

export const restExport = (): Loose => ({
  openapi: '3.0.1',
  info: { title: 'orders', version: '2026-11-01T10:00:00Z' },
  servers: [
    {
      url: 'https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/{basePath}',
      variables: { basePath: { default: 'prod' } },
    },
  ],
  paths: {
    '/health': { get: { 'x-amazon-apigateway-integration': restIntegration('/health') } },
    '/orders': {
      get: {
        responses: { '200': { description: '200 response', content: {} } },
        security: [{ PoolAuth: [] }],
        'x-amazon-apigateway-integration': restIntegration('/orders', {
          requestParameters: {
            'integration.request.header.X-User-Sub': 'context.authorizer.claims.sub',
          },
        }),
      },
      options: preflight(),
    },
    '/orders/{orderId}': {
      get: {
        parameters: [{ name: 'orderId', in: 'path', required: true, schema: { type: 'string' } }],
        responses: {
          '200': {
            description: '200 response',
            content: { 'application/json': { schema: { $ref: '#/components/schemas/Order' } } },
          },
        },
        security: [{ PoolAuth: ['orders/read', 'orders/admin'] }],
        'x-amazon-apigateway-integration': restIntegration('/orders/{id}', {
          timeoutInMillis: 5000,
          requestParameters: { 'integration.request.path.id': 'method.request.path.orderId' },
        }),
      },
    },
    '/files/{proxy+}': {
      'x-amazon-apigateway-any-method': {
        parameters: [{ name: 'proxy', in: 'path', required: true, schema: { type: 'string' } }],
        security: [{ PoolAuth: [] }],
        'x-amazon-apigateway-integration': restIntegration('/files/{proxy}', {
          requestParameters: { 'integration.request.path.proxy': 'method.request.path.proxy' },
          cacheNamespace: 'abc123',
        }),
      },
    },
  },
  components: {
    schemas: {
      Order: {
        title: 'Order',
        type: 'object',
        properties: { parent: { $ref: '#/components/schemas/Order' } },
      },
    },
    securitySchemes: { PoolAuth: cognitoScheme() },
  },
  'x-amazon-apigateway-gateway-responses': {
    DEFAULT_4XX: {
      responseParameters: { 'gatewayresponse.header.Access-Control-Allow-Origin': "'*'" },
    },
  },
})

/** The same kind of API, as it is exported in OpenAPI 2.0. */
export const swaggerExport = (): Loose => ({
  swagger: '2.0',
  info: { version: '2026-11-01T10:00:00Z', title: 'orders' },
  host: 'a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com',
  basePath: '/prod',
  schemes: ['https'],
  paths: {
    '/orders/{orderId}': {
      get: {
        produces: ['application/json'],
        parameters: [{ name: 'orderId', in: 'path', required: true, type: 'string' }],
        responses: {
          '200': { description: '200 response', schema: { $ref: '#/definitions/Empty' } },
        },
        security: [{ PoolAuth: ['orders/read'] }],
        'x-amazon-apigateway-integration': {
          type: 'aws_proxy',
          httpMethod: 'POST',
          uri: lambdaUri,
          responses: { default: { statusCode: '200' } },
          passthroughBehavior: 'when_no_match',
          contentHandling: 'CONVERT_TO_TEXT',
        },
      },
    },
  },
  securityDefinitions: { PoolAuth: cognitoScheme() },
  definitions: { Empty: { type: 'object', title: 'Empty Schema' } },
})

export const httpExport = (): Loose => ({
  openapi: '3.0.1',
  info: { title: 'orders', version: '2026-11-01 10:00:00UTC' },
  servers: [
    {
      url: 'https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/{basePath}',
      variables: { basePath: { default: '' } },
    },
  ],
  tags: [{ name: 'team', 'x-amazon-apigateway-tag-value': 'orders' }],
  paths: {
    '/$default': {
      'x-amazon-apigateway-any-method': {
        isDefaultRoute: true,
        responses: { default: { description: 'Default response for $default' } },
        'x-amazon-apigateway-integration': {
          payloadFormatVersion: '1.0',
          type: 'http_proxy',
          httpMethod: 'ANY',
          uri: 'https://backend.example.com/',
          connectionType: 'INTERNET',
        },
      },
    },
    '/orders/{orderId}': {
      get: {
        responses: { default: { description: 'Default response for GET /orders/{orderId}' } },
        security: [{ partner: ['orders/read'] }],
        'x-amazon-apigateway-integration': {
          $ref: '#/components/x-amazon-apigateway-integrations/orders',
        },
      },
      parameters: [
        {
          name: 'orderId',
          in: 'path',
          description: 'Generated path parameter for orderId',
          required: true,
          schema: { type: 'string' },
        },
      ],
    },
  },
  components: {
    securitySchemes: {
      partner: {
        type: 'oauth2',
        'x-amazon-apigateway-authorizer': {
          identitySource: '$request.header.Authorization',
          jwtConfiguration: { audience: ['orders'], issuer: 'https://idp.example.com/' },
          type: 'jwt',
        },
      },
    },
    'x-amazon-apigateway-integrations': {
      orders: {
        payloadFormatVersion: '1.0',
        type: 'http_proxy',
        httpMethod: 'GET',
        uri: 'https://backend.example.com/orders/{orderId}',
        connectionType: 'INTERNET',
        timeoutInMillis: 30000,
        requestParameters: { 'append:header.X-User-Sub': '$context.authorizer.claims.sub' },
      },
    },
  },
  'x-amazon-apigateway-cors': {
    allowMethods: ['GET'],
    allowHeaders: ['authorization'],
    maxAge: 0,
    allowCredentials: false,
    allowOrigins: ['https://app.example.com'],
  },
  'x-amazon-apigateway-importexport-version': '1.0',
})
