import t from 'tap'
import { routeTable } from '../../src/config/schema-routes.ts'
import { withDefaults } from '../../src/config/values.ts'

t.test('a route is neither open nor closed by default', async (t) => {
  t.strictSame(withDefaults(routeTable, { path: '/a', method: 'GET' }, {}), {
    path: '/a',
    method: 'GET',
    authorizer: null,
    authorizationType: null,
    authorizationScopes: null,
    authorizationGroups: null,
    requiredClaims: null,
    enforcement: null,
    responseTimeoutMs: null,
    allowEncodedSlash: false,
    requestParameters: {},
    mock: { statusCode: null, headers: {} },
  })
})
