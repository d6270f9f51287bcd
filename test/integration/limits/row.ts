// One row of the table of limits: how the gate is set up, what a client does, and what it, the log and
// the metrics say then.
import type { Test } from 'tap'
import type { Gate } from '../../helpers/gate.ts'
import type { Arrival } from '../../helpers/raw-upstream.ts'

export type ApiType = 'REST' | 'HTTP'

export interface LimitRow {
  /** As README names it. */
  readonly key: string
  /** YAML beside the usual keys. */
  readonly config: string
  /** What the upstream does when bytes have come. */
  readonly script?: (arrival: Arrival) => void
  /** Runs into the limit, and tells what the client saw. */
  readonly provoke: (t: Test, gate: Gate) => Promise<string>
  /** By `seen` of client.ts; for both kinds of API where they differ. */
  readonly client: string | Readonly<Record<ApiType, string>>
  /** The word in the log; undefined where nothing is refused. */
  readonly denial: string | undefined
  /** A message that the log must have, beside the line of the request. */
  readonly logged?: string
  /** A series with its value, without the prefix; undefined where nothing counts it. */
  readonly metric: string | undefined
}

/** Routes with no time-outs of their own: one that needs a token, one that does not. */
export const routes = `
log: { requests: denied, maxPerSecond: 1000 }
routes:
  - { path: /protected, method: ANY, authorizer: pool }
  - { path: '/public/{proxy+}', method: ANY, authorizationType: NONE }
`

/** YAML of the upstream with more of its keys. */
export const upstream = (keys: string, scheme = 'http'): string =>
  `upstream: { url: '${scheme}://UPSTREAM', ${keys} }\n`

export const publicRoute = 'ANY /public/{proxy+}'
export const get = 'GET /public/a HTTP/1.1\r\nHost: gate\r\n\r\n'

export const silent = (): void => undefined
