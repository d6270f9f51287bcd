import t from 'tap'
import { describeHandling, handlingAsJson } from '../../src/commands/handling.ts'
import { mappedRoutes } from '../helpers/mapped-routes.ts'

const [plain, mapped] = mappedRoutes(
  [
    {},
    {
      'overwrite:header.X-User': 'secret $context.authorizer.claims.sub',
      'append:header.X-Tag': '$request.path',
      'overwrite:header.X-Env': '$stageVariables.env',
      'remove:header.X-Debug': '',
    },
  ],
  { apiType: 'HTTP', stageVariables: { env: 'prod' } },
)

t.test('in words', async (t) => {
  t.equal(describeHandling(plain!), '')
  t.equal(describeHandling(mapped!), 'sets X-User, X-Env; appends X-Tag; removes X-Debug')
  t.equal(
    describeHandling({ requestParameters: [], mock: { statusCode: 204, headers: [] } }),
    'mock 204',
  )
})

t.test('as JSON, without literals', async (t) => {
  t.strictSame(handlingAsJson(plain!), {})
  t.strictSame(handlingAsJson(mapped!), {
    requestParameters: [
      { action: 'overwrite', name: 'X-User', from: ['literal', 'claim sub'] },
      { action: 'append', name: 'X-Tag', from: ['requestPath'] },
      { action: 'overwrite', name: 'X-Env', from: ['literal'] },
      { action: 'remove', name: 'X-Debug', from: [] },
    ],
  })
  const mock = { statusCode: 200, headers: ['X-A', 'b', 'X-C', ''] }
  t.strictSame(handlingAsJson({ requestParameters: [], mock }), {
    mock: { statusCode: 200, headers: { 'X-A': 'b', 'X-C': '' } },
  })
})
