// The WebSockets that are open, and what ends many of them at once: a drain, or a deny list that has
// changed. It opens none, and knows none of their bytes. It outlives the settings they were opened with.
import type { Identity } from '../core/identity.ts'
import type { OpenSession } from './websocket-session.ts'

export interface OpenSessions {
  /** How many are open or being opened. */
  readonly count: () => number
  /** Notes that one is being opened; `over` is called once for each, however it went. */
  readonly begin: () => void
  readonly over: () => void
  /** Ends the session at once if it comes too late: while draining, or with a token revoked meanwhile. */
  readonly add: (session: OpenSession, identity: Identity | undefined) => void
  readonly remove: (session: OpenSession) => void
  /** Sends a Close to both sides of every WebSocket, and to those that are added from now on. */
  readonly drain: () => void
  /** Sends a Close to both sides of every WebSocket whose token is revoked now. */
  readonly closeRevoked: () => void
}

/** Makes an empty collection. A session without an identity is never revoked. */
export const createOpenSessions = (isRevoked: (identity: Identity) => boolean): OpenSessions => {
  const identities = new Map<OpenSession, Identity | undefined>()
  let draining = false
  let count = 0
  const revokeIfDenied = (session: OpenSession, identity: Identity | undefined): void => {
    if (identity !== undefined && isRevoked(identity)) session.revoke()
  }
  return {
    count: () => count,
    begin: () => {
      count += 1
    },
    over: () => {
      count -= 1
    },
    add: (session, identity) => {
      identities.set(session, identity)
      if (draining) session.drain()
      else revokeIfDenied(session, identity)
    },
    remove: (session) => void identities.delete(session),
    drain: () => {
      draining = true
      for (const session of identities.keys()) session.drain()
    },
    closeRevoked: () => {
      for (const [session, identity] of identities) revokeIfDenied(session, identity)
    },
  }
}
