import t from 'tap'
import { isDenial } from '../../src/core/denial.ts'
import { matchRoute } from '../../src/routing/match.ts'
import { parseTarget } from '../../src/routing/target.ts'
import { outcomeOf, tableOf, type Line } from './route-settings.ts'

type Case = readonly [method: string, target: string, want: string]

const suite = (name: string, lines: readonly Line[], cases: readonly Case[]) => {
  t.test(name, async (t) => {
    const table = tableOf(lines)
    for (const [method, target, want] of cases) {
      t.equal(outcomeOf(table, method, target), want, `${method} ${target}`)
    }
  })
}

suite(
  'literal goes before parameter before greedy, and exact method before ANY',
  [
    ['ANY /{proxy+}', 'pool'],
    ['GET /pets/{proxy+}', 'pool'],
    ['GET /pets/dog/{id}', 'pool'],
    ['GET /pets/dog/1', 'pool'],
    ['ANY /pets/dog/1', 'pool'],
  ],
  [
    ['GET', '/pets/dog/1', 'GET /pets/dog/1'],
    ['POST', '/pets/dog/1', 'ANY /pets/dog/1'],
    ['GET', '/pets/dog/2', 'GET /pets/dog/{id}'],
    ['GET', '/pets/cat/1', 'GET /pets/{proxy+}'],
    ['GET', '/pets/dog/2/3', 'GET /pets/{proxy+}'],
    ['POST', '/pets/dog/2', 'ANY /{proxy+}'],
    ['GET', '/pets', 'ANY /{proxy+}'],
    ['GET', '/pets/', 'ANY /{proxy+}'],
    ['GET', '/', 'no_route'],
    ['TRACE', '/pets/dog/1', 'no_route'],
  ],
)

suite(
  'a greedy sibling takes a method that the exact resource lacks (validated on AWS)',
  [
    ['POST /test', 'pool'],
    ['ANY /test/any', 'pool'],
    ['OPTIONS /{proxy+}', 'pool'],
  ],
  [
    ['OPTIONS', '/test', 'OPTIONS /{proxy+}'],
    ['OPTIONS', '/test/any', 'ANY /test/any'],
    ['POST', '/test', 'POST /test'],
    ['GET', '/test', 'no_route'],
  ],
)

suite(
  'a path that leaves a resource half-way falls back to the greedy root (validated on AWS)',
  [
    ['ANY /part1', 'pool'],
    ['ANY /part1/hardcoded-value', 'pool'],
    ['ANY /{param+}', 'pool'],
  ],
  [
    ['GET', '/part1/random-value', 'ANY /{param+}'],
    ['GET', '/part1/hardcoded-value', 'ANY /part1/hardcoded-value'],
    ['GET', '/part1', 'ANY /part1'],
  ],
)

suite(
  'paths and methods are compared as they are',
  [
    ['GET /Orders/{id}', 'pool'],
    ['GET /slash/', 'pool'],
    ['GET /files/{name+}', 'pool'],
    ['GET /v1.0/a+b', 'pool'],
    ['GET /x y/é', 'pool'],
    ['GET /', 'pool'],
  ],
  [
    ['GET', '/Orders/7', 'GET /Orders/{id}'],
    ['GET', '/orders/7', 'no_route'],
    ['GET', '/Orders/7/', 'no_route'],
    ['GET', '/Orders/', 'no_route'],
    ['GET', '/Orders', 'no_route'],
    ['HEAD', '/Orders/7', 'no_route'],
    ['get', '/Orders/7', 'no_route'],
    ['ANY', '/Orders/7', 'no_route'],
    ['GET', '/slash/', 'GET /slash/'],
    ['GET', '/slash', 'no_route'],
    ['GET', '/files/a/b/', 'GET /files/{name+}'],
    ['GET', '/files/', 'no_route'],
    ['GET', '/files', 'no_route'],
    ['GET', '/v1.0/a+b', 'GET /v1.0/a+b'],
    ['GET', '/v1x0/aab', 'no_route'],
    ['GET', '/x%20y/%C3%A9', 'GET /x y/é'],
    ['GET', '/%4Frders/%37', 'GET /Orders/{id}'],
    ['GET', '/?a', 'GET /'],
  ],
)

suite(
  'what is denied is found, and its greedy sibling does not get the request',
  [
    ['ANY /internal/{proxy+}', 'DENY'],
    ['ANY /{proxy+}', 'NONE'],
  ],
  [
    ['GET', '/internal/x', 'ANY /internal/{proxy+}'],
    ['GET', '/INTERNAL/x', 'target_ambiguous'],
    ['GET', '/internal/;x', 'target_ambiguous'],
    ['GET', '/internal;/x', 'target_ambiguous'],
  ],
)

