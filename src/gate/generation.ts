// A generation: all that is built from one reading of the configuration. It is built aside, takes its
// predecessor's place in one step, and is let go when the last request that began with it is over.
import type { Clock, Logger } from '../core/ports.ts'
import type { AuthorizerSettings, IssuerSettings, Settings } from '../core/settings.ts'
import type { Identity } from '../core/identity.ts'
import type { Metrics } from '../observe/metrics.ts'
import { createRequestLog, type RequestLog } from '../observe/request-log.ts'
import type { Forwarder } from '../proxy/forward.ts'
import type { OpenSessions } from '../proxy/websocket-sessions.ts'
import type { DataServerOptions } from '../server/data.ts'
import { createDecisionGate } from '../server/decision-gate.ts'
import type { DecisionServerOptions } from '../server/decision.ts'
import type { TokenCache } from '../token/cache.ts'
import { createKeyLoader } from '../token/key-source.ts'
import { createKeyStore, type KeyStoreSettings, type LiveKeyStore } from '../token/keys.ts'
import { nameForCache, type CacheNames } from './cache-names.ts'
import type { Configuration } from './configuration.ts'
import { createGate, dataOptions } from './gate.ts'
import type { LeaseUpstream, UpstreamLease } from './upstreams.ts'
import { isDeepStrictEqual } from 'node:util'

/** What outlives every generation. */
export interface Lasting {
  readonly log: Logger
  readonly clock: Clock
  readonly metrics: Metrics
  readonly cache: TokenCache
  readonly sessions: OpenSessions
  readonly lease: LeaseUpstream
  readonly isRevoked: (identity: Identity) => boolean
  readonly draining: () => boolean
  /** The log that the listeners write to: the same one, seen by whoever shows the last refusals. */
  readonly watch: (log: RequestLog) => RequestLog
}

export interface Generation extends Configuration {
  readonly keys: LiveKeyStore
  readonly cacheNames: CacheNames
  readonly requestLog: RequestLog
  readonly forwarder: Pick<Forwarder, 'load'>
  /** What the data listener serves it by. */
  readonly data: DataServerOptions
  /** What the listener for decisions decides by, if there is one. */
  readonly decision: DecisionServerOptions
  /** It gets no new requests. Its connections are closed when those it has are over. */
  readonly retire: () => void
  /** Settles when its connections are closed, if no other generation uses them. */
  readonly close: () => Promise<void>
}

/**
 * Builds a generation; nothing of it is in force yet. Its keys are those of `before`, where issuers stay.
 *
 * @throws for what only shows when it is used, such as key material that OpenSSL refuses
 */
export const createGeneration = (
  configuration: Configuration,
  lasting: Lasting,
  before?: Generation,
): Generation => {
  const lease = lasting.lease(configuration.settings.upstream)
  try {
    return build(configuration, lasting, { lease, before })
  } catch (error) {
    void lease.release()
    throw error
  }
}

interface Given {
  readonly lease: UpstreamLease
  readonly before: Generation | undefined
}

const build = (
  { settings, table }: Configuration,
  lasting: Lasting,
  { lease, before }: Given,
): Generation => {
  const { log, clock, metrics, isRevoked, draining, sessions, cache } = lasting
  const keys = keysFor({ settings, table }, lasting, before)
  const cacheNames = nameForCache(settings, before?.cacheNames ?? new Map())
  const requestLog = requestLogFor(settings, lasting, before)
  const watched = lasting.watch(requestLog)
  const use = createUse(lease)
  const shared = { settings, log, clock, recorder: counting(metrics, use) }
  const { connections } = lease
  const gate = createGate({
    ...shared,
    table,
    keys,
    cache,
    cacheNames,
    isRevoked,
    connections,
    sessions,
  })
  const decisionGate = createDecisionGate({ settings, table, authorize: gate.authorize })
  const { limits, apiType, trustedProxies } = settings
  const { trustedPeers } = settings.decision
  return {
    settings,
    table,
    keys,
    cacheNames,
    requestLog,
    forwarder: gate.forwarder,
    data: dataOptions(gate, { ...shared, requestLog: watched, draining }),
    decision: {
      ...{ limits, apiType, trustedProxies, trustedPeers, clock, log, draining },
      requestLog: watched,
      recorder: metrics,
      gate: () => decisionGate,
    },
    retire: use.retire,
    close: use.close,
  }
}

/** One whose settings are as before goes on, with its count of what it left out. */
const requestLogFor = (
  settings: Settings,
  { log, clock }: Lasting,
  before: Generation | undefined,
): RequestLog =>
  before !== undefined && isDeepStrictEqual(before.settings.log, settings.log)
    ? before.requestLog
    : createRequestLog({ logger: log, log: settings.log, clock })

/** The metrics, by which the requests that use a lease are counted too. */
const counting = (metrics: Metrics, use: ReturnType<typeof createUse>): Metrics => ({
  ...metrics,
  requestStarted: () => {
    use.begin()
    metrics.requestStarted()
  },
  requestFinished: (finished) => {
    metrics.requestFinished(finished)
    use.end()
  },
})

/** Counts the requests that use a lease, and gives it back after the last one. */
const createUse = (lease: UpstreamLease) => {
  let requests = 0
  let retired = false
  let released: Promise<void> | undefined
  const close = (): Promise<void> => (released ??= lease.release())
  const closeIfOver = (): void => {
    if (retired && requests === 0) void close()
  }
  return {
    begin: (): void => {
      requests += 1
    },
    end: (): void => {
      requests -= 1
      closeIfOver()
    },
    retire: (): void => {
      retired = true
      closeIfOver()
    },
    close,
  }
}

const keysFor = (
  { settings }: Configuration,
  { clock, log, metrics }: Lasting,
  before: Generation | undefined,
): LiveKeyStore => {
  const given: KeyStoreSettings = {
    issuers: distinctIssuers(settings.authorizers),
    jwks: settings.jwks,
    load: createKeyLoader(settings.jwks),
  }
  return before === undefined
    ? createKeyStore({ ...given, clock, recorder: metrics, log })
    : before.keys.next(given)
}

/** Authorizers may share an issuer; its keys are fetched once. */
const distinctIssuers = (authorizers: readonly AuthorizerSettings[]): readonly IssuerSettings[] => [
  ...new Map(
    authorizers.flatMap(({ issuers }) => issuers).map((issuer) => [issuer.issuer, issuer]),
  ).values(),
]
