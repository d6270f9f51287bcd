// Starts a real program in a process group of its own, keeps what it prints, and ends that group
// and nothing else when the test is over.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'

/** What a helper needs of a test: a place to leave its cleaning up. */
export interface Scope {
  readonly teardown: (undo: () => unknown) => void
}

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface Program {
  readonly pid: number
  readonly stdout: () => string
  readonly stderr: () => string
  /** Settles when the program has ended and its output is complete. */
  readonly exited: Promise<Exit>
  readonly signal: (signal: NodeJS.Signals) => void
  /** Waits until `ready` gives a value; throws with the output when the program ends or time is up. */
  readonly until: <T>(ready: () => T | undefined | Promise<T | undefined>) => Promise<T>
}

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Time that `until` gives the program; milliseconds. */
  readonly readyWithinMs?: number
}

const pollMs = 20

/**
 * Starts `command` with exactly the environment given, plus PATH and HOME, so that nothing of the
 * machine's own settings reaches the program under test.
 */
export const startProgram = (
  scope: Scope,
  command: string,
  args: readonly string[],
  options: ProgramOptions = {},
): Program => {
  const { PATH = '/usr/sbin:/usr/bin:/sbin:/bin', HOME = '/tmp' } = process.env
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { PATH, HOME, ...options.env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const stdout = collect(child.stdout)
  const stderr = collect(child.stderr)
  let exit: Exit | undefined
  const exited = waitForExit(child).then((how) => (exit = how))
  const describe = (what: string): Error =>
    new Error(`${command} ${args.join(' ')}: ${what}\n${stdout()}${stderr()}`)

  const signal = (name: NodeJS.Signals): void => signalGroup(child.pid, name)
  const endWithUs = (): void => signal('SIGKILL')
  process.once('exit', endWithUs)
  void exited.then(() => process.removeListener('exit', endWithUs))
  scope.teardown(async () => {
    signal('SIGKILL')
    await exited
  })

  return {
    pid: child.pid ?? 0,
    stdout,
    stderr,
    exited,
    signal,
    until: async (ready) => {
      const deadline = Date.now() + (options.readyWithinMs ?? 20_000)
      while (Date.now() < deadline) {
        const value = await ready()
        if (value !== undefined) return value
        if (exit !== undefined) throw describe(`ended with ${String(exit.code ?? exit.signal)}`)
        await sleep(pollMs)
      }
      throw describe('was not ready in time')
    },
  }
}

const collect = (stream: NodeJS.ReadableStream): (() => string) => {
  const chunks: Buffer[] = []
  stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  return () => Buffer.concat(chunks).toString()
}

const waitForExit = async (child: ChildProcess): Promise<Exit> => {
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  return { code, signal }
}

const signalGroup = (pid: number | undefined, signal: NodeJS.Signals): void => {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch {
    // The group has ended already.
  }
}
