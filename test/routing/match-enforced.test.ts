// What report mode changes in matching: which requests must not pass for those of an enforced route.
import t from 'tap'
import { isDenial } from '../../src/core/denial.ts'
import { resemblesEnforced } from '../../src/routing/match.ts'
import { parseTarget } from '../../src/routing/target.ts'
import { outcomeOf, tableOf } from './route-settings.ts'

t.test('paths that no route takes are compared with those that are enforced', async (t) => {
  const table = tableOf([
    ['GET /a', 'pool'],
    ['GET /open', 'NONE'],
    ['GET /reported', 'pool', { enforcement: 'report' }],
    ['ANY /denied/{p+}', 'DENY'],
  ])
  const cases: readonly (readonly [string, string, boolean])[] = [
    ['GET', '/A', true],
    ['GET', '/a;x/', true],
    ['HEAD', '/a', true],
    ['POST', '/a', false],
    ['GET', '/Open', false],
    ['GET', '/Reported', false],
    ['GET', '/Denied/x', true],
    ['GET', '/b', false],
    ['GET', `/${'b/'.repeat(2000)}A`, false],
  ]
  for (const [method, path, want] of cases) {
    const target = parseTarget(path, '')
    if (isDenial(target)) throw new Error(path)
    t.equal(resemblesEnforced(table, method, target), want, `${method} ${path.slice(0, 20)}`)
  }
})

t.test('a path that another reading takes to enforced protection is ambiguous', async (t) => {
  const table = tableOf([
    ['GET /a', 'pool', { enforcement: 'report' }],
    ['GET /{x}', 'pool'],
  ])
  t.equal(outcomeOf(table, 'GET', '/a'), 'GET /a')
  t.equal(outcomeOf(table, 'GET', '/A'), 'target_ambiguous')
})
