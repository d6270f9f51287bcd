// The deny list whose file a reload may change. The list itself is read again by itself.
import { maxDenyListBytes, parseDenyListInSlices } from '../config/deny-list.ts'
import type { Clock, Logger, Recorder } from '../core/ports.ts'
import type { DenyListSettings } from '../core/settings.ts'
import { createDenyList, type DenyList } from '../token/deny-list.ts'

export interface LiveDenyList extends Omit<DenyList, 'onChange'> {
  /** Takes the list of another file in place of this one; nothing if it is the same file. */
  readonly use: (settings: DenyListSettings) => void
}

export interface LiveDenyListOptions {
  readonly clock: Clock
  readonly log: Logger
  /** Called after every change of what is denied. */
  readonly onChange: () => void
  readonly recorder: Pick<Recorder, 'reloaded'>
}

/** Makes it, in force as the settings hold it; its file is watched from `start` on. */
export const createLiveDenyList = (
  first: DenyListSettings,
  { clock, log, onChange, recorder }: LiveDenyListOptions,
): LiveDenyList => {
  const onOutcome = (outcome: 'success' | 'failed'): void => {
    recorder.reloaded('denyList', outcome, clock.wallMs())
  }
  const create = (settings: DenyListSettings): DenyList => {
    const list = createDenyList({
      settings,
      parse: parseDenyListInSlices,
      maxBytes: maxDenyListBytes,
      onOutcome,
      clock,
      log,
    })
    list.onChange(onChange)
    return list
  }
  let { path } = first
  let list = create(first)
  return {
    start: () => list.start(),
    stop: () => list.stop(),
    reread: () => list.reread(),
    isRevoked: (identity) => list.isRevoked(identity),
    use: (settings) => {
      if (settings.path === path) return
      path = settings.path
      list.stop()
      list = create(settings)
      list.start()
      onOutcome('success')
      onChange()
    },
  }
}
