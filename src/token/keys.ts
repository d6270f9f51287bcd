// The signing keys of every issuer, and when they may be used. What is not in here verifies nothing.
import { isDeepStrictEqual } from 'node:util'
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

/**
 * A store that another can take the place of. Issuers that are the same in both keep their keys and their
 * timers. `start` makes the other one take that place: issuers that are left out are asked no more. Its
 * `stop` before that ends what `warm` has begun, and the store of before goes on.
 */
export interface LiveKeyStore extends KeyStore {
  /** Makes a store for other settings, which changes nothing about this one before its `start`. */
  readonly next: (settings: KeyStoreSettings) => LiveKeyStore
  /** Fetches what is new. Settles when all of it was tried, after `timeoutMs` at the latest. */
  readonly warm: () => Promise<void>
  /** Reads the key files again. */
  readonly reread: () => void
}

/** What a reload may change. */
export interface KeyStoreSettings {
  /** May name an issuer more than once. */
  readonly issuers: readonly IssuerSettings[]
  readonly jwks: JwksSettings
  readonly load: LoadKeys
}

export interface KeyStoreOptions extends KeyStoreSettings {
  readonly clock: Clock
  readonly recorder: Pick<Recorder, 'keysFetched'>
  readonly log: Logger
  /** From 0 up to 1; spreads fetches over time. */
  readonly random?: () => number
  readonly schedule?: Schedule
}

/** Makes the store; nothing is fetched before `start`. */
export const createKeyStore = (options: KeyStoreOptions): LiveKeyStore => {
  const { random = Math.random, schedule = scheduleTimeout } = options
  const hub: Hub = { listeners: [] }
  const fixed = { ...options, random, schedule }
  return createStore(fixed, hub, undefined)
}

/** What a store and those after it share: whose listeners are told of changed sets. */
interface Hub {
  listeners: readonly KeysListener[]
}

/** What a store takes over, for as long as it has not. */
interface Predecessor {
  readonly jwks: JwksSettings
  readonly entries: ReadonlyMap<string, Entry>
}

interface Entry {
  readonly settings: IssuerSettings
  readonly keys: IssuerKeys
}

const createStore = (
  options: Required<KeyStoreOptions>,
  hub: Hub,
  predecessor: Predecessor | undefined,
): LiveKeyStore => {
  const listeners: KeysListener[] = []
  const entries = createEntries(options, hub, predecessor)
  const all = (): readonly IssuerKeys[] => [...entries.values()].map(({ keys }) => keys)
  const keysOf = (issuer: string): IssuerKeys | undefined => entries.get(issuer)?.keys
  // Those of before run already, and go on if this store never takes their place.
  let before = predecessor?.entries
  let waiting = all().filter((keys) => !holds(before, keys))
  if (predecessor === undefined) hub.listeners = listeners

  const startWaiting = (): void => {
    for (const keys of waiting) keys.start()
    waiting = []
  }
  const fresh = waiting

  return {
    warm: async () => {
      startWaiting()
      await Promise.all(fresh.map((keys) => keys.settled()))
    },
    start: () => {
      hub.listeners = listeners
      startWaiting()
      for (const { keys } of before?.values() ?? []) {
        if (!holds(entries, keys)) void keys.settled().then(keys.stop)
      }
      before = undefined
    },
    stop: () => {
      for (const keys of before === undefined ? all() : fresh) keys.stop()
    },
    reread: () => {
      for (const keys of all()) keys.reread()
    },
    next: (settings) =>
      createStore({ ...options, ...settings }, hub, { jwks: options.jwks, entries }),
    find: (issuer, kid) => keysOf(issuer)?.find(kid) ?? 'unavailable',
    refetch: (issuer) => keysOf(issuer)?.refetch() ?? Promise.resolve(),
    retryAfterSeconds: (issuer) => keysOf(issuer)?.retryAfterSeconds() ?? 1,
    states: () => new Map([...entries].map(([issuer, { keys }]) => [issuer, keys.state()])),
    missing: () =>
      [...entries].filter(([, { keys }]) => keys.neverLoaded()).map(([issuer]) => issuer),
    onChange: (listener) => void listeners.push(listener),
  }
}

const holds = (entries: ReadonlyMap<string, Entry> | undefined, keys: IssuerKeys): boolean =>
  [...(entries?.values() ?? [])].some((entry) => entry.keys === keys)

/**
 * The issuers' keepers, by issuer. One that is asked in the same way as before stays; one whose
 * manner of being asked alone has changed keeps its keys. Keys of another source are not taken over.
 */
const createEntries = (
  options: Required<KeyStoreOptions>,
  hub: Hub,
  predecessor: Predecessor | undefined,
): ReadonlyMap<string, Entry> => {
  const changed: KeysListener = (issuer, kids) => {
    for (const listener of hub.listeners) listener(issuer, kids)
  }
  const sameJwks = isDeepStrictEqual(predecessor?.jwks, options.jwks)
  const entries = new Map<string, Entry>()
  for (const settings of options.issuers) {
    if (entries.has(settings.issuer)) continue
    const old = predecessor?.entries.get(settings.issuer)
    const same = isDeepStrictEqual(old?.settings, settings) ? old : undefined
    const keep = sameJwks ? same : undefined
    const keys = keep?.keys ?? createIssuerKeys(settings, options, changed, same?.keys.held())
    entries.set(settings.issuer, { settings, keys })
  }
  return entries
}
