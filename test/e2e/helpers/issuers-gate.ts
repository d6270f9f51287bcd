// One gate before many issuers, each with a route of its own, and clients that ask through it. For
// tests of what becomes of good tokens while issuers are in trouble.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { KeyServer } from '../../helpers/key-server.ts'
import { ephemeralListeners, startGate, type Gate } from './gate.ts'
import { scrape, sumOf } from './metrics.ts'
import type { Scope } from './program.ts'

export interface Answer {
  readonly status: number
  /** Seconds; undefined without the header. */
  readonly retryAfter: number | undefined
}

type Issuer = Pick<KeyServer, 'issuer' | 'jwksUri'>

export interface IssuersGate {
  readonly gate: Gate
  /** Asks the route of that issuer. */
  readonly ask: (name: string, token: string) => Promise<Answer>
  /** Messages of the log that name the issuer, in order. */
  readonly logged: (server: Pick<Issuer, 'issuer'>) => readonly string[]
  /** A metric of that issuer. */
  readonly metric: (
    server: Pick<Issuer, 'issuer'>,
    name: string,
    labels?: Readonly<Record<string, string>>,
  ) => Promise<number>
}

export interface IssuersGateOptions {
  /** By the word of their route, `/name`. */
  readonly issuers: ReadonlyMap<string, Issuer>
  /** YAML beside the listeners, the upstream, the authorizers and the routes. */
  readonly config: string
  readonly algorithms?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** Starts the gate and an upstream that answers 200; the keys may not be there yet. */
export const startIssuersGate = async (
  scope: Scope,
  { issuers, config, algorithms = ['RS256', 'ES256'], env = {} }: IssuersGateOptions,
): Promise<IssuersGate> => {
  const upstream = await startUpstream(scope)
  const names = [...issuers.keys()]
  const authorizers = [...issuers].map(
    ([name, { issuer, jwksUri }]) => `
  ${name}:
    type: JWT
    jwtConfiguration: { issuer: '${issuer}', audience: [orders] }
    jwksUri: '${jwksUri}'
    algorithms: [${algorithms.join(', ')}]`,
  )
  const routes = names.map((name) => `\n  - { path: /${name}, method: GET, authorizer: ${name} }`)
  const gate = await startGate(scope, {
    config: `${ephemeralListeners}
upstream: { url: '${upstream}' }
${config}
authorizers:${authorizers.join('')}
routes:${routes.join('')}
`,
    env,
  })
  return {
    gate,
    ask: async (name, token) => {
      const { status, headers } = await fetch(`${gate.url}/${name}`, {
        headers: { authorization: token },
      })
      const retryAfter = headers.get('retry-after')
      return { status, retryAfter: retryAfter === null ? undefined : Number(retryAfter) }
    },
    logged: ({ issuer }) =>
      gate
        .log()
        .filter((line) => line['issuer'] === issuer)
        .map(({ msg }) => String(msg)),
    metric: async ({ issuer }, name, labels = {}) =>
      sumOf(await scrape(gate.adminUrl), name, { issuer, ...labels }),
  }
}

/** A token of the server's newest key, for the partner's audience, good for an hour. */
export const goodToken = (server: KeyServer, more: object = {}): string =>
  server.sign({
    iss: server.issuer,
    sub: 'jane',
    aud: 'orders',
    exp: Math.floor(Date.now() / 1000) + 3600,
    n: tokens++,
    ...more,
  })

// Tells tokens of the same second apart, so that none is in the cache already.
let tokens = 0

const startUpstream = async (scope: Scope): Promise<string> => {
  const server = createServer((_request, response) => response.end('ok'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  scope.teardown(() => server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
