import { Registry } from 'prom-client'
import t from 'tap'
import {
  createCounterCells,
  createGaugeCell,
  createHistogramCells,
} from '../../src/observe/metrics-cells.ts'

t.test('a counter cell is shown from the start, and as it stands at each scrape', async (t) => {
  const registry = new Registry()
  const cellOf = createCounterCells(registry, {
    name: 'a_total',
    type: 'counter',
    labels: ['kind'],
    help: 'A.',
  })
  const x = cellOf({ kind: 'x' })
  cellOf({ kind: 'y' })
  x.value += 2
  const head = '# HELP a_total A.\n# TYPE a_total counter\n'
  t.equal(await registry.metrics(), `${head}a_total{kind="x"} 2\na_total{kind="y"} 0\n`)
  x.value += 1
  t.equal(await registry.metrics(), `${head}a_total{kind="x"} 3\na_total{kind="y"} 0\n`)
})

t.test('a gauge cell goes up and down', async (t) => {
  const registry = new Registry()
  const cell = createGaugeCell(registry, { name: 'b', type: 'gauge', labels: [], help: 'B.' })
  cell.value += 3
  cell.value -= 1
  t.equal(await registry.metrics(), '# HELP b B.\n# TYPE b gauge\nb 2\n')
})

t.test('a histogram counts each value in its bucket and in all above it', async (t) => {
  const registry = new Registry()
  const observe = createHistogramCells(registry, {
    name: 'c_seconds',
    type: 'histogram',
    labels: [],
    help: 'C.',
    buckets: [1, 2],
  })({})
  const lines = (counts: readonly number[]): string => `# HELP c_seconds C.
# TYPE c_seconds histogram
c_seconds_bucket{le="1"} ${counts[0]}
c_seconds_bucket{le="2"} ${counts[1]}
c_seconds_bucket{le="+Inf"} ${counts[2]}
c_seconds_sum ${counts[3]}
c_seconds_count ${counts[2]}
`
  t.equal(await registry.metrics(), lines([0, 0, 0, 0]), 'without labels it is there at once')
  observe(0.5)
  observe(1) // a bound belongs to its bucket
  observe(1.5)
  observe(4)
  t.equal(await registry.metrics(), lines([2, 3, 4, 7]))
})

t.test('a histogram with labels shows a series once something was observed', async (t) => {
  const registry = new Registry()
  const seriesOf = createHistogramCells(registry, {
    name: 'd_seconds',
    type: 'histogram',
    labels: ['route'],
    help: 'D.',
    buckets: [1],
  })
  seriesOf({ route: 'never' })
  const second = seriesOf({ route: 'second' })
  const first = seriesOf({ route: 'first' })
  first(3)
  second(0.25)
  first(0.5)
  t.equal(
    await registry.metrics(),
    `# HELP d_seconds D.
# TYPE d_seconds histogram
d_seconds_bucket{le="1",route="first"} 1
d_seconds_bucket{le="+Inf",route="first"} 2
d_seconds_sum{route="first"} 3.5
d_seconds_count{route="first"} 2
d_seconds_bucket{le="1",route="second"} 1
d_seconds_bucket{le="+Inf",route="second"} 1
d_seconds_sum{route="second"} 0.25
d_seconds_count{route="second"} 1
`,
  )
})
