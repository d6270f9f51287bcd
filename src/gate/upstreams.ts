// Connections to upstreams, which reloads that change nothing about the upstream do not close: whoever
// uses them says so, and they are closed when nobody does any more.
import { isDeepStrictEqual } from 'node:util'
import type { Logger } from '../core/ports.ts'
import type { UpstreamSettings } from '../core/settings.ts'
import { createUpstream, type Upstream } from '../proxy/upstream.ts'

export interface UpstreamLease {
  readonly connections: Upstream
  /** Gives it back, once. Settles when the connections are closed, at once if others use them. */
  readonly release: () => Promise<void>
}

/** Takes connections made from those settings: the ones taken last, if they are, else new ones. */
export type LeaseUpstream = (settings: UpstreamSettings) => UpstreamLease

interface Held {
  readonly settings: UpstreamSettings
  readonly connections: Upstream
  users: number
}

/** Makes it. What it gives throws for key material that OpenSSL refuses. */
export const createUpstreamLeases = (log: Logger): LeaseUpstream => {
  let last: Held | undefined
  return (settings) => {
    const shared =
      last !== undefined && last.users > 0 && isDeepStrictEqual(last.settings, settings)
    const held =
      shared && last ? last : { settings, connections: createUpstream(settings, log), users: 0 }
    last = held
    held.users += 1
    return {
      connections: held.connections,
      release: async () => {
        held.users -= 1
        if (held.users === 0) await held.connections.close()
      },
    }
  }
}
