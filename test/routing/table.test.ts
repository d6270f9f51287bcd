import t from 'tap'
import { compileRoutes, orderedRoutes } from '../../src/routing/table.ts'
import { outcomeOf, settingsOf, tableOf, type Line } from './route-settings.ts'

const problemsOf = (lines: readonly Line[]) => {
  const result = compileRoutes(settingsOf(lines))
  return result.ok ? [] : result.error
}

t.test('an entry becomes a route for each of its methods, in the order written', async (t) => {
  const claims = [{ name: 'custom:tenant', values: ['acme'] }]
  const table = tableOf([
    [
      'GET,HEAD /a/{x}',
      'pool',
      { scopes: ['s'], groups: ['g'], claims, enforcement: 'report', responseTimeoutMs: 5 },
    ],
    ['ANY /b', 'NONE', { allowEncodedSlash: true }],
    ['$default', 'DENY'],
  ])
  const token = { kind: 'token', authorizer: 'pool', scopes: ['s'], groups: ['g'], claims }
  const forwarded = { requestParameters: [], mock: undefined }
  const first = {
    path: '/a/{x}',
    access: token,
    enforcement: 'report',
    responseTimeoutMs: 5,
    allowEncodedSlash: false,
    ...forwarded,
  }
  t.strictSame(table.routes, [
    { index: 0, label: 'GET /a/{x}', method: 'GET', ...first },
    { index: 1, label: 'HEAD /a/{x}', method: 'HEAD', ...first },
    {
      index: 2,
      label: 'ANY /b',
      method: 'ANY',
      path: '/b',
      access: { kind: 'public' },
      enforcement: 'enforce',
      responseTimeoutMs: undefined,
      allowEncodedSlash: true,
      ...forwarded,
    },
    {
      index: 3,
      label: '$default',
      method: 'ANY',
      path: '$default',
      access: { kind: 'denied' },
      enforcement: 'enforce',
      responseTimeoutMs: undefined,
      allowEncodedSlash: false,
      ...forwarded,
    },
  ])
})

t.test('a table may be empty', async (t) => {
  const table = tableOf([])
  t.strictSame(table.routes, [])
  t.strictSame(orderedRoutes(table), [])
  t.equal(outcomeOf(table, 'GET', '/'), 'no_route')
})

t.test('two routes for the same requests are refused, with the place of both', async (t) => {
  t.strictSame(
    problemsOf([
      ['GET /a/{x}', 'pool'],
      ['POST,GET /a/{y}', 'NONE'],
      ['ANY /b/{x+}', 'pool'],
      ['ANY /b/{y+}', 'pool'],
      ['GET,GET /c', 'pool'],
      ['$default', 'pool'],
      ['$default', 'pool'],
    ]),
    [
      { path: 'routes[1].path', message: 'takes the same requests as routes[0] (GET /a/{x})' },
      { path: 'routes[3].path', message: 'takes the same requests as routes[2] (ANY /b/{x+})' },
      { path: 'routes[4].path', message: 'takes the same requests as routes[4] (GET /c)' },
      { path: 'routes[6].path', message: 'takes the same requests as routes[5] ($default)' },
    ],
  )
})

t.test('paths that differ in more than parameter names are no duplicates', async (t) => {
  t.strictSame(
    problemsOf([
      ['GET /a/{x}', 'pool'],
      ['POST /a/{x}', 'pool'],
      ['ANY /a/{x}', 'pool'],
      ['GET /a/{x+}', 'pool'],
      ['GET /a/x', 'pool'],
      ['GET /a/{x}/', 'pool'],
      ['GET /A/{x}', 'pool'],
    ]),
    [],
  )
})

t.test('$default takes every method and cannot be given one', async (t) => {
  const message =
    'GET, HEAD is not possible: "$default" takes every method, so the only word is ANY'
  t.strictSame(problemsOf([['$default', 'pool', { methods: ['GET', 'HEAD'] }]]), [
    { path: 'routes[0].method', message },
  ])
})

t.test('all problems are told at once', async (t) => {
  t.strictSame(
    problemsOf([
      ['GET a', 'pool'],
      ['GET /{p+}/x', 'pool'],
      ['GET /a', 'pool'],
      ['GET /a', 'pool'],
      ['GET /A', 'NONE'],
    ]).map(({ path }) => path),
    ['routes[0].path', 'routes[1].path', 'routes[3].path', 'routes[2].path', 'routes[4].path'],
  )
})

t.test('routes are listed with the most specific first', async (t) => {
  const table = tableOf([
    ['$default', 'pool'],
    ['ANY /{proxy+}', 'pool'],
    ['ANY /pets/{id}', 'pool'],
    ['GET,DELETE /pets/{id}', 'pool'],
    ['GET /pets/{proxy+}', 'pool'],
    ['GET /pets/dog/1', 'pool'],
    ['GET /pets/dog/{id}', 'pool'],
    ['GET /', 'pool'],
  ])
  t.strictSame(
    orderedRoutes(table).map(({ label }) => label),
    [
      'GET /',
      'GET /pets/dog/1',
      'GET /pets/dog/{id}',
      'DELETE /pets/{id}',
      'GET /pets/{id}',
      'ANY /pets/{id}',
      'GET /pets/{proxy+}',
      'ANY /{proxy+}',
      '$default',
    ],
  )
})
