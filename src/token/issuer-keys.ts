// The keys of one issuer over time: kept for a bounded time when the issuer is down, refetched for an
// unknown kid at a bounded rate, read again when their file is another one. No request but one with an
// unknown kid ever waits for a fetch.
import type { Clock, KeySetReport, Logger, Recorder } from '../core/ports.ts'
import type { Result } from '../core/result.ts'
import type { IssuerSettings, JwksSettings, KeySource } from '../core/settings.ts'
import { createFetchLoop, type FetchLoop, type FetchLoopOptions } from './fetch-loop.ts'
import { createFileLoop } from './file-loop.ts'
import { adviceAbout } from './key-advice.ts'
import type { Key, KeySet } from './key-set.ts'
import type { LoadKeys } from './key-source.ts'
import type { Schedule } from '../files/schedule.ts'

/** What all issuers of a store share. */
export interface KeyEnvironment {
  readonly jwks: JwksSettings
  readonly load: LoadKeys
  readonly clock: Clock
  readonly recorder: Pick<Recorder, 'keysFetched'>
  readonly log: Logger
  readonly random: () => number
  readonly schedule: Schedule
}

/** Told after every change of a set, with the kids whose keys all stayed as they were. */
export type KeysListener = (issuer: string, kids: ReadonlySet<string>) => void

export interface IssuerKeys {
  readonly start: () => void
  readonly stop: () => void
  /** Settles when the fetch under way is over, at once when there is none, after `timeoutMs` at the latest. */
  readonly settled: () => Promise<void>
  /** Reads the file again whose keys they are; nothing for other sources. */
  readonly reread: () => void
  /** For one that goes on in its place, with the same source. */
  readonly held: () => Held | undefined
  readonly find: (kid: string) => readonly Key[] | 'unknown' | 'unavailable'
  readonly refetch: () => Promise<void>
  readonly retryAfterSeconds: () => number
  readonly state: () => KeySetReport
  readonly neverLoaded: () => boolean
}

/** A key set and when it was fetched, by the monotonic and by the wall clock. */
export interface Held {
  readonly set: KeySet
  readonly atMs: number
  readonly atSeconds: number
}

/** Makes the keeper of one issuer's keys, those of a keeper before it in hand; nothing is fetched before `start`. */
export const createIssuerKeys = (
  issuer: IssuerSettings,
  environment: KeyEnvironment,
  changed: KeysListener,
  inherited?: Held,
): IssuerKeys => {
  const { jwks, clock, recorder, log } = environment
  let held = inherited

  const landed = (outcome: Result<KeySet, unknown>, ms: number, previousFailures: number): void => {
    recorder.keysFetched(issuer.issuer, outcome.ok ? 'success' : 'failed', ms)
    logOutcome(log, issuer, outcome, previousFailures)
    if (!outcome.ok) return
    const before = held?.set
    const set = outcome.value
    held = { set, atMs: clock.monotonicMs(), atSeconds: Math.floor(clock.wallMs() / 1000) }
    const kept = keptKids(before ?? set, set)
    if (kept.size !== set.keys.size || kept.size !== before?.keys.size) changed(issuer.issuer, kept)
  }

  const loop = createLoop(issuer, {
    ...environment,
    load: () => environment.load(issuer),
    landed,
    refreshMs: jwks.refreshSeconds * 1000,
    patienceMs: jwks.timeoutMs,
  })

  const isFailing = (): boolean => loop.failures() > 0
  const olderThan = ({ atMs }: Held, seconds: number): boolean =>
    clock.monotonicMs() - atMs > seconds * 1000
  const usable = (): KeySet | undefined =>
    held === undefined || (isFailing() && olderThan(held, jwks.maxStaleSeconds))
      ? undefined
      : held.set

  return {
    start: loop.start,
    stop: loop.stop,
    ...forReloads(issuer, loop),
    held: () => held,
    find: (kid) => {
      const set = usable()
      if (set === undefined) return 'unavailable'
      // While the issuer cannot be asked, nobody knows that it has no such key.
      return set.keys.get(kid) ?? (isFailing() ? 'unavailable' : 'unknown')
    },
    refetch: createRefetch(loop, environment),
    retryAfterSeconds: () => Math.max(1, Math.ceil(loop.waitMs() / 1000)),
    state: () => ({
      keys: countKeys(usable()),
      lastSuccessSeconds: held?.atSeconds ?? 0,
      stale: held !== undefined && isFailing() && olderThan(held, jwks.refreshSeconds),
      nextFetchMs: Math.max(0, loop.waitMs()),
      lastError: loop.lastError(),
    }),
    neverLoaded: () => held === undefined,
  }
}

/** Asks again for a kid that is unknown, but neither too often nor whom the loop finds failing. */
const createRefetch = (loop: FetchLoop, { jwks, clock }: KeyEnvironment): (() => Promise<void>) => {
  let refetchedMs = -Infinity
  return () => {
    if (loop.inFlight()) return loop.fetch()
    const nowMs = clock.monotonicMs()
    const isCooling = nowMs - refetchedMs < jwks.unknownKidCooldownSeconds * 1000
    if (isCooling || loop.failures() > 0) return Promise.resolve()
    refetchedMs = nowMs
    return loop.fetch()
  }
}

const forReloads = (
  { keys }: IssuerSettings,
  loop: FetchLoop,
): Pick<IssuerKeys, 'settled' | 'reread'> => ({
  settled: () => (loop.inFlight() ? loop.fetch() : Promise.resolve()),
  reread: () => {
    if (keys.kind === 'file') void loop.fetch()
  },
})

const createLoop = ({ keys }: IssuerSettings, options: FetchLoopOptions<KeySet>): FetchLoop =>
  keys.kind === 'file' ? createFileLoop(keys.path, options) : createFetchLoop(options)

const countKeys = (set: KeySet | undefined): number => [...(set?.keys.values() ?? [])].flat().length

/** The kids whose keys are the same in both sets. A key replaced under its old kid is not. */
const keptKids = (before: KeySet, after: KeySet): ReadonlySet<string> =>
  new Set([...after.keys.keys()].filter((kid) => material(before, kid) === material(after, kid)))

const material = (set: KeySet, kid: string): string =>
  (set.keys.get(kid) ?? [])
    .map((key) => key.fingerprint)
    .sort()
    .join()

/** Without a query, which may hold a secret. */
const placeOf = (keys: KeySource): string =>
  keys.kind === 'file' ? keys.path : (keys.uri.split('?', 1)[0] as string)

/** One line when an issuer goes down and one when it is back; what lies between is for debugging. */
const logOutcome = (
  log: Logger,
  { issuer, keys }: IssuerSettings,
  outcome: Result<KeySet, unknown>,
  previousFailures: number,
): void => {
  if (!outcome.ok) {
    const fields = { issuer, source: keys.kind, from: placeOf(keys), err: outcome.error }
    const todo = adviceAbout(outcome.error, keys)
    if (previousFailures === 0) log.warn({ ...fields, todo }, 'signing keys cannot be fetched')
    else log.debug(fields, 'signing keys still cannot be fetched')
    return
  }
  const fields = { issuer, keys: countKeys(outcome.value), skipped: outcome.value.skipped }
  if (previousFailures > 0) log.info(fields, 'signing keys are available again')
  else log.debug(fields, 'signing keys fetched')
}
