import t from 'tap'
import { traceIdIn, traceIdOf } from '../../src/core/trace-context.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const good = `00-${traceId}-00f067aa0ba902b7-01`

t.test('a traceparent is what W3C Trace Context says it is', async (t) => {
  const cases: readonly (readonly [string, boolean])[] = [
    [good, true],
    [`00-${traceId}-00f067aa0ba902b7-00`, true],
    [`cc-${traceId}-00f067aa0ba902b7-01`, true],
    [`cc-${traceId}-00f067aa0ba902b7-01-what-comes-later`, true],
    [`00-${traceId}-00f067aa0ba902b7-01-more`, false],
    [`cc-${traceId}-00f067aa0ba902b7-01.more`, false],
    [`ff-${traceId}-00f067aa0ba902b7-01`, false],
    [`00-${'0'.repeat(32)}-00f067aa0ba902b7-01`, false],
    [`00-${traceId}-${'0'.repeat(16)}-01`, false],
    [good.toUpperCase(), false],
    [` ${good}`, false],
    [`${good}\n`, false],
    [`00-${traceId}-00f067aa0ba902b7`, false],
    [`0-${traceId}-00f067aa0ba902b7-01`, false],
    ['', false],
    ['x'.repeat(30_000), false],
  ]
  for (const [text, isGood] of cases) {
    t.equal(traceIdOf(text), isGood ? traceId : undefined, text.slice(0, 80))
  }
})

t.test('header lines bring one trace or none', async (t) => {
  t.equal(traceIdIn(['Host', 'a', 'TraceParent', good, 'Accept', '*/*']), traceId)
  t.equal(traceIdIn(['Host', good]), undefined)
  t.equal(traceIdIn(['traceparent', good, 'Traceparent', good]), undefined)
  t.equal(traceIdIn(['traceparent', 'x']), undefined)
  t.equal(traceIdIn([]), undefined)
})
