// Everything that is counted, as Prometheus metrics: the Recorder behind every module's counting, and
// the text that /metrics serves. Each gate has a registry of its own.
import { collectDefaultMetrics, Registry } from 'prom-client'
import type { Recorder } from '../core/ports.ts'
import type { ReportMode } from '../core/report-mode.ts'
import type { Route } from '../core/route.ts'
import { createGauge } from './metrics-build.ts'
import { createRequestMetrics } from './metrics-requests.ts'
import { createReloadMetrics } from './metrics-reloads.ts'
import { metricTable } from './metrics-table.ts'
import { createTokenMetrics, type TokenMetricsOptions } from './metrics-tokens.ts'
import { createUpstreamMetrics } from './metrics-upstream.ts'
import { createWebSocketMetrics } from './metrics-websockets.ts'

export { metricDocs } from './metrics-table.ts'

export interface Metrics extends Recorder {
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
  createBuildInfo(registry, options.version)
  collectDefaultMetrics({ register: registry })
  return {
    ...recorder,
    render: () => registry.metrics(),
    contentType: registry.contentType,
    follow: (routes, authorizers) => {
      followRoutes(routes)
      followAuthorizers(authorizers)
    },
  }
}

/** Node's version is taken from the default metrics, which are given the process to read. */
const createBuildInfo = (registry: Registry, version: string): void => {
  createGauge(registry, metricTable.buildInfo, async (gauge) => {
    const runtime = await registry.getSingleMetric('nodejs_version_info')?.get()
    const node = runtime?.values[0]?.labels['version']
    gauge.set({ version, node: String(node) }, 1)
  })
}