suite(
  '$default takes every path and method that is left',
  [
    ['GET /a', 'pool'],
    ['$default', 'pool'],
  ],
  [
    ['GET', '/a', 'GET /a'],
    ['POST', '/a', '$default'],
    ['FOO', '/', '$default'],
    ['TRACE', '/a', 'no_route'],
    ['GET', '/b/', '$default'],
    ['GET', '/b%2Fc', 'target_ambiguous'],
    ['GET', '/../a', 'target_ambiguous'],
  ],
)

suite(
  'a reading that no other route takes is one for $default',
  [
    ['GET /a/{x}', 'NONE'],
    ['$default', 'pool'],
  ],
  [
    ['GET', '/a/x;y', 'GET /a/{x}'],
    ['GET', '/a/;x', 'target_ambiguous'],
    ['GET', '/a/x/', 'target_ambiguous'],
  ],
)

const closed: readonly Line[] = [
  ['ANY /public/{proxy+}', 'NONE'],
  ['ANY /admin', 'pool'],
]

suite('attacks on a table without a catch-all do not reach the public route', closed, [
  ['GET', '/public/x', 'ANY /public/{proxy+}'],
  ['GET', '/public/../admin', 'target_ambiguous'],
  ['GET', '/public/%2e%2e/admin', 'target_ambiguous'],
  ['GET', '/public/.%2e/admin', 'target_ambiguous'],
  ['GET', '/public/%252e%252e/admin', 'target_ambiguous'],
  ['GET', '/public/..;/admin', 'target_ambiguous'],
  ['GET', '/public..;/admin', 'no_route'],
  ['GET', '//admin', 'target_ambiguous'],
  ['GET', '/public//../admin', 'target_ambiguous'],
  ['GET', '/./admin', 'target_ambiguous'],
  ['GET', '/admin/', 'no_route'],
  ['GET', '//evil.com/admin', 'target_ambiguous'],
  ['GET', '/public%2f..%2fadmin', 'target_ambiguous'],
  ['GET', '/admin%2Fx', 'target_ambiguous'],
  ['GET', '/public/x%2Fy', 'target_ambiguous'],
  ['GET', '/public\\..\\admin', 'target_ambiguous'],
  ['GET', '/public%5c..%5cadmin', 'target_ambiguous'],
  ['GET', '/admin;a=b', 'no_route'],
  ['GET', '/admin;/x', 'no_route'],
  ['GET', '/;/admin', 'target_ambiguous'],
  ['GET', '/admin#/public/x', 'target_ambiguous'],
  ['GET', '/admin?x=/public/', 'ANY /admin'],
  ['GET', '/admin%3f/public/', 'no_route'],
  ['GET', 'http://host/admin', 'target_ambiguous'],
  ['GET', '/%61dmin', 'ANY /admin'],
  ['GET', '/ADMIN', 'no_route'],
  ['GET', '/admin%00', 'target_ambiguous'],
  ['GET', '/admin%20', 'no_route'],
  ['GET', '/publicity/x', 'no_route'],
  ['GET', '/public', 'no_route'],
  ['HEAD', '/admin', 'ANY /admin'],
  ['get', '/admin', 'no_route'],
  ['FOO', '/admin', 'no_route'],
])

suite(
  'a public catch-all does not get what an upstream would read as a protected path',
  [
    ['ANY /{proxy+}', 'NONE'],
    ['ANY /admin', 'pool'],
    ['ANY /Reports/{id}', 'pool'],
    ['GET /users/', 'pool'],
  ],
  [
    ['GET', '/anything', 'ANY /{proxy+}'],
    ['GET', '/Anything/', 'ANY /{proxy+}'],
    ['GET', '/admin', 'ANY /admin'],
    ['GET', '/admin/', 'target_ambiguous'],
    ['GET', '/ADMIN', 'target_ambiguous'],
    ['GET', '/%41dmin', 'target_ambiguous'],
    ['GET', '/adm%C4%B1n', 'target_ambiguous'],
    ['GET', '/admin;a=b', 'target_ambiguous'],
    ['GET', '/admin%3Ba=b', 'target_ambiguous'],
    ['GET', '/Admin;a=b/', 'target_ambiguous'],
    ['GET', '/admin/;x', 'target_ambiguous'],
    ['GET', '/admin;/x', 'ANY /{proxy+}'],
    ['GET', '/admin/x', 'ANY /{proxy+}'],
    ['GET', '/Reports/1', 'ANY /Reports/{id}'],
    ['GET', '/reports/1', 'target_ambiguous'],
    ['GET', '/REPORTS/1', 'target_ambiguous'],
    ['GET', '/reports/1/2', 'ANY /{proxy+}'],
    ['GET', '/users/', 'GET /users/'],
    ['GET', '/users', 'target_ambiguous'],
    ['GET', '/Users/', 'target_ambiguous'],
    ['POST', '/users', 'ANY /{proxy+}'],
    ['FOO', '/admin', 'no_route'],
  ],
)

