// The composition root: builds the modules from Settings, wires them, returns start and stop. No
// logic: what to do with a request, a key or a signal is decided where those live.
import type { Server } from 'node:http'
import { createMockAnswer } from './answers/mock.ts'
import { createAuthorize, type Authorize, type Authorizer } from './authorize.ts'
import { maxDenyListBytes, parseDenyListInSlices } from './config/deny-list.ts'
import type { Identity } from './core/identity.ts'
import type { Clock, Logger, Recorder } from './core/ports.ts'
import { describeReportMode, reportModeOf } from './core/report-mode.ts'
import type { AuthorizerSettings, IssuerSettings, Settings } from './core/settings.ts'
import { createIdentityHeaders } from './identity/apply.ts'
import { compileClaimHeaders } from './identity/claim-headers.ts'
import { createMetrics } from './observe/metrics.ts'
import { createRequestLog, type RequestLog } from './observe/request-log.ts'
import type { Dial } from './proxy/dial.ts'
import { createForwarder, type Forwarder } from './proxy/forward.ts'
import { createTunnel, type Tunnel } from './proxy/tunnel.ts'
import type { RouteTable } from './routing/table.ts'
import { createAdminServer } from './server/admin.ts'
import { createAnswerRefusal } from './server/answer-refusal.ts'
import { bind, close, type Addresses } from './server/bind.ts'
import { createServedCors } from './server/cors.ts'
import { createDataServer } from './server/data.ts'
import { createDecisionGate } from './server/decision-gate.ts'
import { createDecisionServer, type DecisionServerOptions } from './server/decision.ts'
import { drain } from './server/drain.ts'
import { createReadiness } from './server/readiness.ts'
import { createTlsReload } from './server/tls-reload.ts'
import { createTokenCache, type TokenCache } from './token/cache.ts'
import { createDenyList } from './token/deny-list.ts'
import { createKeyLoader } from './token/key-source.ts'
import { createKeyStore, type KeyStore } from './token/keys.ts'
import { createVerifier } from './token/verify.ts'

export interface AppOptions {
  readonly settings: Settings
  readonly table: RouteTable
  readonly log: Logger
  readonly clock: Clock
  /** The package's version, for `build_info`. */
  readonly version: string
}

export interface App {
  /** Listens and begins to fetch keys. Rejects when an address cannot be bound. */
  readonly start: () => Promise<Addresses>
  /** Why the gate should get no traffic, one line per reason; empty once it is ready. */
  readonly notReady: () => readonly string[]
  /** Not ready at once; accepts for `delayMs` more; then waits for what is in flight. */
  readonly stop: (delayMs: number) => Promise<{ readonly cut: number }>
  /** Reads at once what is otherwise read when it changes: the listener's certificates. */
  readonly reload: () => Promise<void>
}

/** What a gate works with, besides its settings. */
export interface GateOptions extends Omit<AppOptions, 'version'> {
  readonly recorder: Recorder
  readonly keys: KeyStore
  readonly cache: TokenCache
  readonly isRevoked: (identity: Identity) => boolean
  /** In place of the one that connects to the upstream. */
  readonly dial?: Dial
}

/** What decides and what forwards, before there is a listener. */
export interface Gate {
  readonly authorize: Authorize
  readonly forwarder: Forwarder
  readonly tunnel: Tunnel
}

/** Builds what is behind the listener. `serve` and `explain` have it from here, so it is the same. */
export const createGate = (options: GateOptions): Gate => {
  const { settings, table, clock, recorder } = options
  // Requests and WebSockets go to the same upstream with the same headers.
  const outward = {
    upstream: settings.upstream,
    trustedProxies: settings.trustedProxies,
    headers: createIdentityHeaders(settings, table.routes),
    view: settings,
    dial: options.dial,
    clock,
    recorder,
    log: options.log,
  }
  return {
    authorize: createAuthorize({
      basePath: settings.basePath,
      table,
      authorizers: createAuthorizers(options),
      maxTokenBytes: settings.limits.maxTokenBytes,
      handshakeSources: settings.websocket,
      isRevoked: options.isRevoked,
      enforcement: settings.enforcement,
      clock,
      recorder,
    }),
    forwarder: createForwarder({ ...outward, limits: settings.limits }),
    tunnel: createTunnel({
      ...outward,
      websocket: settings.websocket,
      isRevoked: options.isRevoked,
      logRequests: settings.log.requests,
    }),
  }
}

/** What a gate's listener needs, besides the gate. */
export interface GateServerOptions {
  readonly settings: Settings
  readonly recorder: Recorder
  readonly requestLog: Pick<RequestLog, 'wants' | 'write'>
  readonly clock: Clock
  readonly log: Logger
  readonly draining: () => boolean
}

/** Puts a gate behind the listener that takes traffic. It does not listen yet. */
export const createGateServer = (gate: Gate, options: GateServerOptions): Server => {
  const { settings, ...shared } = options
  return createDataServer({
    ...shared,
    limits: settings.limits,
    tls: settings.listen.tls,
    authorize: gate.authorize,
    forward: gate.forwarder.forward,
    openWebSocket: gate.tunnel.open,
    answer: createAnswerRefusal(settings),
    apiType: settings.apiType,
    answerMock: createMockAnswer(settings.apiType),
    cors: createServedCors(settings),
    trustedProxies: settings.trustedProxies,
  })
}

