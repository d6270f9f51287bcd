// Cleaning up for a benchmark, as tap does it for a test: last begun, first ended.
import type { Scope } from '../e2e/helpers/program.ts'

/** Runs `work` and then everything that it left to be undone, whether it failed or not. */
export const withScope = async <T>(work: (scope: Scope) => Promise<T>): Promise<T> => {
  const undos: (() => unknown)[] = []
  try {
    return await work({ teardown: (undo) => undos.push(undo) })
  } finally {
    for (const undo of undos.reverse()) await undo()
  }
}
