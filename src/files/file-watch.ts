// Notices that a file is another one than was read. It looks at the file by its path again and again,
// reads nothing of it and holds no handle: whatever replaces it, on whatever file system, is seen.
import { stat } from 'node:fs/promises'
import type { Schedule } from './schedule.ts'

export interface FileWatchOptions {
  readonly path: string
  /**
   * Called when something else is there than at the last `mark`, and has been the same at two looks:
   * a file that is just being written is let alone. Called again at every look until the next `mark`.
   */
  readonly onChange: () => void
  readonly schedule: Schedule
}

export interface FileWatch {
  readonly start: () => void
  readonly stop: () => void
  /** What is there now counts as read. To be awaited right before reading, so that no change is lost. */
  readonly mark: () => Promise<void>
}

/** Between two looks, each of which costs one stat(2). */
export const lookIntervalMs = 1000

/**
 * Makes the watch of one file, which need not exist. By polling alone: a folder's inotify does not
 * tell of a symlink that is swapped further up (as Kubernetes updates a ConfigMap), of an NFS or FUSE
 * file that another machine writes, nor of a folder that is mounted over.
 */
export const createFileWatch = ({ path, onChange, schedule }: FileWatchOptions): FileWatch => {
  let marked: string | undefined
  let seen: string | undefined
  // Raised by every stop, so that a look of before cannot go on.
  let run = 0
  let cancelNext = (): void => undefined

  const look = async (): Promise<void> => {
    const mine = run
    const version = await versionOf(path)
    if (mine !== run) return
    if (version === seen && version !== marked) onChange()
    seen = version
    cancelNext = schedule(lookIntervalMs, () => void look())
  }

  return {
    start: () => void look(),
    stop: () => {
      run += 1
      cancelNext()
    },
    mark: async () => {
      marked = await versionOf(path)
    },
  }
}

/** What tells one version of a file from another, without its content; the error when there is none. */
const versionOf = async (path: string): Promise<string> => {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
    return [dev, ino, size, mtimeNs, ctimeNs].join()
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code)
  }
}
