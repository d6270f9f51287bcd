// A Python script of test/e2e/programs as a real process; it takes its port as the only argument.
import { resolve } from 'node:path'
import { freePort } from './free-port.ts'
import { startProgram, type Program, type Scope } from './program.ts'
import { untilAnswers } from './until-answers.ts'

export interface PythonService {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string
  readonly program: Program
}

/** Starts `script` and waits until it answers. */
export const startPython = async (scope: Scope, script: string): Promise<PythonService> => {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const path = resolve('test/e2e/programs', script)
  const program = startProgram(scope, 'python3', [path, String(port)])
  await untilAnswers(program, `${url}/`)
  return { url, program }
}
