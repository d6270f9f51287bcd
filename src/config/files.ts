// Reads files that a configuration names. Failing to is the operator's to mend, so it is a value.
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fail, ok, type Result } from '../core/result.ts'

/** Bytes of the largest file that is read at all: twice what the longest deny list may have. */
const maxFileBytes = 33_554_432

/**
 * Reads a whole file; the error is the end of a sentence that begins with the file's name. A pipe is
 * read from below /dev and /proc only, where a shell has put it (`--config <(…)`): any other could make a
 * running gate wait for ever.
 */
export const readBytes = (path: string): Result<Uint8Array, string> => {
  try {
    const bytes = readWhole(path)
    return typeof bytes === 'string' ? fail(`cannot be read: ${bytes}`) : ok(bytes)
  } catch (error) {
    return fail(`cannot be read: ${reasonOf(error)}`)
  }
}

/** The bytes, or why there are none. */
const readWhole = (path: string): Uint8Array | string => {
  const fromShell = /^\/(?:dev|proc)\//.test(path)
  // To open a pipe that nobody writes to takes for ever, without this flag.
  const descriptor = openSync(path, fromShell ? constants.O_RDONLY : openAtOnce)
  try {
    const stats = fstatSync(descriptor)
    if (stats.isDirectory()) return 'it is a folder'
    if (!stats.isFile() && !fromShell) return 'it is no regular file'
    const bytes = stats.size > maxFileBytes ? undefined : readUpTo(descriptor, maxFileBytes)
    return bytes ?? `it is longer than ${maxFileBytes} bytes`
  } finally {
    closeSync(descriptor)
  }
}

const openAtOnce = constants.O_RDONLY | constants.O_NONBLOCK

/** All there is, whatever size was told; undefined when it is more than `maxBytes`. */
const readUpTo = (descriptor: number, maxBytes: number): Uint8Array | undefined => {
  const chunks: Buffer[] = []
  let total = 0
  while (total <= maxBytes) {
    const chunk = Buffer.allocUnsafe(chunkBytes)
    const read = readSync(descriptor, chunk)
    if (read === 0) return Buffer.concat(chunks)
    chunks.push(chunk.subarray(0, read))
    total += read
  }
  return undefined
}

const chunkBytes = 65_536

/**
 * How relative paths of a configuration become absolute: from the folder of its file, or the
 * working directory when there is no file. `onFile` is told each: it is about to be read.
 */
export const createResolver = (
  file: string | undefined,
  onFile: (path: string) => void = () => undefined,
): ((path: string) => string) => {
  const folder = file === undefined ? '.' : dirname(file)
  return (path) => {
    const resolved = resolve(folder, path)
    onFile(resolved)
    return resolved
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'no permission',
  EISDIR: 'it is a folder',
}

/** The system's code in words, or as it is. */
const reasonOf = (error: unknown): string => {
  const code = String((error as NodeJS.ErrnoException).code)
  return reasons[code] ?? code
}
