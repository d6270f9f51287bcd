// Everything the demo needs, in one process: two user pools, a sample service, and a gate loaded from
// a configuration file as an operator would write it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { createApp } from '../app.ts'
import { loadSettings } from '../config/load.ts'
import { unwrap } from '../core/result.ts'
import { systemClock } from '../observe/clock.ts'
import { createLogger } from '../observe/log.ts'
import { compileRoutes } from '../routing/table.ts'
import { createSampleUpstream, type SampleUpstream } from './upstream.ts'
import { createUserPool, type UserPool } from './user-pool.ts'
import { readExport } from '../openapi/read.ts'

export interface Stage {
  readonly pool: UserPool
  /** A second pool, which the gate does not trust. */
  readonly strangers: UserPool
  readonly upstream: SampleUpstream
  readonly gateUrl: string
  readonly adminUrl: string
  /** The gate's configuration, for reading and for `cognito-gate check`. */
  readonly configFile: string
  /** The denial code that the gate logged for a request; undefined when it logged none. */
  readonly denialOf: (requestId: string) => string | undefined
  readonly close: () => Promise<void>
}

/** Starts all of it on free ports of 127.0.0.1. */
export const createStage = async (version: string): Promise<Stage> => {
  // First what can fail, before there is anything to end.
  const folder = mkdtempSync(join(tmpdir(), 'cognito-gate-demo-'))
  const [pool, strangers, upstream] = await Promise.all([
    createUserPool({ poolId: 'eu-west-1_DemoPool1', clientId: 'demoappclient' }),
    createUserPool({ poolId: 'eu-west-1_Strangers', clientId: 'otherappclient' }),
    createSampleUpstream(),
  ])
  const configFile = join(folder, 'gate.yaml')
  writeFileSync(configFile, configuration(pool, upstream.url))
  const denials = new Map<string, string>()
  const app = await createGate({
    configFile,
    version,
    onLine: (line) => rememberDenial(denials, line),
  })
  const { data, admin } = await app.start()
  const adminUrl = `http://127.0.0.1:${admin.port}`
  await ready(adminUrl)
  return {
    pool,
    strangers,
    upstream,
    gateUrl: `http://127.0.0.1:${data.port}`,
    adminUrl,
    configFile,
    denialOf: (requestId) => denials.get(requestId),
    close: async () => {
      await app.stop(0)
      await Promise.all([pool.close(), strangers.close(), upstream.close()])
      rmSync(folder, { recursive: true })
    },
  }
}

/** The gate listens before it has keys; as anybody would, wait until it says that it is ready. */
const ready = async (adminUrl: string): Promise<void> => {
  while ((await fetch(`${adminUrl}/readyz`)).status !== 200) await setTimeout(20)
}

const configuration = (pool: UserPool, upstreamUrl: string): string => `# The demo's gate.
listen: { host: 127.0.0.1, port: 0 }
admin: { host: 127.0.0.1, port: 0 }
upstream: { url: '${upstreamUrl}' }
authorizers:
  pool:
    type: COGNITO_USER_POOLS
    userPoolIds: [${pool.poolId}]
    clientIds: [${pool.clientId}]
    issuer: '${pool.issuer}' # only because this pool is not AWS's
routes:
  - { path: /health, method: GET, authorizationType: NONE }
  - { path: '/public/{proxy+}', method: GET, authorizationType: NONE }
  - { path: /profile, method: GET, authorizer: pool }
  - { path: '/orders/{orderId}', method: [GET, HEAD], authorizer: pool, authorizationScopes: [orders/read, orders/admin] }
  - { path: '/admin/{proxy+}', method: ANY, authorizer: pool, authorizationGroups: [admins] }
  - { path: '/internal/{proxy+}', method: ANY, authorizationType: DENY }
`

interface GateOptions {
  readonly configFile: string
  readonly version: string
  readonly onLine: (line: string) => void
}

const createGate = async ({ configFile, version, onLine }: GateOptions) => {
  const settings = unwrap(
    await loadSettings({ file: configFile, env: {}, checkRoutes: () => [], readExport }),
  )
  const table = unwrap(compileRoutes(settings.routes))
  const log = createLogger(settings.log, { write: onLine })
  return createApp({ settings, table, log, clock: systemClock, version })
}

const rememberDenial = (denials: Map<string, string>, line: string): void => {
  const { requestId, denial } = JSON.parse(line) as { requestId?: string; denial?: string }
  if (denial !== undefined) denials.set(String(requestId), denial)
}
