// oidc-provider (npm) as a real process, asked for tokens by curl as a batch job would do it.
import { resolve } from 'node:path'
import { curl } from './curl.ts'
import { freePort } from './free-port.ts'
import { startProgram, type Program, type Scope } from './program.ts'

export interface OidcProvider {
  /** `http://127.0.0.1:PORT`, without a slash at its end. */
  readonly issuer: string
  /** A token for a resource and with scopes, by the client credentials grant. */
  readonly token: (grant: Grant) => Promise<string>
  /** Ends the process and starts another on the same port, with other keys. */
  readonly restart: () => Promise<void>
}

export interface Grant {
  /** One of the resources in programs/oidc-provider.ts. */
  readonly resource: string
  /** Separated by spaces. */
  readonly scope: string
}

/** Starts the provider on a port of its own. */
export const startOidcProvider = async (scope: Scope): Promise<OidcProvider> => {
  const port = await freePort()
  const issuer = `http://127.0.0.1:${port}`
  let program = await start(scope, port)
  return {
    issuer,
    token: (grant) => fetchToken(issuer, grant),
    restart: async () => {
      program.signal('SIGTERM')
      await program.exited
      program = await start(scope, port)
    },
  }
}

const script = resolve('test/e2e/programs/oidc-provider.ts')

const start = async (scope: Scope, port: number): Promise<Program> => {
  // TypeScript is loaded as it is for this very file.
  const loader = process.execArgv.filter((option) => option.endsWith('tsx'))
  const program = startProgram(scope, process.execPath, [...loader, script, String(port)])
  await program.until(() => (program.stdout().includes('listening') ? true : undefined))
  return program
}

const fetchToken = async (issuer: string, { resource, scope }: Grant): Promise<string> => {
  const form = ['grant_type=client_credentials', `resource=${resource}`, `scope=${scope}`]
  const { status, body } = await curl(
    ...['--user', 'batch:batch-secret'],
    ...form.flatMap((pair) => ['--data-urlencode', pair]),
    `${issuer}/token`,
  )
  const { access_token: token } = JSON.parse(body) as { readonly access_token?: string }
  if (status !== 200 || token === undefined) throw new Error(`no token: ${status} ${body}`)
  return token
}
