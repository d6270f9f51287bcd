// The composition root: builds the modules from a configuration, wires them, returns start and stop. No
// logic: what to do with a request, a key or a signal is decided where those live.
import type { Clock, Logger } from './core/ports.ts'
import type { ReloadRecord } from './core/reload.ts'
import { describeReportMode, reportModeOf } from './core/report-mode.ts'
import type { Settings } from './core/settings.ts'
import { staleNames } from './gate/cache-names.ts'
import { createConfigurationReload, type ConfigurationReload } from './gate/configuration-reload.ts'
import type { Configuration, ConfigurationSource } from './gate/configuration.ts'
import { createGeneration, type Generation, type Lasting } from './gate/generation.ts'
import { createLiveCertificates } from './gate/live-certificates.ts'
import { createLiveDenyList } from './gate/live-deny-list.ts'
import { createUpstreamLeases } from './gate/upstreams.ts'
import { createMetrics } from './observe/metrics.ts'
import { createOpenSessions } from './proxy/websocket-sessions.ts'
import { createAdminServer } from './server/admin.ts'
import { bind, close, type Addresses, type Listeners } from './server/bind.ts'
import { createDataListener } from './server/data.ts'
import { createDecisionListener } from './server/decision.ts'
import { drain, type DrainOptions } from './server/drain.ts'
import { createReadiness } from './server/readiness.ts'
import { createStatusPage } from './status/status-page.ts'
import { createTokenCache } from './token/cache.ts'

export interface AppOptions extends Configuration {
  readonly log: Logger
  readonly clock: Clock
  /** The package's version, for `build_info`. */
  readonly version: string
  /** Where the configuration is read again from; without it, it stays as it is. */
  readonly source?: ConfigurationSource
  /** Called with settings that have just come into force by a reload. */
  readonly onReloaded?: (settings: Settings) => void
}

export interface App {
  /** Listens and begins to fetch keys. Rejects when an address cannot be bound. */
  readonly start: () => Promise<Addresses>
  /** Why the gate should get no traffic, one line per reason; empty once it is ready. */
  readonly notReady: () => readonly string[]
  /** Not ready at once; accepts for `delayMs` more; then waits for what is in flight. */
  readonly stop: (delayMs: number) => Promise<{ readonly cut: number }>
  /**
   * Reads at once what is otherwise read when it changes: the configuration, the listener's
   * certificates, the deny list, key files. Resolves when the first two are dealt with; never rejects.
   */
  readonly reload: () => Promise<void>
  /** The last reloads of the configuration, oldest first. */
  readonly reloads: () => readonly ReloadRecord[]
  /** What is in force. */
  readonly settings: () => Settings
}

/** Builds a gate with its listeners. Nothing is bound or fetched before `start`. */
export const createApp = (options: AppOptions): App => {
  const { log, clock } = options
  const parts = createParts(options, () => reloads())
  const { lasting, denyList, readiness, generations } = parts
  const { current } = generations
  const { metrics: recorder } = lasting
  const { data, decision, servers } = createListeners(options, parts)
  const { data: server, admin, status } = servers
  const { tls } = options.settings.listen
  const certificates = createLiveCertificates(tls, { server, clock, log, recorder })
  const reload = createReloading(options, recorder, {
    ...generations,
    take: (next) => {
      // What may fail comes first: after it, all is in force or nothing.
      certificates.use(next.settings.listen.tls)
      generations.take(next)
      data.use(next.data)
      decision?.use(next.decision)
      denyList.use(next.settings.denyList)
    },
  })
  const reloads = (): readonly ReloadRecord[] => reload?.reloads() ?? []
  return {
    start: async () => {
      const addresses = await bind(servers, options.settings)
      current().keys.start()
      denyList.start()
      certificates.start()
      reload?.start()
      logAddresses(log, addresses)
      return addresses
    },
    notReady: readiness.reasons,
    stop: async (drainDelayMs) => {
      readiness.startDraining()
      reload?.stop()
      certificates.stop()
      const { graceMs } = current().settings.shutdown
      const closeWebSockets = lasting.sessions.drain
      const drained = await drainBoth(servers, { drainDelayMs, graceMs, closeWebSockets })
      denyList.stop()
      await generations.close()
      await Promise.all([close(admin), status && close(status)])
      return drained
    },
    reload: async () => {
      denyList.reread()
      current().keys.reread()
      await Promise.all([certificates.now(), reload?.now()])
    },
    reloads,
    settings: () => current().settings,
  }
}

