// The last refusals, for the status page. Every request of every listener comes by here when it is
// over; of one that was refused a few short words are kept, of the others nothing.
import type { Clock } from '../core/ports.ts'
import type { LineOutcome, RequestLine, RequestLog } from '../observe/request-log.ts'
import type { RefusalReport } from './report.ts'

export interface RecentRefusals {
  /** The same log, which notes refusals here as well, whatever of them it writes. */
  readonly watch: <Log extends Pick<RequestLog, 'wants' | 'write'>>(log: Log) => Log
  /** The newest first. */
  readonly all: () => readonly RefusalReport[]
}

/** How many are kept. */
export const keptRefusals = 50

/** Makes an empty list. */
export const createRecentRefusals = (clock: Pick<Clock, 'wallMs'>): RecentRefusals => {
  // Moments are numbers until somebody looks: a flood of refusals must stay cheap.
  const kept: (Omit<RefusalReport, 'at'> & { readonly atMs: number })[] = []
  const note = ({ denial, wouldDeny, route, status, requestId }: RequestLine): void => {
    const code = denial ?? wouldDeny
    if (code === undefined) return
    const outcome = denial === undefined ? 'would_deny' : 'deny'
    const atMs = clock.wallMs()
    if (kept.push({ atMs, route, denial: code, outcome, status, requestId }) > keptRefusals) {
      kept.shift()
    }
  }
  return {
    watch: (log) => ({
      ...log,
      wants: (outcome: LineOutcome) => isRefusal(outcome) || log.wants(outcome),
      write: (line: RequestLine) => {
        note(line)
        log.write(line)
      },
    }),
    all: () =>
      kept.map(({ atMs, ...rest }) => ({ at: new Date(atMs).toISOString(), ...rest })).reverse(),
  }
}

const isRefusal = ({ denial, wouldDeny }: LineOutcome): boolean =>
  denial !== undefined || wouldDeny !== undefined
