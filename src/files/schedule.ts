// Timers as a function, so that a test can turn time by hand.

/** Runs `task` once after `ms` milliseconds; the function returned calls it off. */
export type Schedule = (ms: number, task: () => void) => () => void

/** Timers of the event loop. They do not keep the process alive. */
export const scheduleTimeout: Schedule = (ms, task) => {
  const timer = setTimeout(task, Math.min(ms, maxDelayMs)).unref()
  return () => clearTimeout(timer)
}

/** setTimeout takes a longer delay for 1 ms. */
const maxDelayMs = 2 ** 31 - 1
