// Random numbers that a printed seed brings back.

export interface SeededRandom {
  readonly seed: number
  /** From 0 up to 1. */
  readonly next: () => number
  /** A whole number from 0 up to `limit`. */
  readonly below: (limit: number) => number
  readonly pick: <T>(values: readonly T[]) => T
}

/** Mulberry32. The seed comes from FUZZ_SEED where it is set. */
export const createSeededRandom = (
  seed = Number(process.env['FUZZ_SEED'] ?? Math.floor(Math.random() * 2 ** 31)),
): SeededRandom => {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return { seed, next, below, pick: (values) => values[below(values.length)]! }
}
