// gunicorn (Debian) as a real process that serves a WSGI application of test/e2e/programs.
import { resolve } from 'node:path'
import { freePort } from './free-port.ts'
import { startProgram, type Scope } from './program.ts'
import { untilAnswers } from './until-answers.ts'

/** Serves `MODULE:application`; gives its `http://127.0.0.1:PORT`. */
export const startGunicorn = async (scope: Scope, module: string): Promise<string> => {
  const address = `127.0.0.1:${await freePort()}`
  const program = startProgram(
    scope,
    'gunicorn',
    ['--bind', address, '--chdir', resolve('test/e2e/programs'), `${module}:application`],
    { env: { PYTHONDONTWRITEBYTECODE: '1' } },
  )
  await untilAnswers(program, `http://${address}/`)
  return `http://${address}`
}
