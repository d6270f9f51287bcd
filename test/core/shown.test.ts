import t from 'tap'
import { itemPath, keyPath, shown } from '../../src/core/shown.ts'

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
