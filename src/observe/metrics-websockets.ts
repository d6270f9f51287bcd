// Counts WebSockets from their opening to their end. The handshakes are counted as requests are.
import type { Registry } from 'prom-client'
import type { Recorder, WebSocketCloseReason } from '../core/ports.ts'
import { createCounter } from './metrics-build.ts'
import { createGaugeCell } from './metrics-cells.ts'
import { metricTable } from './metrics-table.ts'

export type WebSocketRecorder = Pick<Recorder, 'webSocketOpened' | 'webSocketClosed'>

/** The count as it stands. */
export interface WebSocketReadings {
  readonly webSocketsActive: () => number
}

export const createWebSocketMetrics = (
  registry: Registry,
): WebSocketRecorder & WebSocketReadings => {
  const active = createGaugeCell(registry, metricTable.webSocketsActive)
  const counter = createCounter(registry, metricTable.webSocketsClosed)
  const closed = {
    client: counter.labels('client'),
    upstream: counter.labels('upstream'),
    expiry: counter.labels('expiry'),
    idle: counter.labels('idle'),
    drain: counter.labels('drain'),
    revoked: counter.labels('revoked'),
    error: counter.labels('error'),
  } satisfies Record<WebSocketCloseReason, unknown>
  for (const child of Object.values(closed)) child.inc(0)
  return {
    webSocketOpened: () => {
      active.value += 1
    },
    webSocketClosed: (reason) => {
      active.value -= 1
      closed[reason].inc()
    },
    webSocketsActive: () => active.value,
  }
}
