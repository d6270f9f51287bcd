// The status page put together: its listener, its reports, and the refusals that it remembers. Where
// it is not enabled it costs nothing.
import type { Server } from 'node:http'
import type { Settings } from '../core/settings.ts'
import { createReporter, type StatusSources } from './build-report.ts'
import { createRecentRefusals, type RecentRefusals } from './recent-refusals.ts'
import { createStatusServer } from './server.ts'

export interface StatusPage {
  /** It does not listen yet; undefined when there is to be none. */
  readonly server: Server | undefined
  /** The log that the listeners are to write to. */
  readonly watch: RecentRefusals['watch']
}

/** Whether there is a page is settled here, for good; what it shows is asked for each time. */
export const createStatusPage = (
  { enabled }: Pick<Settings['statusPage'], 'enabled'>,
  sources: Omit<StatusSources, 'refusals'>,
): StatusPage => {
  if (!enabled) return { server: undefined, watch: (log) => log }
  const refusals = createRecentRefusals(sources.clock)
  const report = createReporter({ ...sources, refusals: refusals.all })
  return { server: createStatusServer(report, sources.clock), watch: refusals.watch }
}
