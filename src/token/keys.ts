// The signing keys of every issuer, and when they may be used. What is not in here verifies nothing.
import type { KeySetReport, Clock, Logger, Recorder } from '../core/ports.ts'
import type { IssuerSettings, JwksSettings } from '../core/settings.ts'
import { createIssuerKeys, type IssuerKeys, type KeysListener } from './issuer-keys.ts'
import type { Key } from './key-set.ts'
import type { LoadKeys } from './key-source.ts'
import { scheduleTimeout, type Schedule } from '../files/schedule.ts'

export interface KeyStore {
  /** Fetches every issuer's keys in the background, at once, and keeps them fresh from then on. */
  readonly start: () => void
  /** Ends all fetching; keys that are held can still be found. */
  readonly stop: () => void
  /**
   * The keys of that kid. `unknown`: the issuer has none. `unavailable`: it never had keys here, or
   * they are older than `maxStaleSeconds`, or it cannot be asked about this kid.
   */
  readonly find: (issuer: string, kid: string) => readonly Key[] | 'unknown' | 'unavailable'
  /**
   * Asks the issuer again, for a kid that is unknown: one flight at a time, and one per
   * `unknownKidCooldownSeconds`. Settles when the flight is over, at once if there is to be none,
   * after `timeoutMs` at the latest; never rejects.
   */
  readonly refetch: (issuer: string) => Promise<void>
  /** Whole seconds until the issuer is asked again; 1 or more. */
  readonly retryAfterSeconds: (issuer: string) => number
  readonly states: () => ReadonlyMap<string, KeySetReport>
  /** Issuers that never had keys. */
  readonly missing: () => readonly string[]
  /** Adds a listener for changed sets; it gets the kids whose keys are all still the same. */
  readonly onChange: (listener: KeysListener) => void
}

export interface KeyStoreOptions {
  /** May name an issuer more than once. */
  readonly issuers: readonly IssuerSettings[]
  readonly jwks: JwksSettings
  readonly load: LoadKeys
  readonly clock: Clock
  readonly recorder: Pick<Recorder, 'keysFetched'>
  readonly log: Logger
  /** From 0 up to 1; spreads fetches over time. */
  readonly random?: () => number
  readonly schedule?: Schedule
}

/** Makes the store; nothing is fetched before `start`. */
export const createKeyStore = (options: KeyStoreOptions): KeyStore => {
  const { random = Math.random, schedule = scheduleTimeout } = options
  const listeners: KeysListener[] = []
  const changed: KeysListener = (issuer, kids) => {
    for (const listener of listeners) listener(issuer, kids)
  }
  const stores = new Map<string, IssuerKeys>()
  for (const settings of options.issuers) {
    if (stores.has(settings.issuer)) continue
    const environment = { ...options, random, schedule }
    stores.set(settings.issuer, createIssuerKeys(settings, environment, changed))
  }
  return {
    start: () => {
      for (const store of stores.values()) store.start()
    },
    stop: () => {
      for (const store of stores.values()) store.stop()
    },
    find: (issuer, kid) => stores.get(issuer)?.find(kid) ?? 'unavailable',
    refetch: (issuer) => stores.get(issuer)?.refetch() ?? Promise.resolve(),
    retryAfterSeconds: (issuer) => stores.get(issuer)?.retryAfterSeconds() ?? 1,
    states: () => new Map([...stores].map(([issuer, store]) => [issuer, store.state()])),
    missing: () => [...stores].filter(([, store]) => store.neverLoaded()).map(([issuer]) => issuer),
    onChange: (listener) => void listeners.push(listener),
  }
}
