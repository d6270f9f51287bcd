// Signing keys for one request: an issuer is asked once, when a token first names it, and never again.
// The keys are kept and judged by the store that serve uses; here is only when it is started.
import type { Clock, Logger } from '../core/ports.ts'
import type { IssuerSettings, JwksSettings } from '../core/settings.ts'
import type { KeySet } from '../token/key-set.ts'
import type { LoadKeys } from '../token/key-source.ts'
import { createKeyStore, type KeyStore } from '../token/keys.ts'

/** What came of asking an issuer. */
export interface KeyFetch {
  readonly issuer: string
  readonly ms: number
  /** Undefined when it failed. */
  readonly set: KeySet | undefined
  /** Why it failed. */
  readonly error: unknown
}

export interface KeysOnDemand {
  readonly keys: KeyStore
  /** In the order in which they were over. */
  readonly fetches: () => readonly KeyFetch[]
}

export interface KeysOnDemandOptions {
  readonly issuers: readonly IssuerSettings[]
  readonly jwks: JwksSettings
  readonly load: LoadKeys
  readonly clock: Clock
  readonly log: Logger
}

/** Makes the keys. A verifier that finds a key unknown waits for `refetch`, and finds it then. */
export const createKeysOnDemand = (options: KeysOnDemandOptions): KeysOnDemand => {
  const stores = new Map<string, KeyStore>()
  const fetches: KeyFetch[] = []

  const fetchOnce = (issuer: IssuerSettings): Promise<void> =>
    new Promise((resolve) => {
      let set: KeySet | undefined
      let error: unknown
      const store = createKeyStore({
        ...options,
        issuers: [issuer],
        load: async (settings) => {
          try {
            set = await options.load(settings)
            return set
          } catch (reason) {
            error = reason
            throw reason
          }
        },
        recorder: {
          keysFetched: (name, _outcome, ms) => {
            fetches.push({ issuer: name, ms, set, error })
            resolve()
          },
        },
      })
      stores.set(issuer.issuer, store)
      store.start()
    })

  return {
    fetches: () => fetches,
    keys: {
      start: () => undefined,
      stop: () => {
        for (const store of stores.values()) store.stop()
      },
      find: (issuer, kid) => stores.get(issuer)?.find(issuer, kid) ?? 'unknown',
      refetch: async (name) => {
        const issuer = options.issuers.find(({ issuer }) => issuer === name)
        if (issuer !== undefined && !stores.has(name)) await fetchOnce(issuer)
      },
      retryAfterSeconds: (issuer) => stores.get(issuer)?.retryAfterSeconds(issuer) ?? 1,
      states: () => new Map([...stores].flatMap(([, store]) => [...store.states()])),
      missing: () => [...stores.values()].flatMap((store) => store.missing()),
      onChange: () => undefined,
    },
  }
}
