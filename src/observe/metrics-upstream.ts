// Counts what happens at the upstream, and what is removed on the way to it.
import type { Registry } from 'prom-client'
import type { Recorder, UpstreamErrorKind } from '../core/ports.ts'
import { createCounter, toSeconds } from './metrics-build.ts'
import { createHistogramCells } from './metrics-cells.ts'
import { metricTable } from './metrics-table.ts'

export type UpstreamRecorder = Pick<
  Recorder,
  'identityHeadersStripped' | 'upstreamFinished' | 'upstreamFailed' | 'upstreamRetried'
>

export const createUpstreamMetrics = (registry: Registry): UpstreamRecorder => {
  const stripped = createCounter(registry, metricTable.identityHeadersStripped)
  const observeDuration = createHistogramCells(registry, metricTable.upstreamDuration)({})
  const errors = createCounter(registry, metricTable.upstreamErrors)
  const failed = {
    connect: errors.labels('connect'),
    dns: errors.labels('dns'),
    tls: errors.labels('tls'),
    timeout: errors.labels('timeout'),
    reset: errors.labels('reset'),
    protocol: errors.labels('protocol'),
    overload: errors.labels('overload'),
  } satisfies Record<UpstreamErrorKind, unknown>
  for (const child of Object.values(failed)) child.inc(0)
  const retries = createCounter(registry, metricTable.upstreamRetries)
  return {
    identityHeadersStripped: (lines) => stripped.inc(lines),
    upstreamFinished: (ms) => observeDuration(toSeconds(ms)),
    upstreamFailed: (kind) => failed[kind].inc(),
    upstreamRetried: () => retries.inc(),
  }
}
