// A clock and timers that a test turns by hand.
import type { Clock } from '../../src/core/ports.ts'
import type { Schedule } from '../../src/files/schedule.ts'

interface Task {
  readonly atMs: number
  readonly run: () => void
}

export interface ManualTime {
  readonly clock: Clock
  readonly schedule: Schedule
  /** Moves both clocks on and runs every task that falls due, in order. */
  readonly advance: (ms: number) => Promise<void>
  /** Moves the wall clock alone, as an administrator or NTP does. */
  readonly jumpWall: (ms: number) => void
  /** Milliseconds until each task that waits, the nearest first. */
  readonly waiting: () => readonly number[]
}

/** Makes a clock that stands at `startMs` until it is moved. */
export const createManualTime = (startMs = 1_800_000_000_000): ManualTime => {
  let elapsedMs = 0
  let jumpedMs = 0
  const tasks = new Set<Task>()
  const byTime = () => [...tasks].sort((a, b) => a.atMs - b.atMs)
  return {
    clock: { wallMs: () => startMs + elapsedMs + jumpedMs, monotonicMs: () => elapsedMs },
    schedule: (ms, run) => {
      const task = { atMs: elapsedMs + ms, run }
      tasks.add(task)
      return () => void tasks.delete(task)
    },
    advance: async (ms) => {
      const endMs = elapsedMs + ms
      for (let next = byTime()[0]; next && next.atMs <= endMs; next = byTime()[0]) {
        elapsedMs = next.atMs
        tasks.delete(next)
        next.run()
        await settled()
      }
      elapsedMs = endMs
      await settled()
    },
    jumpWall: (ms) => void (jumpedMs += ms),
    waiting: () => byTime().map(({ atMs }) => atMs - elapsedMs),
  }
}

/** Lets everything go on that waits for promises alone. */
export const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve))
