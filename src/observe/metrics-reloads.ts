// Counts reloads of the configuration, and tells whether what lies in the files is in force.
import type { Registry } from 'prom-client'
import type { Recorder, ReloadedPart } from '../core/ports.ts'
import { createCounter, createGauge } from './metrics-build.ts'
import { metricTable } from './metrics-table.ts'

export type ReloadRecorder = Pick<Recorder, 'reloaded'>

/** Registers them; until the first reload the configuration in force is that of `startedMs`. */
export const createReloadMetrics = (registry: Registry, startedMs: number): ReloadRecorder => {
  const reloads = createCounter(registry, metricTable.configReloads)
  const outcomes = { success: reloads.labels('success'), failed: reloads.labels('failed') }
  for (const child of Object.values(outcomes)) child.inc(0)
  const last = createGauge(registry, metricTable.configLastReload)
  const successful = createGauge(registry, metricTable.configLastReloadSuccessful)
  last.set(Math.floor(startedMs / 1000))
  successful.set(1)
  // A good certificate says nothing about a broken rule.
  const broken = new Set<ReloadedPart>()
  return {
    reloaded: (part, outcome, atMs) => {
      outcomes[outcome].inc()
      if (outcome === 'failed') broken.add(part)
      else broken.delete(part)
      successful.set(Number(broken.size === 0))
      if (outcome === 'success') last.set(Math.floor(atMs / 1000))
    },
  }
}
