import t from 'tap'
import {
  createProblems,
  inFileOrder,
  isWithin,
  itemPath,
  keyPath,
  shown,
} from '../../src/config/problem.ts'

t.test('a place reads as an operator would write it', async (t) => {
  for (const [want, got] of [
    ['listen', keyPath('', 'listen')],
    ['listen.port', keyPath('listen', 'port')],
    ['claimHeaders.X-Claim-Sub', keyPath('claimHeaders', 'X-Claim-Sub')],
    ['requiredClaims.custom:tenant', keyPath('requiredClaims', 'custom:tenant')],
    ['requiredClaims["a.b"]', keyPath('requiredClaims', 'a.b')],
    ['["two words"]', keyPath('', 'two words')],
    ['a[""]', keyPath('a', '')],
    ['a["\\u001b[31m"]', keyPath('a', '\u001b[31m')],
    [`a["${'k'.repeat(64)}…"]`, keyPath('a', 'k'.repeat(1000))],
    ['routes[2]', itemPath('routes', 2)],
  ]) {
    t.equal(got, want)
  }
})

t.test('a value is shown on one line, shortened, without what a terminal would obey', async (t) => {
  for (const [value, want] of [
    ['80abc', '"80abc"'],
    ['a\nb', '"a\\nb"'],
    ['\u007f\u009b\u2028\u2029', '"\\u007f\\u009b\\u2028\\u2029"'],
    ['\ud800', '"\\ud800"'],
    ['x'.repeat(200), `"${'x'.repeat(80)}…"`],
    [80, '80'],
    [NaN, 'NaN'],
    [true, 'true'],
    [null, 'null'],
    [['a'], 'a list'],
    [{ a: 1 }, 'a map'],
  ] as const) {
    t.equal(shown(value), want)
  }
})

t.test('a path is within another by whole keys', async (t) => {
  t.ok(isWithin('a.b', 'a.b'))
  t.ok(isWithin('a.b.c', 'a.b'))
  t.ok(isWithin('a.b[0]', 'a.b'))
  t.notOk(isWithin('a.bc', 'a.b'))
  t.notOk(isWithin('a', 'a.b'))
})

t.test('the same problem is kept once', async (t) => {
  const problems = createProblems()
  problems.report('a.b', 'is wrong')
  problems.report('a.b', 'is wrong')
  problems.report('a.b', 'is missing')
  t.strictSame(problems.all(), [
    { path: 'a.b', message: 'is wrong' },
    { path: 'a.b', message: 'is missing' },
  ])
  t.ok(problems.below('a'))
  t.notOk(problems.below('a.c'))
})

t.test(
  'problems come in the order of the file, what is missing beside its neighbours',
  async (t) => {
    const order = new Map([
      ['routes', 10],
      ['routes[0]', 12],
      ['routes[0].path', 14],
      ['listen', 50],
    ])
    const paths = [
      'LISTEN_PORT',
      'listen.host',
      'upstream.url',
      'routes[0].path',
      'routes[0].method',
    ]
    t.strictSame(
      inFileOrder(
        paths.map((path) => ({ path, message: '' })),
        order,
      ).map(({ path }) => path),
      ['routes[0].method', 'routes[0].path', 'listen.host', 'LISTEN_PORT', 'upstream.url'],
    )
  },
)
