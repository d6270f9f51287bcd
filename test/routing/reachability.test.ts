import t from 'tap'
import { compileRoutes } from '../../src/routing/table.ts'
import { outcomeOf, settingsOf, tableOf, type Line } from './route-settings.ts'

// Compiling asks for every route; what it says of the unreachable ones is asserted here.
const problemsOf = (lines: readonly Line[]) => {
  const result = compileRoutes(settingsOf(lines))
  return result.ok ? [] : result.error
}

const taken = 'can never be reached: more specific routes take all its requests, such as'
const ambiguous = (other: string) =>
  `can never be reached: its requests are refused as ambiguous, since an upstream that ignores case or a trailing slash would read them as ${other}, which has another protection`

t.test('ANY beside all seven methods is reached by none', async (t) => {
  const seven = 'DELETE,GET,HEAD,OPTIONS,PATCH,POST,PUT'
  t.strictSame(
    problemsOf([
      ['ANY /a', 'pool'],
      [`${seven} /a`, 'pool'],
    ]),
    [{ path: 'routes[0].path', message: `ANY /a ${taken} routes[1] (DELETE /a)` }],
  )
  t.strictSame(
    problemsOf([
      ['ANY /a', 'pool'],
      ['DELETE,GET,HEAD,OPTIONS,PATCH,POST /a', 'pool'],
    ]),
    [],
  )
})

t.test('a greedy route whose every length is taken is reached by none', async (t) => {
  const shadowing: readonly Line[] = [
    ['GET /{p+}', 'pool'],
    ['GET /{a}', 'pool'],
    ['GET /{a}/', 'pool'],
    ['GET /{a}/{b+}', 'pool'],
  ]
  t.strictSame(problemsOf(shadowing), [
    { path: 'routes[0].path', message: `GET /{p+} ${taken} routes[1] (GET /{a})` },
  ])
  t.strictSame(problemsOf(shadowing.slice(0, 3)), [], 'longer paths are left')
  t.strictSame(problemsOf([...shadowing.slice(0, 2), ['GET /{a}/{b+}', 'pool']]), [], 'so is /x/')
})

t.test('a greedy route is tried at every length that a longer template leaves free', async (t) => {
  const lines: readonly Line[] = [
    ['GET /a/{p+}', 'pool'],
    ['GET /a/{x}', 'pool'],
    ['GET /a/{x}/', 'pool'],
    ['GET /a/{x}/{y}', 'pool'],
    ['GET /a/{x}/{y}/', 'pool'],
  ]
  t.strictSame(problemsOf(lines), [])
  t.equal(outcomeOf(tableOf(lines), 'GET', '/a/1/2/3'), 'GET /a/{p+}')
  const beyond: readonly Line[] = [
    ['GET /{p+}', 'pool'],
    ['GET /{x}', 'NONE'],
  ]
  t.strictSame(problemsOf(beyond), [], 'even if only paths longer than any template are left')
  t.equal(outcomeOf(tableOf(beyond), 'GET', '/1/'), 'target_ambiguous')
  t.equal(outcomeOf(tableOf(beyond), 'GET', '/1/2'), 'GET /{p+}')
})

t.test('a parameter is tried with a word that no literal takes', async (t) => {
  t.strictSame(
    problemsOf([
      ['GET /{a}', 'pool'],
      ['GET /x', 'pool'],
      ['GET /XX', 'pool'],
      ['GET /xxx', 'NONE'],
    ]),
    [],
  )
})

t.test('routes that differ in case or a trailing slash must ask for the same', async (t) => {
  const cases: readonly { name: string; given: readonly Line[]; want: object[] }[] = [
    {
      name: 'case, same protection',
      given: [
        ['GET /Admin', 'pool'],
        ['GET /admin', 'pool'],
        ['ANY /admin/', 'pool'],
      ],
      want: [],
    },
    {
      name: 'case, other protection: either could be served as the other',
      given: [
        ['GET /Admin', 'NONE'],
        ['GET /admin', 'pool'],
      ],
      want: [
        { path: 'routes[0].path', message: `GET /Admin ${ambiguous('routes[1] (GET /admin)')}` },
        { path: 'routes[1].path', message: `GET /admin ${ambiguous('routes[0] (GET /Admin)')}` },
      ],
    },
    {
      name: 'trailing slash, other protection',
      given: [
        ['GET /a/{x}/', 'NONE'],
        ['GET /a/{x}', 'pool'],
      ],
      want: [
        {
          path: 'routes[0].path',
          message: `GET /a/{x}/ ${ambiguous('routes[1] (GET /a/{x})')}`,
        },
        {
          path: 'routes[1].path',
          message: `GET /a/{x} ${ambiguous('routes[0] (GET /a/{x}/)')}`,
        },
      ],
    },
    {
      name: 'ANY and GET of other protection: the other methods still reach ANY',
      given: [
        ['ANY /Admin', 'NONE'],
        ['GET /admin', 'pool'],
      ],
      want: [
        { path: 'routes[1].path', message: `GET /admin ${ambiguous('routes[0] (ANY /Admin)')}` },
      ],
    },
  ]
  for (const { name, given, want } of cases) t.strictSame(problemsOf(given), want, name)
})

t.test('a catch-all of other protection makes no route unreachable', async (t) => {
  for (const rest of ['ANY /{proxy+}', '$default']) {
    const lines: readonly Line[] = [
      ['GET /getStatus', 'NONE'],
      ['GET /Files/', 'NONE'],
      ['GET /Users/{userId}/', 'partner'],
      [rest, 'pool'],
    ]
    t.strictSame(problemsOf(lines), [], rest)
    t.equal(outcomeOf(tableOf(lines), 'GET', '/getStatus'), 'GET /getStatus')
    t.equal(outcomeOf(tableOf(lines), 'GET', '/Files/'), 'GET /Files/')
    t.equal(outcomeOf(tableOf(lines), 'GET', '/Users/Ab1/'), 'GET /Users/{userId}/')
  }
})

t.test('a method of its own is tried as it is', async (t) => {
  t.strictSame(
    problemsOf([
      ['PURGE /a', 'pool'],
      ['ANY /a', 'pool'],
      ['$default', 'NONE'],
    ]),
    [],
  )
})
