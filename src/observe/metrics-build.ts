// Turns rows of the metric table into prom-client metrics on a given registry. Nothing is ever put on
// prom-client's global registry, so that several gates can live in one process.
import { Counter, Gauge, Histogram, type Registry } from './metrics-library.ts'
import type { MetricDefinition } from './metrics-table.ts'

/** A row whose labels the compiler knows, so that a misspelt label does not compile. */
export type Row<Type extends MetricDefinition['type'], Label extends string> = Pick<
  MetricDefinition,
  'name' | 'help'
> & { readonly type: Type; readonly labels: readonly Label[] }

/** `collect` runs at each scrape, for label values that are not known before. */
export const createCounter = <Label extends string>(
  registry: Registry,
  row: Row<'counter', Label>,
  collect?: (counter: Counter<Label>) => void,
): Counter<Label> => {
  const counter: Counter<Label> = new Counter({
    ...configOf(registry, row),
    ...(collect === undefined ? {} : { collect: () => collect(counter) }),
  })
  return counter
}

/** `collect` sets the gauge at each scrape; without it, its owner does as things happen. */
export const createGauge = <Label extends string>(
  registry: Registry,
  row: Row<'gauge', Label>,
  collect?: (gauge: Gauge<Label>) => void | Promise<void>,
): Gauge<Label> => {
  const gauge: Gauge<Label> = new Gauge({
    ...configOf(registry, row),
    ...(collect === undefined ? {} : { collect: () => collect(gauge) }),
  })
  return gauge
}

export const createHistogram = <Label extends string>(
  registry: Registry,
  row: Row<'histogram', Label> & { readonly buckets: readonly number[] },
): Histogram<Label> => new Histogram({ ...configOf(registry, row), buckets: [...row.buckets] })

/** Milliseconds as seconds; what is no positive number is 0, since prom-client throws on NaN. */
export const toSeconds = (ms: number): number => (ms > 0 ? ms / 1000 : 0)

/** What prom-client's constructors take. */
export const configOf = <Label extends string>(
  registry: Registry,
  { name, help, labels }: { name: string; help: string; labels: readonly Label[] },
) => ({ name, help, labelNames: labels, registers: [registry] })
