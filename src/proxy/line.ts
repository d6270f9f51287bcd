// The line of requests that wait for a connection: first in, first out, bounded in length and time.
// It has no connections to give; upstream.ts calls the first one when there is one.
import type { UpstreamSettings } from '../core/settings.ts'
import type { Connection } from './connection.ts'
import { overloaded, type Failure } from './failure.ts'

/** One request in line. One of the two is called, once; possibly before `join` returns. */
export interface Waiter {
  readonly ready: (connection: Connection) => void
  readonly refused: (failure: Failure) => void
}

export interface Line {
  readonly length: () => number
  /** Refuses at once when the line is full. */
  readonly join: (waiter: Waiter) => void
  /** Does nothing for one that is not in line. */
  readonly leave: (waiter: Waiter) => void
  /** Takes the first one out; undefined when nobody waits. */
  readonly shift: () => Waiter | undefined
  readonly refuseAll: (failure: Failure) => void
}

export const createLine = (
  settings: Pick<UpstreamSettings, 'maxQueued' | 'queueTimeoutMs'>,
): Line => {
  const { maxQueued, queueTimeoutMs } = settings
  // A Map keeps the order, and lets one go from its middle.
  const waiters = new Map<Waiter, NodeJS.Timeout>()

  const leave = (waiter: Waiter): void => {
    clearTimeout(waiters.get(waiter))
    waiters.delete(waiter)
  }

  const refuse = (waiter: Waiter, failure: Failure): void => {
    leave(waiter)
    waiter.refused(failure)
  }

  return {
    length: () => waiters.size,
    join: (waiter) => {
      if (waiters.size >= maxQueued) {
        waiter.refused(overloaded(`${waiters.size} requests wait for a connection`))
        return
      }
      const late = overloaded(`no connection became free in ${queueTimeoutMs} ms`)
      waiters.set(waiter, setTimeout(refuse, queueTimeoutMs, waiter, late))
    },
    leave,
    shift: () => {
      const [first] = waiters.keys()
      if (first !== undefined) leave(first)
      return first
    },
    refuseAll: (failure) => {
      for (const waiter of waiters.keys()) refuse(waiter, failure)
    },
  }
}
