import { register, Registry } from 'prom-client'
import t from 'tap'
import {
  createCounter,
  createGauge,
  createHistogram,
  toSeconds,
} from '../../src/observe/metrics-build.ts'

t.test('a row becomes a metric of its registry, and of no other', async (t) => {
  const registry = new Registry()
  const counter = createCounter(registry, {
    name: 'a_total',
    type: 'counter',
    labels: ['kind'],
    help: 'A.',
  })
  counter.inc({ kind: 'x' })
  createGauge(registry, { name: 'b', type: 'gauge', labels: [], help: 'B.' }).set(2)
  createHistogram(registry, {
    name: 'c_seconds',
    type: 'histogram',
    labels: [],
    help: 'C.',
    buckets: [1],
  }).observe(0.5)
  t.equal(
    await registry.metrics(),
    `# HELP a_total A.
# TYPE a_total counter
a_total{kind="x"} 1

# HELP b B.
# TYPE b gauge
b 2

# HELP c_seconds C.
# TYPE c_seconds histogram
c_seconds_bucket{le="1"} 1
c_seconds_bucket{le="+Inf"} 1
c_seconds_sum 0.5
c_seconds_count 1
`,
  )
  t.strictSame(register.getMetricsAsArray(), [])
})

t.test('collected values are asked for at each scrape', async (t) => {
  const registry = new Registry()
  let asked = 0
  createGauge(registry, { name: 'a', type: 'gauge', labels: [], help: 'A.' }, (gauge) => {
    asked += 1
    gauge.set(asked)
  })
  createCounter(
    registry,
    { name: 'b_total', type: 'counter', labels: ['kind'], help: 'B.' },
    (counter) => counter.inc({ kind: 'x' }, 0),
  )
  t.equal(asked, 0)
  t.match(await registry.metrics(), 'a 1\n')
  const second = await registry.metrics()
  t.match(second, 'a 2\n')
  t.match(second, 'b_total{kind="x"} 0\n')
})

t.test('milliseconds become seconds, never negative and never NaN', async (t) => {
  t.strictSame([1500, 0, -3, NaN].map(toSeconds), [1.5, 0, 0, 0])
})
