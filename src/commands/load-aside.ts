// Loads a long configuration on a thread of its own, within a time and a memory: a running gate goes on
// answering meanwhile, whatever is in the file.
import { Worker } from 'node:worker_threads'
import type { Problem } from '../config/load.ts'
import type { Settings } from '../core/settings.ts'
import type { Environment } from './load-thread.ts'

export interface AsideRequest {
  readonly file: string | undefined
  readonly env: Environment
  /** What the gate runs by that asks. */
  readonly inForce: Settings
}

/** What a thread has made of it. */
export interface AsideReply {
  readonly loaded: Settings | readonly Problem[]
  /** As of `onFile`. */
  readonly files: readonly string[]
}

export interface AsideOptions {
  readonly timeoutMs: number
  readonly maxHeapMib: number
  /** What runs on the thread. */
  readonly program: URL
}

/** Loads a configuration aside. Never rejects. */
export type LoadAside = (request: AsideRequest) => Promise<AsideReply>

/** Ten times what the longest good configuration takes. */
const usual: AsideOptions = {
  timeoutMs: 60_000,
  maxHeapMib: 256,
  program: new URL('load-thread.js', import.meta.url),
}

/** Makes the loading; a thread that comes to nothing is a problem like any other. */
export const createLoadAside = (options: Partial<AsideOptions> = {}): LoadAside => {
  const { timeoutMs, maxHeapMib, program } = { ...usual, ...options }
  return (request) =>
    new Promise((resolve) => {
      const thread = new Worker(program, {
        workerData: request,
        resourceLimits: { maxOldGenerationSizeMb: maxHeapMib },
      })
      // It must not keep a gate alive that is done.
      thread.unref()
      const settle = (reply: AsideReply): void => {
        clearTimeout(timer)
        resolve(reply)
        void thread.terminate()
      }
      const fail = (reason: string): void => {
        const path = request.file ?? ''
        settle({ loaded: [{ path, message: `cannot be loaded: ${reason}` }], files: [] })
      }
      const timer = setTimeout(() => {
        fail(`it takes longer than ${timeoutMs / 1000} s`)
      }, timeoutMs).unref()
      thread.once('message', settle)
      thread.once('error', (error: Error) => fail(error.message))
    })
}
