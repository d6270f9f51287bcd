// Which processor does what: the system under test has one to itself, load and upstream share the
// other, so that neither takes from what is measured.
import { availableParallelism } from 'node:os'

/** For the programs that are measured. */
export const measuredProcessor = 1
/** For upstreams and load generators. */
export const loadProcessor = 0

/** Processors that the benchmarks need. */
export const processorsNeeded = 2

export const processorsHere = (): number => availableParallelism()

/** A command line that keeps its program on one processor (util-linux). */
export const pinned = (
  processor: number,
  command: string,
  args: readonly string[],
): readonly [string, readonly string[]] => ['taskset', ['-c', String(processor), command, ...args]]
