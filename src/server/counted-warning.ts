// Warnings about what any client can cause at will: bounded, as a flood of connections must not be a
// flood of lines.
import type { Clock, LogFields, Logger } from '../core/ports.ts'

export interface CountedWarningOptions {
  readonly log: Pick<Logger, 'warn'>
  readonly clock: Pick<Clock, 'monotonicMs'>
}

/** At most one line in this time. */
const quietMs = 1000

/**
 * Makes a warning that is written for the first event at once, and for those of the next second with
 * the first one after it; `fields` gets how many a line stands for. No timer runs.
 */
export const createCountedWarning = <T>(
  { log, clock }: CountedWarningOptions,
  message: string,
  fields: (count: number, last: T) => LogFields,
): ((event: T) => void) => {
  let count = 0
  let nextMs = -Infinity
  return (event) => {
    count += 1
    const nowMs = clock.monotonicMs()
    if (nowMs < nextMs) return
    log.warn(fields(count, event), message)
    count = 0
    nextMs = nowMs + quietMs
  }
}