/** What listens. The data and the decision listener are told of another generation. */
const createListeners = (
  { settings }: AppOptions,
  { lasting, readiness, generations, status }: ReturnType<typeof createParts>,
) => {
  const { current } = generations
  const data = createDataListener(current().data)
  const decision = settings.decision.enabled
    ? createDecisionListener(current().decision)
    : undefined
  const admin = createAdminServer({
    metrics: lasting.metrics,
    notReady: readiness.reasons,
    remarks: () => reportModeRemarks(current().settings),
  })
  const servers = { data: data.server, admin, decision: decision?.server, status: status.server }
  return { data, decision, servers }
}

/** Drains what takes requests, side by side. */
const drainBoth = async (
  { data, decision }: Pick<Listeners, 'data' | 'decision'>,
  options: Omit<DrainOptions, 'server'>,
): Promise<{ readonly cut: number }> => {
  const drained = await Promise.all([
    drain({ ...options, server: data }),
    decision && drain({ ...options, server: decision, closeWebSockets: noWebSockets }),
  ])
  return { cut: drained.reduce((sum, each) => sum + (each?.cut ?? 0), 0) }
}

const noWebSockets = (): void => undefined

const logAddresses = (log: Logger, addresses: Addresses): void => {
  for (const listener of ['admin', 'data', 'decision', 'status'] as const) {
    const address = addresses[listener]
    if (address) log.info({ listener, ...address }, 'listening')
  }
}

const reportModeRemarks = (settings: Settings): readonly string[] => {
  const remark = describeReportMode(reportModeOf(settings))
  return remark === undefined ? [] : [remark]
}

const createParts = (
  { settings, table, log, clock, version }: AppOptions,
  reloads: () => readonly ReloadRecord[],
) => {
  // The cache and the generations are shown in the metrics, and count in them: hence the thunks.
  const metrics = createMetrics({
    routes: table.routes,
    authorizers: settings.authorizers.map(({ name }) => name),
    version,
    startedMs: clock.wallMs(),
    reportMode: () => reportModeOf(generations.current().settings),
    tokenCache: () => cache.stats(),
    keySets: () => generations.current().keys.states(),
  })
  const cache = createTokenCache({ ...settings.tokenCache, clock, recorder: metrics })
  const denyList = createLiveDenyList(settings.denyList, {
    clock,
    log,
    onChange: () => sessions.closeRevoked(),
    recorder: metrics,
  })
  const { isRevoked } = denyList
  const sessions = createOpenSessions(isRevoked)
  const readiness = createReadiness({
    missing: () => generations.current().keys.missing(),
    startupWaitSeconds: settings.jwks.startupWaitSeconds,
    clock,
  })
  const { draining } = readiness
  const lease = createUpstreamLeases(log)
  const status = createStatusPage(settings.statusPage, {
    inForce: () => ({ ...generations.current(), cache }),
    readings: metrics,
    notReady: readiness.reasons,
    reloads,
    clock,
    version,
  })
  const { watch } = status
  const shared = { log, clock, metrics, cache, sessions, lease, isRevoked, draining, watch }
  const generations = createGenerations({ settings, table }, shared)
  return { lasting: shared, denyList, readiness, generations, status }
}

/** The generation in force, and how another takes its place. */
const createGenerations = (first: Configuration, lasting: Lasting) => {
  const { metrics, cache } = lasting
  let current = createGeneration(first, lasting)
  return {
    current: (): Generation => current,
    /** Builds one aside, with keys at hand if they are to be had in time. */
    prepare: async (configuration: Configuration): Promise<Generation> => {
      const next = createGeneration(configuration, lasting, current)
      await next.keys.warm()
      return next
    },
    discard: (next: Generation): void => {
      next.keys.stop()
      void next.close()
    },
    take: (next: Generation): void => {
      const before = current
      current = next
      next.keys.start()
      cache.dropAuthorizers(staleNames(before.cacheNames, next.cacheNames))
      metrics.follow(
        next.table.routes,
        next.settings.authorizers.map(({ name }) => name),
      )
      if (before.requestLog !== next.requestLog) before.requestLog.flush()
      before.retire()
    },
    close: async (): Promise<void> => {
      current.keys.stop()
      await current.close()
      current.requestLog.flush()
    },
  }
}

type Generations = Pick<
  ReturnType<typeof createGenerations>,
  'current' | 'prepare' | 'discard' | 'take'
>

const createReloading = (
  { source, log, clock, onReloaded }: AppOptions,
  recorder: Lasting['metrics'],
  { current, prepare, discard, take }: Generations,
): ConfigurationReload | undefined =>
  source === undefined
    ? undefined
    : createConfigurationReload({
        source,
        inForce: () => current().settings,
        prepare,
        discard,
        take: (next: Generation) => {
          take(next)
          onReloaded?.(next.settings)
        },
        recorder,
        log,
        clock,
      })
