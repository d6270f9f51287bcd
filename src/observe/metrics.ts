// Everything that is counted, as Prometheus metrics: the Recorder behind every module's counting, and
// the text that /metrics serves. Each gate has a registry of its own.
import { collectDefaultMetrics, Registry } from './metrics-library.ts'
import type { Recorder } from '../core/ports.ts'
import type { ReportMode } from '../core/report-mode.ts'
import type { Route } from '../core/route.ts'
import { createGauge } from './metrics-build.ts'
import { createReloadMetrics } from './metrics-reloads.ts'
import { createRequestMetrics, type RequestReadings } from './metrics-requests.ts'
import { metricTable } from './metrics-table.ts'
import {
  createTokenMetrics,
  type TokenMetricsOptions,
  type TokenReadings,
} from './metrics-tokens.ts'
import { createUpstreamMetrics } from './metrics-upstream.ts'
import { createWebSocketMetrics, type WebSocketReadings } from './metrics-websockets.ts'

export { metricDocs } from './metrics-table.ts'

/** The counts as they stand, read without a scrape. */
export interface Readings extends RequestReadings, TokenReadings, WebSocketReadings {
  /** Of the process: `v24.1.0`. */
  readonly nodeVersion: () => Promise<string>
}

export interface Metrics extends Recorder, Readings {
  /** All metrics in the Prometheus text format 0.0.4, those of the process and of Node.js too. */
  readonly render: () => Promise<string>
  /** The media type of that text. */
  readonly contentType: string
  /** Counts for other routes and authorizers from now on. */
  readonly follow: (routes: readonly Route[], authorizers: readonly string[]) => void
}

export interface MetricsOptions extends TokenMetricsOptions {
  /** The routes of the table. */
  readonly routes: readonly Route[]
  /** How much is in report mode now. */
  readonly reportMode: () => Pick<ReportMode, 'reporting' | 'unmatched'>
  /** The gate's version, for `build_info`. */
  readonly version: string
  /** When the configuration was loaded: milliseconds since the epoch. */
  readonly startedMs: number
}

/** Makes a registry and its recorder. `reportMode`, `tokenCache` and `keySets` are first called by `render`. */
export const createMetrics = (options: MetricsOptions): Metrics => {
  // The registry's content type is never changed: asked once for OpenMetrics, prom-client drops
  // `_total` from the names of counters for good, in this format too.
  const registry = new Registry()
  const { followRoutes, ...requests } = createRequestMetrics(registry, options.routes)
  const { followAuthorizers, ...tokens } = createTokenMetrics(registry, options)
  const recorder = {
    ...requests,
    ...tokens,
    ...createUpstreamMetrics(registry),
    ...createWebSocketMetrics(registry),
    ...createReloadMetrics(registry, options.startedMs),
  }
  createGauge(registry, metricTable.reportModeRoutes, (gauge) => {
    const { reporting, unmatched } = options.reportMode()
    gauge.set(reporting + Number(unmatched))
  })
  const nodeVersion = createNodeVersion(registry)
  createGauge(registry, metricTable.buildInfo, async (gauge) => {
    gauge.set({ version: options.version, node: await nodeVersion() }, 1)
  })
  collectDefaultMetrics({ register: registry })
  return {
    ...recorder,
    nodeVersion,
    render: () => registry.metrics(),
    contentType: registry.contentType,
    follow: (routes, authorizers) => {
      followRoutes(routes)
      followAuthorizers(authorizers)
    },
  }
}

/** Taken from the default metrics, which are given the process to read. */
const createNodeVersion = (registry: Registry) => async (): Promise<string> => {
  const runtime = await registry.getSingleMetric('nodejs_version_info')?.get()
  return String(runtime?.values[0]?.labels['version'])
}
