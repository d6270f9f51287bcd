// Reads the configuration again when its files change or when asked to, and hands on what is good as a
// whole. What is not stays out of force, and is told: once in the log, in the metrics, in the history.
import { changesOf, describeChanges } from '../config/changes.ts'
import { restartFaults } from '../config/restart-keys.ts'
import type { Clock, Logger, Recorder } from '../core/ports.ts'
import type { ReloadRecord, ReloadTrigger } from '../core/reload.ts'
import { fail, ok, type Result } from '../core/result.ts'
import type { Settings } from '../core/settings.ts'
import { createReload } from '../files/reload.ts'
import { scheduleTimeout, type Schedule } from '../files/schedule.ts'
import type { Configuration, ConfigurationSource } from './configuration.ts'

export interface ConfigurationReloadOptions<T> {
  readonly source: ConfigurationSource
  /** What is in force. */
  readonly inForce: () => Settings
  /** Builds what a configuration makes, aside. What it rejects with is why it cannot be used. */
  readonly prepare: (configuration: Configuration) => Promise<T>
  /** Puts it in force in one step, or throws why nothing of it is. */
  readonly take: (prepared: T) => void
  /** Lets go what will not be put in force. */
  readonly discard: (prepared: T) => void
  readonly recorder: Pick<Recorder, 'reloaded'>
  readonly clock: Pick<Clock, 'wallMs'>
  readonly log: Logger
  readonly schedule?: Schedule
}

export interface ConfigurationReload {
  /** Begins to watch the files. */
  readonly start: () => void
  readonly stop: () => void
  /** Reads now, as on SIGHUP. Resolves once that is dealt with; never rejects. */
  readonly now: () => Promise<void>
  /** The last ones, oldest first. */
  readonly reloads: () => readonly ReloadRecord[]
}

/** Reloads that are remembered. */
const maxRecords = 20

interface Loaded<T> {
  /** Undefined when what was read is what is in force. */
  readonly prepared: T | undefined
  readonly message: string
}

/** Makes the reloading of a gate's configuration. */
export const createConfigurationReload = <T>(
  options: ConfigurationReloadOptions<T>,
): ConfigurationReload => {
  const { source, log, clock, recorder, schedule = scheduleTimeout } = options
  const records: ReloadRecord[] = []
  let wanted: ReloadTrigger = 'files'
  let trigger: ReloadTrigger = 'files'

  const record = (outcome: ReloadRecord['outcome'], message: string): void => {
    const atMs = clock.wallMs()
    recorder.reloaded('configuration', outcome, atMs)
    records.push({ atMs, outcome, trigger, message })
    if (records.length > maxRecords) records.shift()
  }

  const reload = createReload<Loaded<T>>({
    paths: source.files,
    schedule,
    load: () => {
      trigger = wanted
      wanted = 'files'
      return load(options)
    },
    take: ({ prepared, message }) => {
      if (prepared !== undefined) {
        putInForce(options, prepared)
        log.info({ trigger, changed: message }, 'configuration reloaded')
        record('success', message)
        return
      }
      // Whoever asked is told, and so is whoever was told of a fault that is gone.
      if (trigger === 'files' && records.at(-1)?.outcome !== 'failed') return
      log.info({ trigger }, 'configuration read again; it is the one in force')
      record('success', message)
    },
    discard: ({ prepared }) => {
      if (prepared !== undefined) options.discard(prepared)
    },
    failed: (reason) => {
      log.error({ trigger, reason }, 'configuration not reloaded; the one of before stays in force')
      record('failed', reason)
    },
  })
  return {
    start: reload.start,
    stop: reload.stop,
    now: () => {
      wanted = 'signal'
      return reload.now()
    },
    reloads: () => [...records],
  }
}

const load = async <T>({
  source,
  inForce,
  prepare,
}: ConfigurationReloadOptions<T>): Promise<Result<Loaded<T>, string>> => {
  try {
    const before = inForce()
    const loaded = await source.load(before)
    if (!loaded.ok) return loaded
    const { settings } = loaded.value
    const faults = restartFaults(before, settings)
    if (faults.length > 0) return fail(faults.join('; '))
    const changes = changesOf(before, settings)
    if (changes.keys.length === 0)
      return ok({ prepared: undefined, message: 'nothing has changed' })
    return ok({ prepared: await prepare(loaded.value), message: describeChanges(changes) })
  } catch (error) {
    return fail((error as Error).message)
  }
}

const putInForce = <T>({ take, discard }: ConfigurationReloadOptions<T>, prepared: T): void => {
  try {
    take(prepared)
  } catch (error) {
    discard(prepared)
    throw error
  }
}
