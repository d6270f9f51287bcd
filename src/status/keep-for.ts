// Work that many may ask for and that need not be done for each: what was made lately is given again.
import type { Clock } from '../core/ports.ts'

/** Gives what was made less than `ms` ago, a failure too; else makes it anew, once for all who wait. */
export const keepFor = <Value>(
  ms: number,
  clock: Pick<Clock, 'monotonicMs'>,
  make: () => Promise<Value>,
): (() => Promise<Value>) => {
  let kept: { readonly value: Promise<Value>; readonly atMs: number } | undefined
  return () => {
    const atMs = clock.monotonicMs()
    if (kept === undefined || atMs - kept.atMs >= ms) kept = { value: make(), atMs }
    return kept.value
  }
}
