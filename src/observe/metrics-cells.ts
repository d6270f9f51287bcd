// Counts that every request changes, held as plain numbers and given to prom-client when it is scraped:
// its own `inc` and `observe` make a key of the label values each time. Only rows of the table go in.
import { Counter, Gauge, Histogram, type Registry } from './metrics-library.ts'
import { configOf, type Row } from './metrics-build.ts'

/** One time series. Whoever counts adds to `value`. */
export interface Cell {
  value: number
}

type Labels<Label extends string> = Readonly<Record<Label, string>>

/** Adds a series; to be called once for each set of labels. */
export interface AddSeries<Label extends string, Series> {
  (labels: Labels<Label>): Series
  /** Shows it no more; whoever still counts in it counts for nobody. */
  readonly drop: (series: Series) => void
}

/** Makes a counter whose series are cells. One that is added is shown from then on, at 0 at first. */
export const createCounterCells = <Label extends string>(
  registry: Registry,
  row: Row<'counter', Label>,
): AddSeries<Label, Cell> => {
  const series = new Map<Cell, Labels<Label>>()
  const counter: Counter<Label> = new Counter({
    ...configOf(registry, row),
    collect: () => {
      counter.reset()
      for (const [cell, labels] of series) counter.inc(labels, cell.value)
    },
  })
  const add = (labels: Labels<Label>): Cell => {
    const cell = { value: 0 }
    series.set(cell, labels)
    return cell
  }
  return Object.assign(add, { drop: (cell: Cell) => void series.delete(cell) })
}

/** Makes a gauge of one series, which is a cell. */
export const createGaugeCell = (registry: Registry, row: Row<'gauge', never>): Cell => {
  const cell = { value: 0 }
  const gauge: Gauge = new Gauge({
    ...configOf(registry, row),
    collect: () => gauge.set(cell.value),
  })
  return cell
}

/** Counts one duration, in seconds. */
export type Observe = (seconds: number) => void

/** What was observed under one set of labels. */
interface Distribution {
  readonly labels: Readonly<Record<string, string>>
  /** How many fell into each bucket, and beyond the last one; not cumulative. */
  readonly counts: number[]
  sum: number
}

/** Makes a histogram whose series are plain numbers. One with labels is shown once something was observed. */
export const createHistogramCells = <Label extends string>(
  registry: Registry,
  row: Row<'histogram', Label> & { readonly buckets: readonly number[] },
): AddSeries<Label, Observe> => {
  const { name, help, buckets } = row
  const series = new Map<Observe, Distribution>()
  const dropped = new WeakSet<Observe>()
  const get = () =>
    Promise.resolve({
      name,
      help,
      type: 'histogram',
      aggregator: 'sum',
      values: [...series.values()].flatMap((each) => samplesOf(row, each)),
    })
  // The first is what prom-client asks a histogram for; the other is in its documentation.
  Object.assign(new Histogram(configOf(registry, row)), { getForPromString: get, get })
  const add = (labels: Labels<Label>): Observe => {
    const counts = new Array<number>(buckets.length + 1).fill(0)
    const distribution: Distribution = { labels, counts, sum: 0 }
    let shown = row.labels.length === 0
    const observe = (seconds: number): void => {
      if (!shown && !dropped.has(observe)) series.set(observe, distribution)
      shown = true
      let index = 0
      while (index < buckets.length && seconds > (buckets[index] as number)) index += 1
      counts[index] = (counts[index] as number) + 1
      distribution.sum += seconds
    }
    if (shown) series.set(observe, distribution)
    return observe
  }
  const drop = (observe: Observe): void => {
    series.delete(observe)
    dropped.add(observe)
  }
  return Object.assign(add, { drop })
}

/** The lines of one series, in the order in which prom-client writes them. */
const samplesOf = (
  { name, buckets }: { readonly name: string; readonly buckets: readonly number[] },
  { labels, counts, sum }: Distribution,
) => {
  let below = 0
  const bounds: readonly (number | string)[] = [...buckets, '+Inf']
  const lines = counts.map((count, index) => {
    below += count
    return { metricName: `${name}_bucket`, labels: { le: bounds[index], ...labels }, value: below }
  })
  return [
    ...lines,
    { metricName: `${name}_sum`, labels, value: sum },
    { metricName: `${name}_count`, labels, value: below },
  ]
}
