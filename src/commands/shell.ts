// What a command needs of the process it runs in, as an interface: only main.ts touches the real one.

export interface Shell {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The package's version. */
  readonly version: string
  readonly stdin: AsyncIterable<Uint8Array>
  readonly stdout: { write(text: string): void }
  readonly stderr: { write(text: string): void }
  /** Calls back on every SIGTERM and SIGINT. */
  readonly onSignal: (listener: (signal: 'SIGTERM' | 'SIGINT') => void) => void
  /** Calls back on every SIGHUP, which no longer ends the process then. */
  readonly onHangup: (listener: () => void) => void
  /** Calls back with what nobody caught, instead of ending the process. */
  readonly onFault: (listener: (fault: unknown) => void) => void
  /** Ends the process at once. For a second signal only: everything else returns its exit code. */
  readonly exit: (code: number) => void
}

/** Runs to its end and gives the exit code. `args` are the words after the command's own. */
export type Command = (args: readonly string[], shell: Shell) => Promise<number>

/** Exit codes, after sysexits.h where it has one. */
export const exitCodes = { ok: 0, failed: 1, usage: 64, refused: 77, configuration: 78 } as const
