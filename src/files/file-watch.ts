// Notices that files are others than were read. It looks at each by its path again and again, reads
// nothing of it and holds no handle: whatever replaces it, on whatever file system, is seen.
import { stat } from 'node:fs/promises'
import type { Schedule } from './schedule.ts'

export interface FileWatchOptions {
  /** Files that are read together; a function is asked at every look. */
  readonly paths: readonly string[] | (() => readonly string[])
  /**
   * Called when something else is there than at the last `mark`, and has been the same at two looks:
   * files that are just being written are let alone. Called again at every look until the next `mark`.
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

/** Between two looks, each of which costs one stat(2) per file. */
export const lookIntervalMs = 1000

/**
 * Makes the watch of files, which need not exist. By polling alone: a folder's inotify does not
 * tell of a symlink that is swapped further up (as Kubernetes updates a ConfigMap), of an NFS or FUSE
 * file that another machine writes, nor of a folder that is mounted over.
 */
export const createFileWatch = ({ paths, onChange, schedule }: FileWatchOptions): FileWatch => {
  const pathsNow = typeof paths === 'function' ? paths : () => paths
  let marked: string | undefined
  let seen: string | undefined
  // Raised by every stop, so that a look of before cannot go on.
  let run = 0
  let cancelNext = (): void => undefined

  const look = async (): Promise<void> => {
    const mine = run
    const version = await versionOf(pathsNow())
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
      marked = await versionOf(pathsNow())
    },
  }
}

/** What tells one version of the files from another, without their content. */
const versionOf = async (paths: readonly string[]): Promise<string> =>
  (await Promise.all(paths.map(versionOfOne))).join(' ')

/** The error when there is none. */
const versionOfOne = async (path: string): Promise<string> => {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true })
    return [path, dev, ino, size, mtimeNs, ctimeNs].join()
  } catch (error) {
    return `${path},${String((error as NodeJS.ErrnoException).code)}`
  }
}
