// What an operator reads while a gate comes up: what it waits for, that it is ready, or why it cannot
// start and what to do about that. It changes nothing.
import type { Clock, Logger } from '../core/ports.ts'
import { scheduleTimeout, type Schedule } from '../files/schedule.ts'

export interface ProgressOptions {
  /** Why the gate should get no traffic; empty once it is ready. */
  readonly notReady: () => readonly string[]
  readonly log: Pick<Logger, 'info'>
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly schedule?: Schedule
}

const lookMs = 100
const firstWordMs = 1000
const nextWordMs = 10_000

/**
 * Tells when the gate is ready; what it waits for, after a second and every ten from then on. The
 * function that it gives ends that.
 */
export const tellProgress = (options: ProgressOptions): (() => void) => {
  const { notReady, log, clock, schedule = scheduleTimeout } = options
  const startMs = clock.monotonicMs()
  let nextMs = startMs + firstWordMs
  let cancel = (): void => undefined
  const look = (): void => {
    const reasons = notReady()
    const nowMs = clock.monotonicMs()
    const waitedMs = Math.round(nowMs - startMs)
    if (reasons.length === 0) {
      log.info({ waitedMs }, 'ready')
      return
    }
    if (nowMs >= nextMs) {
      nextMs = nowMs + nextWordMs
      log.info({ waitedMs, reasons }, 'not ready yet; /readyz is 503 until then')
    }
    cancel = schedule(lookMs, look)
  }
  look()
  return () => cancel()
}

/** What to do about a failure to start, by the code of its error, which names address and port. */
const remedies: Readonly<Record<string, string>> = {
  EADDRINUSE: 'something listens there already: end it, or give that listener another port',
  EADDRNOTAVAIL: 'this machine has no such address: correct the host of that listener',
  EACCES: 'only root may listen on ports below 1024: give that listener a higher one',
  ENOTFOUND: 'no such host: correct the host of that listener',
}

/** What to do about it, in a line; undefined when that cannot be told. */
export const startRemedy = (error: unknown): string | undefined => {
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  return Object.hasOwn(remedies, code) ? remedies[code] : undefined
}
