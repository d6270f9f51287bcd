// The upstream of the golden table: raw bytes, and a state that each row may ask for.
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { once } from 'node:events'
import type { Scope } from '../e2e/helpers/program.ts'

/**
 * `good` answers; `silent` takes the request and says nothing; `broken` answers something that is not
 * HTTP; `faulty` answers 500 in words of its own; `refused` does not listen; `busy` is good, but its one connection is taken.
 */
export type UpstreamState = 'good' | 'faulty' | 'silent' | 'broken' | 'refused' | 'busy'

export interface SwitchedUpstream {
  readonly port: number
  /** The head of the last request that has come. */
  readonly lastHead: () => string
  readonly become: (state: UpstreamState) => Promise<void>
  /** Resolves once a request has come that has to wait for its answer. */
  readonly held: () => Promise<void>
}

/** The path on which every request is held. */
export const heldPath = '/held'

const faulty = 'HTTP/1.1 500 Internal Server Error\r\nX-Own: 1\r\nContent-Length: 6\r\n\r\nbroken'

/** Starts it on a free port; it ends with the test. */
export const startSwitchedUpstream = async (scope: Scope): Promise<SwitchedUpstream> => {
  let state: UpstreamState = 'good'
  let lastHead = ''
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    let text = ''
    socket.on('data', (chunk) => {
      text += chunk.toString('latin1')
      if (!text.includes('\r\n\r\n')) return
      lastHead = text
      const isHeld = text.startsWith(`GET ${heldPath} `)
      text = ''
      if (isHeld) server.emit('held')
      else if (state === 'broken') socket.write('this is not HTTP\r\n\r\n')
      else if (state === 'faulty') socket.write(faulty)
      else if (state !== 'silent') socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    })
  })
  const listen = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return (server.address() as AddressInfo).port
  }
  const close = async (): Promise<void> => {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }
  const port = await listen(0)
  scope.teardown(close)
  return {
    port,
    lastHead: () => lastHead,
    become: async (next) => {
      if (next === 'refused') await close()
      else if (!server.listening) await listen(port)
      state = next
    },
    held: async () => {
      await once(server, 'held')
    },
  }
}
