// What is said when the program cannot go on: it could not be read, its output could not be written, or it
// has a bug. One line for what an operator can mend; a stack trace only for what its authors have to.

/** A line for what a command threw. */
export const describeCrash = (error: unknown): string => {
  const { message, stack } = error instanceof Error ? error : new Error(String(error))
  const code = codeOf(error)
  if (code === 'EMFILE' || code === 'ENFILE') {
    return `too many open files (${code}); raise the limit on them (ulimit -n)`
  }
  if (code === 'ERR_MODULE_NOT_FOUND') {
    return `a part of it cannot be read: ${firstLine(message)}; install it anew, or raise the limit on open files (ulimit -n) if that is low`
  }
  return `a bug, please report it: ${String(stack)}`
}

/** A line for output that was lost; undefined when whoever read it went away, as `head` does. */
export const describeLostOutput = (error: unknown): string | undefined => {
  const code = codeOf(error)
  if (code === 'EPIPE') return undefined
  const reason = code === 'ENOSPC' ? 'no space left on the device' : (error as Error).message
  return `standard output cannot be written: ${reason}; what was written is not whole`
}

const codeOf = (error: unknown): unknown => (error as { readonly code?: unknown } | undefined)?.code

const firstLine = (message: string): string => message.split('\n', 1).join('')
