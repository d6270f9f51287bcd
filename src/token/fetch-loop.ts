// Fetches something for ever: one flight at a time, again after a while, with back-off when it fails.
// It does not know what it fetches and keeps none of it.
import type { Clock } from '../core/ports.ts'
import { fail, ok, type Result } from '../core/result.ts'
import type { Schedule } from '../files/schedule.ts'

export interface FetchLoopOptions<T> {
  readonly load: () => Promise<T>
  /** After every flight, with its outcome, its milliseconds and the failures in a row before it. */
  readonly landed: (outcome: Result<T, unknown>, ms: number, previousFailures: number) => void
  readonly refreshMs: number
  /** How long `fetch` keeps its callers waiting for a flight. */
  readonly patienceMs: number
  readonly clock: Clock
  /** From 0 up to 1; spreads the fetches of many gates over time. */
  readonly random: () => number
  readonly schedule: Schedule
}

export interface FetchLoop {
  readonly start: () => void
  /** Ends the loop; what is still in flight is thrown away when it lands. */
  readonly stop: () => void
  /** Starts a flight, or joins the one under way. Settles when it is over or patience is; never rejects. */
  readonly fetch: () => Promise<void>
  readonly inFlight: () => boolean
  /** Flights in a row that failed; 0 when the last one succeeded. */
  readonly failures: () => number
  /** What the last flight failed with; undefined when it succeeded. */
  readonly lastError: () => unknown
  /** Milliseconds until the next flight starts by itself; 0 or less while one is under way. */
  readonly waitMs: () => number
}

const firstRetryMs = 500
const lastRetryMs = 60_000

/** Makes the loop; nothing is fetched before `start`. */
export const createFetchLoop = <T>(options: FetchLoopOptions<T>): FetchLoop => {
  const { clock, random, schedule } = options
  let running = false
  // Raised by every stop, so that a flight of before cannot touch what came after.
  let run = 0
  let failures = 0
  let lastError: unknown
  let dueMs = 0
  let flight: Promise<void> | undefined
  let cancelNext = (): void => undefined

  const fly = async (): Promise<void> => {
    const mine = run
    const startedMs = clock.monotonicMs()
    const outcome = await settle(options.load)
    if (mine !== run) return
    flight = undefined
    const previousFailures = failures
    failures = outcome.ok ? 0 : failures + 1
    lastError = outcome.ok ? undefined : outcome.error
    const delayMs = outcome.ok
      ? options.refreshMs * (1 - random() / 10)
      : retryMs(failures) * (0.5 + random() / 2)
    dueMs = clock.monotonicMs() + delayMs
    cancelNext()
    cancelNext = schedule(delayMs, () => void fetch())
    options.landed(outcome, clock.monotonicMs() - startedMs, previousFailures)
  }

  const fetch = (): Promise<void> => {
    if (!running) return Promise.resolve()
    flight ??= withPatience(fly(), options.patienceMs, schedule)
    return flight
  }

  return {
    start: () => {
      running = true
      void fetch()
    },
    stop: () => {
      running = false
      run += 1
      flight = undefined
      cancelNext()
    },
    fetch,
    inFlight: () => flight !== undefined,
    failures: () => failures,
    lastError: () => lastError,
    waitMs: () => (flight === undefined ? dueMs - clock.monotonicMs() : 0),
  }
}

const retryMs = (failures: number): number =>
  Math.min(firstRetryMs * 2 ** (failures - 1), lastRetryMs)

const settle = async <T>(load: () => Promise<T>): Promise<Result<T, unknown>> => {
  try {
    return ok(await load())
  } catch (error) {
    return fail(error)
  }
}

const withPatience = (work: Promise<void>, ms: number, schedule: Schedule): Promise<void> =>
  new Promise((resolve) => {
    const cancel = schedule(ms, resolve)
    void work.then(() => {
      cancel()
      resolve()
    })
  })
