// Makes data unchangeable, all the way down.

/** Freezes a value and every value in it. Plain data without cycles. */
export const deepFreeze = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null) return value
  Object.values(value).forEach(deepFreeze)
  return Object.freeze(value)
}
