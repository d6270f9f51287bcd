// The system's clocks behind the Clock port.
import { performance } from 'node:perf_hooks'
import type { Clock } from '../core/ports.ts'

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
}
