// The arithmetic of the benchmarks: medians, their ratios, percentiles. Pure.

/** The middle of the sorted values, or the mean of the two in the middle. Throws without values. */
export const median = (values: readonly number[]): number => {
  const sorted = [...values].sort((a, b) => a - b)
  const upper = sorted[Math.floor(sorted.length / 2)]
  const lower = sorted[Math.ceil(sorted.length / 2) - 1]
  if (upper === undefined || lower === undefined) throw new Error('no values to take a median of')
  return (lower + upper) / 2
}

/** Median of `ours` divided by the median of `theirs`. */
export const ratioOfMedians = (ours: readonly number[], theirs: readonly number[]): number =>
  median(ours) / median(theirs)

/**
 * The smallest value that is not below `share` of all values (nearest rank).
 *
 * @param sorted - in ascending order, at least one
 * @param share - above 0, at most 1: 0.99 for p99
 */
export const percentile = (sorted: ArrayLike<number>, share: number): number => {
  const value = sorted[Math.ceil(share * sorted.length) - 1]
  if (value === undefined) throw new Error('no values to take a percentile of')
  return value
}

/** How far apart the values lie: largest minus smallest, as a part of the median. */
export const spread = (values: readonly number[]): number =>
  (Math.max(...values) - Math.min(...values)) / median(values)
