// A word for whoever waits at a terminal, when something takes its time.

/** Milliseconds after which people want to know what they wait for. */
const patienceMs = 1000

/** Gives what `work` gives; calls `tell`, once, if that takes over a second. */
export const withPatience = async <T>(work: Promise<T>, tell: () => void): Promise<T> => {
  const timer = setTimeout(tell, patienceMs)
  try {
    return await work
  } finally {
    clearTimeout(timer)
  }
}