/** Builds a gate with its listeners. Nothing is bound or fetched before `start`. */
export const createApp = (options: AppOptions): App => {
  const { settings, log, clock } = options
  const { keys, denyList, metrics, gate, readiness, requestLog } = createParts(options)
  const data = createGateServer(gate, {
    settings,
    clock,
    log,
    recorder: metrics,
    requestLog,
    draining: readiness.draining,
  })
  const decision = createDecisionListener(gate, options, {
    recorder: metrics,
    requestLog,
    draining: readiness.draining,
  })
  const admin = createAdminServer({
    metrics,
    notReady: readiness.reasons,
    remarks: () => reportModeRemarks(settings),
  })
  const { tls } = settings.listen
  const certificates =
    tls === undefined ? undefined : createTlsReload({ server: data, tls, clock, log })
  return {
    start: async () => {
      const addresses = await bind({ data, admin, decision }, settings)
      keys.start()
      denyList.start()
      certificates?.start()
      log.info({ listener: 'admin', ...addresses.admin }, 'listening')
      log.info({ listener: 'data', ...addresses.data }, 'listening')
      if (addresses.decision) log.info({ listener: 'decision', ...addresses.decision }, 'listening')
      return addresses
    },
    notReady: readiness.reasons,
    stop: async (drainDelayMs) => {
      readiness.startDraining()
      certificates?.stop()
      const { graceMs } = settings.shutdown
      const drained = await Promise.all([
        drain({ server: data, drainDelayMs, closeWebSockets: gate.tunnel.drain, graceMs }),
        decision &&
          drain({ server: decision, drainDelayMs, closeWebSockets: noWebSockets, graceMs }),
      ])
      keys.stop()
      denyList.stop()
      await gate.forwarder.close()
      requestLog.flush()
      await close(admin)
      return { cut: drained.reduce((sum, each) => sum + (each?.cut ?? 0), 0) }
    },
    reload: async () => {
      await certificates?.now()
    },
  }
}

type DecisionParts = Pick<DecisionServerOptions, 'recorder' | 'requestLog' | 'draining'>

/** The listener for decisions alone; undefined when it is not enabled. */
const createDecisionListener = (
  { authorize }: Gate,
  { settings, table, clock, log }: AppOptions,
  parts: DecisionParts,
): Server | undefined => {
  const { enabled, trustedPeers } = settings.decision
  if (!enabled) return undefined
  const gate = createDecisionGate({ settings, table, authorize })
  const { limits, apiType, trustedProxies } = settings
  const shared = { limits, apiType, trustedProxies, clock, log, ...parts }
  return createDecisionServer({ ...shared, gate: () => gate, trustedPeers })
}

const noWebSockets = (): void => undefined

const createParts = ({ settings, table, log, clock, version }: AppOptions) => {
  // The cache and the key store are shown in the metrics, and count in them: hence the two thunks.
  const metrics = createMetrics({
    routes: table.routes,
    authorizers: settings.authorizers.map(({ name }) => name),
    version,
    reportMode: () => reportModeOf(settings),
    tokenCache: () => cache.stats(),
    keySets: () => keys.states(),
  })
  const cache = createTokenCache({ ...settings.tokenCache, clock, recorder: metrics })
  const issuers = distinctIssuers(settings.authorizers)
  const load = createKeyLoader(settings.jwks)
  const keys = createKeyStore({ issuers, jwks: settings.jwks, load, clock, recorder: metrics, log })
  const denyList = createDenyList({
    settings: settings.denyList,
    parse: parseDenyListInSlices,
    maxBytes: maxDenyListBytes,
    clock,
    log,
  })
  const { isRevoked } = denyList
  const gate = createGate({
    settings,
    table,
    log,
    clock,
    recorder: metrics,
    keys,
    cache,
    isRevoked,
  })
  denyList.onChange(gate.tunnel.closeRevoked)
  return {
    metrics,
    keys,
    denyList,
    gate,
    readiness: createReadiness({
      missing: keys.missing,
      startupWaitSeconds: settings.jwks.startupWaitSeconds,
      clock,
    }),
    requestLog: createRequestLog({ logger: log, log: settings.log, clock }),
  }
}

const reportModeRemarks = (settings: Settings): readonly string[] => {
  const remark = describeReportMode(reportModeOf(settings))
  return remark === undefined ? [] : [remark]
}

const createAuthorizers = (options: GateOptions): ReadonlyMap<string, Authorizer> => {
  const { settings, ...shared } = options
  return new Map(
    settings.authorizers.map((authorizer) => {
      const claimHeaders = authorizer.claimHeaders ?? settings.claimHeaders
      const render = compileClaimHeaders({ ...settings, claimHeaders })
      const verifier = createVerifier({ ...shared, authorizer, render })
      return [authorizer.name, { settings: authorizer, verifier }]
    }),
  )
}

/** Authorizers may share an issuer; its keys are fetched once. */
const distinctIssuers = (authorizers: readonly AuthorizerSettings[]): readonly IssuerSettings[] => [
  ...new Map(
    authorizers.flatMap(({ issuers }) => issuers).map((issuer) => [issuer.issuer, issuer]),
  ).values(),
]
