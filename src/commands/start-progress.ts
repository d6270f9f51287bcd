// What an operator reads while a gate comes up: what it waits for, that it is ready, or why it cannot
// start and what to do about that. It changes nothing.
import type { Clock, Logger } from '../core/ports.ts'
import { scheduleTimeout, type Schedule } from '../files/schedule.ts'
import type { BindFailure } from '../server/bind.ts'

export interface ProgressOptions {
  /** Why the gate should get no traffic; empty once it is ready. */
  readonly notReady: () => readonly string[]
  readonly log: Pick<Logger, 'info'>
  readonly clock: Pick<Clock, 'monotonicMs'>
  readonly schedule?: Schedule
}

/** A key set in a file is there in no time, which is not to be told as a wait. */
const firstLooksMs = 5
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
    cancel = schedule(waitedMs < lookMs ? firstLooksMs : lookMs, look)
  }
  look()
  return () => cancel()
}

/** What to do about a failure to bind, by the code of its error and the key of its listener. */
const remedies = new Map<string, (key: string) => string>([
  ['EADDRINUSE', (key) => `something listens there already; end it, or give ${key}.port another`],
  ['EADDRNOTAVAIL', (key) => `this machine has no such address; correct ${key}.host`],
  ['EACCES', (key) => `only root may listen on ports below 1024; give ${key}.port a higher one`],
  ['ENOTFOUND', (key) => `no such host; correct ${key}.host`],
  ['EAI_AGAIN', (key) => `the host's name cannot be looked up; give ${key}.host an address`],
  ['EMFILE', () => 'too many open files; raise the limit on them (ulimit -n)'],
])

/** What to do about it, in a line; undefined when that cannot be told. */
export const startRemedy = (error: unknown): string | undefined => {
  const { code, key } = (error ?? {}) as Partial<BindFailure>
  return code === undefined || key === undefined ? undefined : remedies.get(code)?.(key)
}
