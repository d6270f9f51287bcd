// Binds the servers of a gate to their addresses, and lets them go.
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Address, Settings } from '../core/settings.ts'

/** Where a gate listens. */
export interface Addresses {
  readonly data: Address
  readonly admin: Address
  /** Undefined when no decisions are to be had. */
  readonly decision: Address | undefined
  /** Undefined without a status page. */
  readonly status: Address | undefined
}

/** The servers of a gate. */
export interface Listeners {
  readonly data: Server
  readonly admin: Server
  /** Undefined when no decisions are to be had. */
  readonly decision: Server | undefined
  /** Undefined without a status page. */
  readonly status: Server | undefined
}

/** A failure to bind: the system's error, and the key of the configuration that it is about. */
export interface BindFailure extends NodeJS.ErrnoException {
  readonly key: 'listen' | 'admin' | 'decision' | 'statusPage'
}

/** Has all of them listen, or none: rejects with a BindFailure when an address cannot be bound. */
export const bind = async (
  servers: Listeners,
  settings: Pick<Settings, 'listen' | 'admin' | 'decision' | 'statusPage'>,
): Promise<Addresses> => {
  const { data, admin, decision, status } = servers
  try {
    return {
      data: await listen(data, 'listen', settings.listen),
      admin: await listen(admin, 'admin', settings.admin),
      decision: decision && (await listen(decision, 'decision', settings.decision)),
      status: status && (await listen(status, 'statusPage', settings.statusPage)),
    }
  } catch (error) {
    const all = [data, admin, decision, status]
    await Promise.all(all.flatMap((server) => (server ? [close(server)] : [])))
    throw error
  }
}

const listen = async (
  server: Server,
  key: BindFailure['key'],
  { host, port }: Address,
): Promise<Address> => {
  server.listen(port, host)
  await once(server, 'listening').catch((error: unknown) => {
    throw Object.assign(error as Error, { key })
  })
  const address = server.address() as AddressInfo
  return { host: address.address, port: address.port }
}

/** Ends a server and what is open at it; nothing when it does not listen. */
export const close = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
