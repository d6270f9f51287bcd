import t from 'tap'
import { createProblems, inFileOrder, isWithin } from '../../src/config/problem.ts'

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
