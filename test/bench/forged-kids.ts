// A flood of tokens whose key ids nobody has: how often is the issuer asked, how soon is a really new key
// found in it, and what does a client with a good token feel?
import { createKey, createKeyServer, base64url, type KeyServer } from '../helpers/key-server.ts'
import { untilReady } from '../e2e/helpers/gate.ts'
import { goodToken, startIssuersGate } from '../e2e/helpers/issuers-gate.ts'
import { runLoad, type LoadReport, type LoadRequest } from '../e2e/helpers/load.ts'
import type { Scope } from '../e2e/helpers/program.ts'
import { percentile } from './statistics.ts'

export interface ForgedKidsOptions {
  /** Forged tokens, no two with the same key id. */
  readonly requests: number
  /** Connections that send them, each one after the other. */
  readonly connections: number
  readonly cooldownSeconds: number
  /** Good tokens sent before the flood, to compare with. */
  readonly aloneRequests: number
}

export interface Latencies {
  readonly requests: number
  readonly p50Ms: number
  readonly p99Ms: number
}

export interface ForgedKidsReport {
  readonly forged: LoadReport
  readonly seconds: number
  /** Fetches of keys during the flood, and how many the cool-down allows in that time. */
  readonly fetches: number
  readonly allowedFetches: number
  /** From the publication of a new key, amid the flood, to the first 200 for a token of it. */
  readonly newKeySeconds: number
  /** One connection of a good token: alone, and during the flood. */
  readonly alone: Latencies
  readonly during: Latencies
  /** What was answered to good tokens, all in all. */
  readonly goodStatuses: readonly number[]
}

/** Starts a gate and an issuer, measures without the flood, then with it. */
export const measureForgedKids = async (
  scope: Scope,
  options: ForgedKidsOptions,
): Promise<ForgedKidsReport> => {
  const { requests, connections, cooldownSeconds } = options
  const server = await createKeyServer(createKey('ES256'))
  scope.teardown(server.close)
  const { gate, ask } = await startIssuersGate(scope, {
    issuers: new Map([['pool', server]]),
    config: `jwks: { unknownKidCooldownSeconds: ${cooldownSeconds} }`,
  })
  await untilReady(gate)
  const good = { path: '/pool', headers: { authorization: goodToken(server) } }
  const goodWhile = async (more: () => boolean) => {
    const stamps: number[] = []
    // One connection asks for its next request when the last one is over.
    const next = (): LoadRequest | undefined => {
      stamps.push(performance.now())
      return more() ? good : undefined
    }
    const { statuses } = await runLoad({ url: gate.url, connections: 1, next })
    return { latencies: latenciesOf(stamps), statuses: Object.keys(statuses).map(Number) }
  }
  let left = options.aloneRequests
  await goodWhile(() => left-- > options.aloneRequests / 2)
  const alone = await goodWhile(() => left-- > 0)

  const before = server.fetches()
  const startedMs = performance.now()
  let sent = 0
  let over = false
  const flood = runLoad({
    url: gate.url,
    connections,
    next: () => (sent++ < requests ? forgedRequest(server, sent) : undefined),
  }).finally(() => (over = true))
  const probe = goodWhile(() => !over)
  const newKeySeconds = await discoverNewKey(server, ask, () => sent >= requests / 2)
  const [forged, during] = await Promise.all([flood, probe])
  const seconds = (performance.now() - startedMs) / 1000
  return {
    forged,
    seconds,
    fetches: server.fetches() - before,
    allowedFetches: Math.ceil(seconds / cooldownSeconds) + 1,
    newKeySeconds,
    alone: alone.latencies,
    during: during.latencies,
    goodStatuses: [...new Set([...alone.statuses, ...during.statuses])],
  }
}

const discoverNewKey = async (
  server: KeyServer,
  ask: (name: string, token: string) => Promise<{ readonly status: number }>,
  isTime: () => boolean,
): Promise<number> => {
  while (!isTime()) await pause()
  server.addKey(createKey('ES256'))
  const startedMs = performance.now()
  while ((await ask('pool', goodToken(server))).status !== 200) await pause()
  return (performance.now() - startedMs) / 1000
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10))

/** Right in all but its key and its signature. */
const forgedRequest = (server: KeyServer, n: number): LoadRequest => {
  const head = base64url(JSON.stringify({ alg: 'ES256', kid: `forged-${n}` }))
  const body = base64url(JSON.stringify({ iss: server.issuer, aud: 'orders', exp: 4_102_444_800 }))
  return {
    path: '/pool',
    headers: { authorization: `${head}.${body}.${base64url(Buffer.alloc(64, n % 251))}` },
  }
}

const latenciesOf = (stamps: readonly number[]): Latencies => {
  const sorted = stamps
    .slice(1)
    .map((stamp, index) => stamp - (stamps[index] ?? 0))
    .sort((one, other) => one - other)
  return {
    requests: sorted.length,
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
  }
}