suite(
  'an upstream that takes one liberty and not the other is thought of too',
  [
    ['ANY /{proxy+}', 'NONE'],
    ['ANY /admin', 'NONE'],
    ['ANY /admin/{page+}', 'pool'],
    ['ANY /Keys/{id}', 'pool'],
    ['ANY /keys/list', 'NONE'],
  ],
  [
    ['GET', '/admin', 'ANY /admin'],
    ['GET', '/ADMIN', 'ANY /{proxy+}'],
    ['GET', '/admin/', 'ANY /{proxy+}'],
    ['GET', '/ADMIN/;x', 'target_ambiguous'],
    ['GET', '/Keys;q/list', 'target_ambiguous'],
    ['GET', '/keys;q/list', 'ANY /{proxy+}'],
  ],
)

suite(
  'an encoded slash passes only where the route allows it, and only as part of a name',
  [
    ['GET /files/{name}', 'NONE', { allowEncodedSlash: true }],
    ['GET /tree/{path+}', 'pool', { allowEncodedSlash: true }],
    ['GET /strict/{name}', 'NONE'],
    ['GET /files/private/{name}', 'pool', { allowEncodedSlash: true }],
  ],
  [
    ['GET', '/files/a%2Fb', 'GET /files/{name}'],
    ['GET', '/files/a%2fb%2Fc', 'GET /files/{name}'],
    ['GET', '/tree/a%2Fb/c/', 'GET /tree/{path+}'],
    ['GET', '/files/private%2Fb', 'target_ambiguous'],
    ['GET', '/files/PRIVATE%2Fb;x', 'target_ambiguous'],
    ['GET', '/files%2Fa', 'target_ambiguous'],
    ['GET', '/strict/a%2Fb', 'target_ambiguous'],
    ['POST', '/files/a%2Fb', 'target_ambiguous'],
    ['GET', '/files/a%2F', 'target_ambiguous'],
    ['GET', '/files/%2Fetc', 'target_ambiguous'],
    ['GET', '/files/a%2F..%2Fb', 'target_ambiguous'],
    ['GET', '/files/a%2F%2e%2e;x', 'target_ambiguous'],
    ['GET', '/files/private;%2Fb', 'target_ambiguous'],
  ],
)

suite(
  'scopes, groups and claims make a difference, the order of them none',
  [
    ['GET /{proxy+}', 'pool', { scopes: ['a', 'b'] }],
    ['GET /same', 'pool', { scopes: ['b', 'a'] }],
    ['GET /scope', 'pool', { scopes: ['a'] }],
    ['GET /group', 'pool', { scopes: ['a', 'b'], groups: ['g'] }],
    ['GET /claim', 'pool', { scopes: ['a', 'b'], claims: [{ name: 'c', values: ['v'] }] }],
  ],
  [
    ['GET', '/SAME', 'GET /{proxy+}'],
    ['GET', '/SCOPE', 'target_ambiguous'],
    ['GET', '/GROUP', 'target_ambiguous'],
    ['GET', '/CLAIM', 'target_ambiguous'],
  ],
)

t.test('a base path and an encoded slash under a greedy route go together', async (t) => {
  const table = tableOf([['ANY /{proxy+}', 'NONE', { allowEncodedSlash: true }]])
  const target = parseTarget('/prod/a%2Fb/C/?q', '/prod')
  if (isDenial(target)) throw new Error(target.code)
  t.match(matchRoute(table, 'GET', target), { label: 'ANY /{proxy+}' })
  t.match(target, { path: '/a%2Fb/C/', query: '?q' })
})

t.test('a very long path is read no further than the longest template reaches', async (t) => {
  const table = tableOf([
    ['ANY /{proxy+}', 'NONE'],
    ['ANY /Admin/{id}', 'pool'],
  ])
  t.equal(table.longest, 2)
  const long = `${'/A;x'.repeat(4000)}/B/`
  t.equal(outcomeOf(table, 'GET', long), 'ANY /{proxy+}')
  t.equal(outcomeOf(table, 'GET', `/ADMIN;x${long}`), 'ANY /{proxy+}')
  t.equal(outcomeOf(table, 'GET', '/ADMIN;x/B/'), 'target_ambiguous')
})
