// Waits for a program that says nothing when it is ready.
import type { Program } from './program.ts'

/** Waits until `url` gives any answer at all. */
export const untilAnswers = (program: Program, url: string): Promise<true> =>
  program.until(async () => {
    try {
      await (await fetch(url)).arrayBuffer()
      return true
    } catch {
      return undefined
    }
  })
