// A Shell for tests of commands: collects what is written, delivers signals when told to.
import { Readable } from 'node:stream'
import type { Shell } from '../../src/commands/shell.ts'

type Signal = 'SIGTERM' | 'SIGINT'

export const createShell = (
  env: Record<string, string> = {},
  stdin: readonly Uint8Array[] = [],
) => {
  const state = { stdout: '', stderr: '', exits: [] as number[] }
  const signalListeners: ((signal: Signal) => void)[] = []
  const hangupListeners: (() => void)[] = []
  const faultListeners: ((fault: unknown) => void)[] = []
  const shell: Shell = {
    env,
    version: '0.0.0-test',
    stdin: Readable.from(stdin),
    stdout: { write: (text) => void (state.stdout += text) },
    stderr: { write: (text) => void (state.stderr += text) },
    onSignal: (listener) => void signalListeners.push(listener),
    onHangup: (listener) => void hangupListeners.push(listener),
    onFault: (listener) => void faultListeners.push(listener),
    exit: (code) => void state.exits.push(code),
  }
  return {
    shell,
    state,
    signal: (name: Signal) => signalListeners.forEach((listener) => listener(name)),
    hangup: () => hangupListeners.forEach((listener) => listener()),
    fault: (fault: unknown) => faultListeners.forEach((listener) => listener(fault)),
    /** JSON log lines written to stdout so far. */
    lines: (): Record<string, unknown>[] =>
      state.stdout
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Record<string, unknown>),
  }
}

/** Waits for `condition`, looking every few milliseconds. */
export const until = async (condition: () => boolean, ms = 10_000): Promise<void> => {
  const deadline = Date.now() + ms
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('waited in vain')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Waits until the gate says that it has keys. */
export const untilReady = async (adminUrl: string): Promise<void> => {
  const deadline = Date.now() + 10_000
  while ((await fetch(`${adminUrl}/readyz`)).status !== 200) {
    if (Date.now() > deadline) throw new Error('never ready')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
