// The gate on an API Gateway export, with the embedded user pool in place of the export's issuers and
// a service that says what reached it.
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import {
  createServer,
  request as sendRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Test } from 'tap'
import { createApp } from '../../src/app.ts'
import { loadSettings } from '../../src/config/load.ts'
import { yamlText } from '../../src/config/yaml-text.ts'
import { unwrap } from '../../src/core/result.ts'
import type { AuthorizerSettings } from '../../src/core/settings.ts'
import type { ClaimOverrides, UserPool } from '../../src/demo/user-pool.ts'
import { systemClock } from '../../src/observe/clock.ts'
import { createLogger } from '../../src/observe/log.ts'
import { readExport } from '../../src/openapi/read.ts'
import { compileRoutes } from '../../src/routing/table.ts'
import { untilReady } from './shell.ts'

export interface Operation {
  readonly method: string
  /** As in the export; `$default` for the default route. */
  readonly path: string
  readonly outcome: 'public' | 'token' | 'denied' | 'mock'
  readonly authorizer?: string
  /** Any of which will do. */
  readonly scopes?: readonly string[]
  /** What the service gets beside the client's own headers. */
  readonly headers?: Readonly<Record<string, string>>
}

export interface ExportCase {
  readonly file: string
  readonly apiType: 'REST' | 'HTTP'
  readonly authorizers: readonly string[]
  readonly operations: readonly Operation[]
}

export interface Answer {
  readonly status: number
  /** What the service got; undefined when the request did not reach it. */
  readonly reached: { readonly url: string; readonly headers: IncomingHttpHeaders } | undefined
}

export interface ExportedGate {
  readonly authorizers: readonly AuthorizerSettings[]
  /** Sends a request, with a token where the authorizer looks for one. */
  readonly ask: (
    method: string,
    path: string,
    token?: string,
    authorizer?: string,
  ) => Promise<Answer>
  /** A token of that kind for that authorizer. */
  readonly token: (authorizer: string, kind: 'id' | 'access', claims?: ClaimOverrides) => string
}

/** Starts it on the export at `file`; it ends with the test. */
export const startExportedGate = async (
  t: Test,
  { file, apiType, authorizers: names }: Omit<ExportCase, 'operations'>,
  pool: UserPool,
): Promise<ExportedGate> => {
  let reached: Answer['reached']
  const service = createServer(({ url = '', headers }, response) => {
    reached = { url, headers }
    response.end('served')
  })
  service.listen(0, '127.0.0.1')
  await once(service, 'listening')
  t.teardown(() => service.close())
  const configFile = `${t.testdir({})}/gate.yaml`
  writeFileSync(
    configFile,
    yamlText({
      apiType,
      openapi: file,
      listen: { host: '127.0.0.1', port: 0 },
      admin: { host: '127.0.0.1', port: 0 },
      shutdown: { graceMs: 200 },
      upstream: { url: `http://127.0.0.1:${(service.address() as AddressInfo).port}` },
      authorizers: Object.fromEntries(names.map((name) => [name, ownIssuer(apiType, pool)])),
    }),
  )
  const loading = { file: configFile, env: {}, checkRoutes: () => [], readExport }
  const settings = unwrap(await loadSettings(loading))
  const table = unwrap(compileRoutes(settings.routes))
  const log = createLogger({ level: 'info' }, { write: () => undefined })
  const app = createApp({ settings, table, log, clock: systemClock, version: '0' })
  const { data, admin } = await app.start()
  t.teardown(() => app.stop(0))
  await untilReady(`http://127.0.0.1:${admin.port}`)
  const { authorizers } = settings
  const find = (name: string) => {
    const found = authorizers.find((authorizer) => authorizer.name === name)
    if (found === undefined) throw new Error(`${file} has no authorizer ${name}`)
    return found
  }
  return {
    authorizers,
    ask: async (method, path, token, authorizer) => {
      reached = undefined
      const source = authorizer === undefined ? undefined : find(authorizer).identitySource
      const status = await send(data.port, { method, path, token, source })
      return { status, reached }
    },
    token: (name, kind, claims = {}) => {
      const authorizer = find(name)
      const [aud = pool.clientId] = authorizer.type === 'JWT' ? authorizer.audience : []
      return kind === 'id'
        ? pool.idToken({ aud, ...claims })
        : pool.accessToken({ client_id: aud, ...claims })
    },
  }
}

/** What of an authorizer's entry makes the embedded pool its issuer. */
const ownIssuer = (apiType: 'REST' | 'HTTP', pool: UserPool): Record<string, unknown> =>
  apiType === 'REST'
    ? {
        providerARNs: [`arn:aws:cognito-idp:eu-west-1:111122223333:userpool/${pool.poolId}`],
        issuer: pool.issuer,
        identityValidationExpression: '',
      }
    : { jwtConfiguration: { issuer: pool.issuer } }

const send = async (
  port: number,
  asked: {
    readonly method: string
    readonly path: string
    readonly token: string | undefined
    readonly source: AuthorizerSettings['identitySource'] | undefined
  },
): Promise<number> => {
  const { method, token, source } = asked
  const inQuery = token !== undefined && source?.in === 'query'
  const inHeader = token !== undefined && source?.in === 'header'
  const path = inQuery ? `${asked.path}?${source.name}=${token}` : asked.path
  const headers = inHeader ? { [source.name]: token } : {}
  const request = sendRequest({ host: '127.0.0.1', port, method, path, headers, agent: false })
  request.end()
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  response.resume()
  await once(response, 'end')
  return response.statusCode ?? 0
}
