// Apache with the event MPM and one process, verifying tokens with a local key: mod_auth_openidc as an
// OAuth 2.0 resource server, and mod_oauth2, which keeps what it has verified.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../../e2e/helpers/free-port.ts'
import { startProgram } from '../../e2e/helpers/program.ts'
import { tempDir } from '../../e2e/helpers/temp-dir.ts'
import { untilAnswers } from '../../e2e/helpers/until-answers.ts'
import { measuredProcessor, pinned } from '../processors.ts'
import { apacheModules, programPath } from '../requirements.ts'
import type { StartSystem, Surroundings, System } from './system.ts'

export const startApacheOpenidc: StartSystem = (surroundings) => {
  const { scope, issuer } = surroundings
  const key = join(tempDir(scope), 'key.pem')
  writeFileSync(key, issuer.publicPem)
  return start(surroundings, {
    modules: ['auth_openidc'],
    server: `OIDCOAuthVerifyCertFiles ${issuer.kid}#${key}`,
    location: `AuthType oauth20
    Require claim iss:${issuer.issuer}`,
  })
}

export const startApacheOauth2: StartSystem = (surroundings) =>
  start(surroundings, {
    modules: ['oauth2'],
    server: '',
    location: `AuthType oauth2
    OAuth2TokenVerify jwk '${JSON.stringify(surroundings.issuer.jwk)}' verify.iat=optional
    Require oauth2_claim iss:${surroundings.issuer.issuer}`,
  })

interface Verification {
  readonly modules: readonly string[]
  readonly server: string
  readonly location: string
}

const start = async (
  { scope, upstreamPort }: Surroundings,
  verification: Verification,
): Promise<System> => {
  const dir = tempDir(scope)
  const port = await freePort()
  const file = join(dir, 'apache.conf')
  writeFileSync(file, configuration(dir, { port, upstreamPort }, verification))
  const args = ['-DFOREGROUND', '-f', file]
  const program = startProgram(scope, ...pinned(measuredProcessor, programPath('apache2'), args))
  const url = `http://127.0.0.1:${port}`
  await untilAnswers(program, url)
  return { url, group: program.pid }
}

const configuration = (
  dir: string,
  { port, upstreamPort }: { readonly port: number; readonly upstreamPort: number },
  { modules, server, location }: Verification,
): string => `
ServerRoot ${dir}
ServerName localhost
PidFile ${dir}/apache.pid
Mutex file:${dir}
DefaultRuntimeDir ${dir}
Listen 127.0.0.1:${port}
ErrorLog ${dir}/error.log
LogLevel error
${['mpm_event', 'authn_core', 'authz_core', 'authz_user', 'proxy', 'proxy_http', ...modules]
  .map((name) => `LoadModule ${name}_module ${apacheModules}/mod_${name}.so`)
  .join('\n')}
User www-data
Group www-data
StartServers 1
ServerLimit 1
ThreadsPerChild 64
MaxRequestWorkers 64
KeepAlive On
KeepAliveTimeout 600
MaxKeepAliveRequests 0
${server}
<Location />
    ${location}
    ProxyPass http://127.0.0.1:${upstreamPort}/ keepalive=On max=64
</Location>
`
