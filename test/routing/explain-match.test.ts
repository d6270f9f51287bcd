import t from 'tap'
import { isDenial } from '../../src/core/denial.ts'
import { explainMatch, type MatchStory } from '../../src/routing/explain-match.ts'
import { parseTarget, type Target } from '../../src/routing/target.ts'
import { createSeededRandom } from '../helpers/seeded-random.ts'
import { outcomeOf, tableOf, type Line } from './route-settings.ts'

const targetOf = (raw: string): Target => {
  const target = parseTarget(raw, '')
  if (isDenial(target)) throw new Error(`${raw}: ${target.code}`)
  return target
}

const explain = (lines: readonly Line[], method: string, raw: string): MatchStory =>
  explainMatch(tableOf(lines), method, targetOf(raw))

const shop: readonly Line[] = [
  ['ANY /{proxy+}', 'pool'],
  ['GET,HEAD /orders/{orderId}', 'pool'],
  ['POST /orders/special', 'pool'],
  ['GET /orders/{orderId}/items/', 'pool'],
  ['GET /Orders', 'pool'],
  ['$default', 'pool'],
]

t.test('the templates before the one that took it, with what kept each from it', async (t) => {
  const { selected, passedOver, parameters, ambiguity } = explain(shop, 'GET', '/orders/special')
  t.equal(selected?.label, 'GET /orders/{orderId}')
  t.strictSame(parameters, { orderId: 'special' })
  t.equal(ambiguity, undefined)
  t.strictSame(passedOver, [
    {
      path: '/Orders',
      methods: ['GET'],
      fits: 0,
      why: 'segment 1 is "orders", not "Orders"; case counts',
    },
    {
      path: '/orders/special',
      methods: ['POST'],
      fits: 3,
      why: 'has POST, and not GET',
    },
  ])
})

t.test('why a template does not take a path', async (t) => {
  const cases: readonly { template: string; given: string; want: string; fits: number }[] = [
    { template: '/a/b', given: '/a/c', want: 'segment 2 is "c", not "b"', fits: 1 },
    { template: '/a/b', given: '/a/', want: 'segment 2 is "", not "b"', fits: 1 },
    { template: '/a/b', given: '/a', want: 'goes on with b', fits: 1 },
    { template: '/a/{id}', given: '/a', want: 'goes on with {id}', fits: 1 },
    { template: '/a/{rest+}', given: '/a', want: 'goes on with {rest+}', fits: 1 },
    { template: '/a/{id}', given: '/a/', want: 'needs something in place of {id}', fits: 1 },
    { template: '/a/{rest+}', given: '/a/', want: 'needs something in place of {rest+}', fits: 1 },
    { template: '/a', given: '/a/b', want: 'ends before segment 2', fits: 1 },
    { template: '/a', given: '/a/', want: 'has no slash at its end', fits: 1 },
    { template: '/a/', given: '/a', want: 'has a slash at its end', fits: 1 },
    { template: '/a/', given: '/a/b', want: 'ends before segment 2', fits: 1 },
    {
      template: '/a',
      given: `/${'x'.repeat(130)}`,
      want: `segment 1 is "${'x'.repeat(120)}…", not "a"`,
      fits: 0,
    },
    { template: '/a/{id}', given: '/a/b', want: 'has GET, and not PUT', fits: 3 },
    { template: '/a/{rest+}', given: '/a/b/c/', want: 'has GET, and not PUT', fits: 5 },
  ]
  for (const { template, given, want, fits } of cases) {
    const story = explain([[`GET ${template}`, 'pool']], 'PUT', given)
    t.strictSame(
      story,
      {
        selected: undefined,
        passedOver: [{ path: template, methods: ['GET'], fits, why: want }],
        parameters: {},
        ambiguity: undefined,
      },
      `${template} ${given}`,
    )
  }
})

t.test('templates that differ only in names are one, with the methods of all', async (t) => {
  const lines: readonly Line[] = [
    ['GET /a/{x}', 'pool'],
    ['POST /a/{y}', 'pool'],
  ]
  t.strictSame(explain(lines, 'PUT', '/a/1').passedOver, [
    {
      path: '/a/{x}',
      methods: ['GET', 'POST'],
      fits: 3,
      why: 'has GET, POST, and not PUT',
    },
  ])
  t.strictSame(explain(lines, 'POST', '/a/%20').parameters, { y: ' ' })
})

t.test('$default comes after all, and a greedy parameter is shown as it came', async (t) => {
  const story = explain(shop.slice(1), 'DELETE', '/x')
  t.equal(story.selected?.label, '$default')
  t.equal(story.passedOver.length, 4)
  t.equal(explain(shop, 'TRACE', '/x').selected, undefined, 'but it is not for TRACE')
  t.strictSame(explain(shop, 'PUT', '/a/b%20c/').parameters, { proxy: 'a/b%20c' })
})

t.test('an ambiguity names the rule, or the reading and the route that it selects', async (t) => {
  const split: readonly Line[] = [
    ['GET /{proxy+}', 'NONE'],
    ['GET /admin/{proxy+}', 'pool'],
    ['GET /exact', 'pool'],
  ]
  const cases: readonly { method: string; given: string; want: string | undefined }[] = [
    { method: 'GET', given: '/admin/x', want: undefined },
    { method: 'PUT', given: '/a%2Fb', want: 'the path holds %2F, and no route takes it' },
    {
      method: 'GET',
      given: '/a%2Fb',
      want: 'the path holds %2F, which GET /{proxy+} does not allow (allowEncodedSlash)',
    },
    {
      method: 'GET',
      given: '/Admin;x/users',
      want: 'the path selects GET /{proxy+}, but an upstream that ignores case, ";…", the escape of %2F or a last slash may read it as "/admin/users" and take it for GET /admin/{proxy+}, which asks for something else',
    },
  ]
  for (const { method, given, want } of cases) {
    t.equal(explain(split, method, given).ambiguity, want, given)
  }
})

t.test('it tells what matching does, on random requests', async (t) => {
  const random = createSeededRandom()
  t.comment(`FUZZ_SEED=${random.seed}`)
  const lines: readonly Line[] = [
    ['GET /a', 'pool'],
    ['ANY /a/{x}', 'NONE'],
    ['GET /a/b', 'pool'],
    ['POST /a/{x}/c', 'pool'],
    ['PUT /{x}/b', 'NONE', { allowEncodedSlash: true }],
    ['GET /a/{rest+}', 'pool', { allowEncodedSlash: true }],
    ['ANY /b/{rest+}', 'pool'],
  ]
  for (const table of [tableOf(lines), tableOf([...lines, ['$default', 'NONE']])]) {
    for (let round = 0; round < 5000; round += 1) {
      const parts = Array.from({ length: 1 + random.below(3) }, () =>
        random.pick(['a', 'b', 'c', 'A', 'b;x', 'a%2Fb', 'B']),
      )
      const raw = `/${parts.join('/')}${random.pick(['', '', '/'])}`
      const method = random.pick(['GET', 'PUT', 'POST', 'TRACE'])
      const outcome = outcomeOf(table, method, raw)
      const story = explainMatch(table, method, targetOf(raw))
      const told =
        story.ambiguity === undefined ? (story.selected?.label ?? 'no_route') : 'target_ambiguous'
      if (told !== outcome) {
        t.equal(told, outcome, `${method} ${raw}`)
        return
      }
    }
  }
})
