// The benchmarks' own programs (programs/): processes by themselves, on the load's processor.
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { loadProcessor, pinned } from './processors.ts'

export type ProgramName = 'echo-messages' | 'send-messages' | 'send-at-rate'

/** The command line of one, as it was built beside this very file. */
export const ownProgram = (
  name: ProgramName,
  argument: string,
): readonly [string, readonly string[]] => {
  const file = fileURLToPath(new URL(`./programs/${name}.js`, import.meta.url))
  return pinned(loadProcessor, process.execPath, [file, argument])
}

/** Runs one to its end and reads what it printed. Rejects when it fails. */
export const runOwnProgram = (name: ProgramName, given: object): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const [command, args] = ownProgram(name, JSON.stringify(given))
    execFile(command, args, (error, stdout, stderr) => {
      if (error === null) resolve(JSON.parse(stdout))
      else reject(new Error(`${name}: ${stderr}`, { cause: error }))
    })
  })
