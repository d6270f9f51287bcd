// The gate: what decides and what forwards, built from settings, and what its listener needs of it. `serve` and
// `explain` have it from here, so it is the same.
import type { Server } from 'node:http'
import { createMockAnswer } from '../answers/mock.ts'
import { createAuthorize, type Authorize, type Authorizer } from '../authorize.ts'
import type { Identity } from '../core/identity.ts'
import type { Clock, Logger, Recorder } from '../core/ports.ts'
import type { Settings } from '../core/settings.ts'
import { createIdentityHeaders } from '../identity/apply.ts'
import { compileClaimHeaders } from '../identity/claim-headers.ts'
import type { RequestLog } from '../observe/request-log.ts'
import type { Dial } from '../proxy/dial.ts'
import { createForwarder, type Forwarder } from '../proxy/forward.ts'
import { createTunnel, type Tunnel } from '../proxy/tunnel.ts'
import type { Upstream } from '../proxy/upstream.ts'
import type { OpenSessions } from '../proxy/websocket-sessions.ts'
import { createAnswerRefusal } from '../server/answer-refusal.ts'
import { createServedCors } from '../server/cors.ts'
import { createDataListener, type DataServerOptions } from '../server/data.ts'
import type { TokenCache } from '../token/cache.ts'
import type { KeyStore } from '../token/keys.ts'
import { createVerifier } from '../token/verify.ts'
import type { CacheNames } from './cache-names.ts'
import type { Configuration } from './configuration.ts'

/** What a gate works with, besides its settings. */
export interface GateOptions extends Configuration {
  readonly log: Logger
  readonly clock: Clock
  readonly recorder: Recorder
  readonly keys: KeyStore
  readonly cache: TokenCache
  readonly isRevoked: (identity: Identity) => boolean
  /** In place of the one that connects to the upstream. */
  readonly dial?: Dial
  /** In place of connections and WebSockets of its own. */
  readonly connections?: Upstream
  readonly sessions?: OpenSessions
  /** What the cache knows the authorizers by; their names unless others are given. */
  readonly cacheNames?: CacheNames
}

/** What decides and what forwards, before there is a listener. */
export interface Gate {
  readonly authorize: Authorize
  readonly forwarder: Forwarder
  readonly tunnel: Tunnel
}

/** Builds what is behind the listener. */
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
    forwarder: createForwarder({
      ...outward,
      limits: settings.limits,
      connections: options.connections,
    }),
    tunnel: createTunnel({
      ...outward,
      websocket: settings.websocket,
      isRevoked: options.isRevoked,
      logRequests: settings.log.requests,
      sessions: options.sessions,
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

/** What the data listener serves a gate by. */
export const dataOptions = (
  gate: Pick<Gate, 'authorize' | 'forwarder' | 'tunnel'>,
  options: GateServerOptions,
): DataServerOptions => {
  const { settings, ...shared } = options
  return {
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
  }
}

/** Puts a gate behind the listener that takes traffic, for good. It does not listen yet. */
export const createGateServer = (gate: Gate, options: GateServerOptions): Server =>
  createDataListener(dataOptions(gate, options)).server

const createAuthorizers = (options: GateOptions): ReadonlyMap<string, Authorizer> => {
  const { settings, ...shared } = options
  return new Map(
    settings.authorizers.map((authorizer) => {
      const claimHeaders = authorizer.claimHeaders ?? settings.claimHeaders
      const render = compileClaimHeaders({ ...settings, claimHeaders })
      const cachedAs = options.cacheNames?.get(authorizer.name)?.cachedAs
      const verifier = createVerifier({ ...shared, authorizer, render, cachedAs })
      return [authorizer.name, { settings: authorizer, verifier }]
    }),
  )
}
