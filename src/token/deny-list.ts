// The deny list over time: read again when its file changes, kept as it was while the file is broken.
// What a list says is not known here; that a broken one never counts as an empty one is.
import type { Clock, Logger } from '../core/ports.ts'
import type { Result } from '../core/result.ts'
import type { DeniedToken, DenyListSettings } from '../core/settings.ts'
import { compileDeniedTokens, type IsRevoked } from './denied-tokens.ts'
import { createFileLoop } from './file-loop.ts'
import { readFile } from '../files/read-file.ts'
import { scheduleTimeout, type Schedule } from '../files/schedule.ts'

export interface DenyList {
  /** Begins to watch the file, if there is one. */
  readonly start: () => void
  readonly stop: () => void
  /** Reads the file again at once. */
  readonly reread: () => void
  readonly isRevoked: IsRevoked
  /** Adds a listener for lists that differ from the one before. */
  readonly onChange: (listener: () => void) => void
}

export interface DenyListOptions {
  readonly settings: DenyListSettings
  /** Reads a list; the errors are fit for the operator's log. */
  readonly parse: (bytes: Buffer) => Promise<Result<readonly DeniedToken[], readonly string[]>>
  /**
   * Called when another list has come into force, when one cannot be read (once, and again when it is
   * asked for by `reread`), and when one can again.
   */
  readonly onOutcome?: (outcome: 'success' | 'failed') => void
  /** Of the file. */
  readonly maxBytes: number
  readonly clock: Clock
  readonly log: Logger
  readonly random?: () => number
  readonly schedule?: Schedule
}

/** A watch sees every change; this is for a file system whose clock and inodes tell none. */
const refreshMs = 86_400_000

/** Makes the list, in force as the settings hold it. */
export const createDenyList = (options: DenyListOptions): DenyList => {
  const { settings, log, clock, random = Math.random, schedule = scheduleTimeout } = options
  const listeners: (() => void)[] = []
  let { tokens } = settings
  // Whoever asks is told again what has been told already.
  let isAsked = false
  let isRevoked = compileDeniedTokens(tokens)

  const { onOutcome = () => undefined } = options
  const take = (list: readonly DeniedToken[]): void => {
    tokens = list
    isRevoked = compileDeniedTokens(list)
    log.info({ file: settings.path, entries: list.length }, 'deny list changed')
    for (const listener of listeners) listener()
  }

  const landed = (
    outcome: Result<readonly DeniedToken[], unknown>,
    _ms: number,
    previousFailures: number,
  ): void => {
    const isNews = previousFailures === 0 || isAsked
    isAsked = false
    if (outcome.ok) {
      const isOther = !isSame(outcome.value, tokens)
      if (previousFailures > 0) log.info({ file: settings.path }, 'deny list can be read again')
      if (isOther) take(outcome.value)
      if (isOther || previousFailures > 0) onOutcome('success')
    } else if (isNews) {
      onOutcome('failed')
      const fields = { file: settings.path, entries: tokens.length, err: outcome.error }
      log.warn(fields, 'deny list cannot be read; the last good one stays in force')
    }
  }

  const { path } = settings
  const loop =
    path === undefined
      ? undefined
      : createFileLoop(path, {
          load: () => load(path, options),
          landed,
          refreshMs,
          patienceMs: 0,
          clock,
          random,
          schedule,
        })
  return {
    start: () => {
      if (loop === undefined) return
      log.info({ file: path, entries: tokens.length }, 'deny list in force')
      loop.start()
    },
    stop: () => loop?.stop(),
    reread: () => {
      isAsked = true
      void loop?.fetch()
    },
    isRevoked: (identity) => isRevoked(identity),
    onChange: (listener) => void listeners.push(listener),
  }
}

const load = async (
  path: string,
  { parse, maxBytes }: DenyListOptions,
): Promise<readonly DeniedToken[]> => {
  const list = await parse(await readFile(path, maxBytes))
  if (list.ok) return list.value
  throw new Error(list.error.slice(0, 3).join('; '))
}

const isSame = (one: readonly DeniedToken[], other: readonly DeniedToken[]): boolean =>
  one.length === other.length &&
  one.every(({ claim, value, issuer }, index) => {
    const twin = other[index] as DeniedToken
    return claim === twin.claim && value === twin.value && issuer === twin.issuer
  })
