// lighttpd (Debian) as a real process that runs a PHP script of test/e2e/programs through CGI.
import { existsSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { freePort } from './free-port.ts'
import { startProgram, type Scope } from './program.ts'
import { tempDir } from './temp-dir.ts'
import { untilAnswers } from './until-answers.ts'

/** Runs `script` for every path; gives its `http://127.0.0.1:PORT`. */
export const startLighttpd = async (scope: Scope, script: string): Promise<string> => {
  const port = await freePort()
  const configFile = join(tempDir(scope), 'lighttpd.conf')
  writeFileSync(configFile, configuration(port, script))
  const program = startProgram(scope, 'lighttpd', ['-D', '-f', configFile])
  await untilAnswers(program, `http://127.0.0.1:${port}/`)
  return `http://127.0.0.1:${port}`
}

const phpCgi = ['/usr/bin/php-cgi8.2', '/usr/bin/php-cgi'].find(existsSync) ?? 'php-cgi'

const configuration = (port: number, script: string): string => `
server.modules = ( "mod_rewrite", "mod_cgi" )
server.bind = "127.0.0.1"
server.port = ${port}
server.document-root = "${resolve('test/e2e/programs')}"
url.rewrite-once = ( ".*" => "/${script}" )
cgi.assign = ( ".php" => "${phpCgi}" )
`
