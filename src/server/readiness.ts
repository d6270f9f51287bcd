// Whether the gate should get traffic. It knows two reasons not to: an authorizer that never had
// keys, for a bounded time after the start, and draining. A dead issuer later on is no reason.
import type { Clock } from '../core/ports.ts'

export interface Readiness {
  /** One line per reason; empty means ready. */
  readonly reasons: () => readonly string[]
  /** From now on not ready, for good. */
  readonly startDraining: () => void
  readonly draining: () => boolean
}

export interface ReadinessOptions {
  /** Issuers whose keys were never fetched. */
  readonly missing: () => readonly string[]
  /** How long to wait for them. After that the gate is ready, and answers 503 where keys lack. */
  readonly startupWaitSeconds: number
  readonly clock: Clock
}

/** Starts the clock of `startupWaitSeconds`. Once ready, only draining ends it. */
export const createReadiness = (options: ReadinessOptions): Readiness => {
  const deadlineMs = options.clock.monotonicMs() + options.startupWaitSeconds * 1000
  let ready = false
  let draining = false
  return {
    reasons: () => {
      if (draining) return ['draining: the gate is shutting down']
      const missing = ready ? [] : options.missing()
      ready ||= missing.length === 0 || options.clock.monotonicMs() >= deadlineMs
      return ready ? [] : missing.map((issuer) => `waiting for the signing keys of ${issuer}`)
    },
    startDraining: () => {
      draining = true
    },
    draining: () => draining,
  }
}
