// Reads files that a configuration names. Failing to is the operator's to mend, so it is a value.
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fail, ok, type Result } from '../core/result.ts'

/** Reads a whole file; the error is the end of a sentence that begins with the file's name. */
export const readBytes = (path: string): Result<Uint8Array, string> => {
  try {
    return ok(readFileSync(path))
  } catch (error) {
    return fail(`cannot be read: ${reasonOf(error)}`)
  }
}

/**
 * How relative paths of a configuration become absolute: from the folder of its file, or the
 * working directory when there is no file.
 */
export const createResolver = (file: string | undefined): ((path: string) => string) => {
  const folder = file === undefined ? '.' : dirname(file)
  return (path) => resolve(folder, path)
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
