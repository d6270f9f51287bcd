// Sends a comparison's requests to one system, run after run, and goes on with the tokens where the last
// run ended: one that began with the first token again would find those in the cache that the run before
// had left there.
import type { Requests } from './loads.ts'
import { runWrk, type WrkReport } from './wrk.ts'

export interface Sender {
  readonly send: (seconds: number) => Promise<WrkReport>
  /** Requests so far; a few more than that were under way when a run ended. */
  readonly sent: () => number
}

export const createSender = (
  url: string,
  { path, scriptArguments, ...what }: Requests,
  connections: number,
): Sender => {
  let sent = 0
  return {
    send: async (seconds) => {
      const report = await runWrk({
        ...what,
        url: `${url}${path}`,
        connections,
        seconds,
        scriptArguments: scriptArguments && [...scriptArguments, String(sent)],
      })
      sent += report.requests + connections
      return report
    },
    sent: () => sent,
  }
}
