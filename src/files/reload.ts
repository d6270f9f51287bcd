// Reads files anew when they change, or when asked to, and puts what they say in force if it is good.
// What they say is not known here; that a broken state never takes the place of a good one is.
import type { Result } from '../core/result.ts'
import { createFileWatch, type FileWatchOptions } from './file-watch.ts'
import type { Schedule } from './schedule.ts'

export interface ReloadOptions<T> {
  /** Files that are read together; a function is asked at every look. */
  readonly paths: FileWatchOptions['paths']
  /** Reads and checks all of them aside; the error is for the operator. Never rejects. */
  readonly load: () => Promise<Result<T, string>>
  /**
   * Puts it in force. Called for the same content, too: at the start, and when asked to read. What it
   * throws is a failure like any other; nothing may be in force of it then.
   */
  readonly take: (value: T) => void
  /** Ends what was loaded and is not wanted any more, since the reloading was stopped meanwhile. */
  readonly discard?: (value: T) => void
  /** Called once for each reason in a row: the last good state stays in force. */
  readonly failed: (reason: string) => void
  readonly schedule: Schedule
}

export interface Reload {
  /** Reads, in case something has changed since the files were read last, and begins to watch. */
  readonly start: () => void
  readonly stop: () => void
  /** Reads now. Resolves once a reading that began after the call has been dealt with; never rejects. */
  readonly now: () => Promise<void>
}

/** Makes the reloading of some files. One reading at a time; any number of wishes make one more. */
export const createReload = <T>(options: ReloadOptions<T>): Reload => {
  let stopped = false
  let reason: string | undefined
  let current: Promise<void> | undefined
  let next: Promise<void> | undefined

  const read = async (): Promise<void> => {
    await watch.mark()
    const loaded = await options.load()
    if (stopped) {
      if (loaded.ok) options.discard?.(loaded.value)
      return
    }
    const fault = loaded.ok ? faultOfTaking(options.take, loaded.value) : loaded.error
    if (fault !== undefined && fault !== reason) options.failed(fault)
    reason = fault
  }

  const begin = (): Promise<void> => {
    next = undefined
    current = read().finally(() => {
      current = undefined
    })
    return current
  }

  const readOnce = (): Promise<void> => {
    if (current === undefined) return begin()
    next ??= current.then(begin, begin)
    return next
  }

  const watch = createFileWatch({
    paths: options.paths,
    schedule: options.schedule,
    onChange: () => void readOnce(),
  })

  return {
    now: () => {
      // Whoever asks is told, even for the second time.
      reason = undefined
      return readOnce()
    },
    start: () => {
      void readOnce()
      watch.start()
    },
    stop: () => {
      stopped = true
      watch.stop()
    },
  }
}

/** What `take` threw, in words; undefined when it took the value. */
const faultOfTaking = <T>(take: (value: T) => void, value: T): string | undefined => {
  try {
    take(value)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}
