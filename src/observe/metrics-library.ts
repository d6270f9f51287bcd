// What is used of prom-client, without the rest of it: its main module also loads clusters, gateways that are
// pushed to, and summaries with their trees. Nothing of ours is in here.
import { createRequire } from 'node:module'
import type * as PromClient from 'prom-client'

type Library = typeof PromClient

const load = createRequire(import.meta.url)

// No documented paths; the version is pinned, and the test of this file holds them to the main module's.

export const Registry = load('prom-client/lib/registry.js') as Library['Registry']
export const Counter = load('prom-client/lib/counter.js') as Library['Counter']
export const Gauge = load('prom-client/lib/gauge.js') as Library['Gauge']
export const Histogram = load('prom-client/lib/histogram.js') as Library['Histogram']
export const collectDefaultMetrics = load(
  'prom-client/lib/defaultMetrics.js',
) as Library['collectDefaultMetrics']

export type Registry = PromClient.Registry
export type Counter<Label extends string = string> = PromClient.Counter<Label>
export type Gauge<Label extends string = string> = PromClient.Gauge<Label>
export type Histogram<Label extends string = string> = PromClient.Histogram<Label>
