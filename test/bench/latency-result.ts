// Added latency as rows and findings. Pure.
import type { Result } from './benchmark.ts'
import type { Finding } from './findings.ts'
import type { RateReport } from './programs/send-at-rate.ts'
import { median } from './statistics.ts'

export interface LatencySystem {
  readonly name: string
  readonly runs: readonly RateReport[]
}

export interface LatencyTargets {
  /** What the gate may add to p99; milliseconds. */
  readonly added: number
  /** What it may add more than its peer does. */
  readonly besidePeer: number
}

interface Percentiles {
  readonly p50: number
  readonly p99: number
  readonly p999: number
  /** How late the sender was, at p99: noise of the machine. */
  readonly late: number
}

/** From the systems' runs: first without any system, then through the gate, then through its peer. */
export const latencyResult = (
  targets: LatencyTargets | undefined,
  systems: readonly LatencySystem[],
): Result => {
  const [direct, gate, peer] = systems.map(({ name, runs }) => ({ name, ...mediansOf(runs) }))
  if (direct === undefined || gate === undefined) throw new Error('nothing to compare')
  const through = peer === undefined ? [gate] : [gate, peer]
  const finding = (what: string, value: number, target: number | undefined): Finding => ({
    what,
    value,
    unit: 'ms',
    ...(target === undefined ? {} : { target }),
  })
  const added = (system: Percentiles, share: keyof Percentiles): number =>
    system[share] - direct[share]
  return {
    rows: [direct, ...through].map((system) => ({
      system: system.name,
      'p50 ms': twoDigits(system.p50),
      'p99 ms': twoDigits(system.p99),
      'p99.9 ms': twoDigits(system.p999),
      'sender late, p99': twoDigits(system.late),
      ...(system === direct
        ? {}
        : {
            'p50 added': twoDigits(added(system, 'p50')),
            'p99 added': twoDigits(added(system, 'p99')),
            'p99.9 added': twoDigits(added(system, 'p999')),
          }),
    })),
    findings: [
      finding('p50 added', added(gate, 'p50'), undefined),
      finding('p99 added', added(gate, 'p99'), targets?.added),
      finding('p99.9 added', added(gate, 'p999'), undefined),
      ...(peer === undefined
        ? []
        : [finding(`p99 − ${peer.name}`, gate.p99 - peer.p99, targets?.besidePeer)]),
    ],
    problems: [],
    report: { systems },
  }
}

const mediansOf = (runs: readonly RateReport[]): Percentiles => ({
  p50: median(runs.map(({ p50Ms }) => p50Ms)),
  p99: median(runs.map(({ p99Ms }) => p99Ms)),
  p999: median(runs.map(({ p999Ms }) => p999Ms)),
  late: median(runs.map(({ lateP99Ms }) => lateP99Ms)),
})

const twoDigits = (value: number): number => Math.round(value * 100) / 100
