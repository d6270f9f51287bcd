// Requests that ask to leave HTTP. A WebSocket handshake goes the way of any request and ends in a
// tunnel or in an answer; all other upgrades are ignored, as RFC 9110 §7.8 allows.
import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { isDenial } from '../core/denial.ts'
import type { Forward } from '../proxy/forward.ts'
import {
  asksForKnownVersion,
  asksForWebSocket,
  webSocketVersion,
  withHandshake,
} from '../proxy/websocket-handshake.ts'
import type { Accounts } from './account.ts'
import type { Connections } from './connections.ts'
import { GateResponse } from './gate-response.ts'
import { readyEvent } from './listener.ts'
import { lingerOnSocket } from './respond.ts'
import { createServe, type ServeOptions } from './serve.ts'

export interface UpgradeOptions extends ServeOptions {
  /** Where a connection goes back to when its upgrade is not taken. */
  readonly server: Server
  /** What takes permitted WebSocket handshakes. */
  readonly openWebSocket: Forward
}

/** For Node's `upgrade`. */
export type OnUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/**
 * An option of Node's server (24.9, 22.21): what it says no to is served as the plain request it is.
 * Older versions do not know it and emit `upgrade`; `createUpgrade` then comes to the same.
 */
export const isUpgradeTaken = {
  shouldUpgradeCallback: (request: IncomingMessage): boolean =>
    asksForWebSocket(request.rawHeaders),
}

/** Makes the handler of one listener. It never throws. */
export const createUpgrade = (
  options: UpgradeOptions,
  connections: Connections,
  accounts: Accounts,
): OnUpgrade => {
  const { readFacts, server } = options
  const serveHandshake = createServe(
    {
      ...options,
      readFacts: (request) => withHandshake(readFacts(request)),
      forward: options.openWebSocket,
    },
    connections,
    accounts,
  )
  const servePlain = createServe(options, connections, accounts)

  return (request, _stream, head) => {
    const { socket } = request
    const connection = connections.of(socket)
    // An earlier request of the pipeline awaits its answer, and what follows would come before it.
    if (connection.open.size > 0 || connection.closing) {
      socket.destroy()
      return
    }
    if (asksForWebSocket(request.rawHeaders)) {
      connection.upgraded = true
      if (head.length > 0) socket.unshift(head)
      const response = createResponse(request)
      if (!asksForKnownVersion(request.rawHeaders)) {
        // RFC 6455 §4.4; a status of 426 is one way, not the only one.
        response.setHeader('Sec-WebSocket-Version', webSocketVersion)
      }
      serveHandshake(request, response)
      return
    }
    if (isDenial(readFacts(request))) {
      servePlain(request, createResponse(request))
      return
    }
    socket.unshift(Buffer.concat([plainHead(request), head]))
    server.emit(readyEvent(server), socket)
  }
}

/** A response on a connection that Node's server has let go; after an answer, it ends. */
const createResponse = (request: IncomingMessage): GateResponse => {
  const { socket } = request
  const response = new GateResponse(request)
  response.shouldKeepAlive = false
  response.assignSocket(socket)
  const onDrain = (): void => void response.emit('drain')
  socket.on('drain', onDrain)
  response.once('finish', () => {
    socket.off('drain', onDrain)
    response.detachSocket(socket)
    if (response.statusCode !== 101) endSocket(socket)
    response.emit('close')
  })
  return response
}

const endSocket = (socket: Socket): void => {
  socket.end()
  lingerOnSocket(socket)
}

/**
 * The request without its wish for an upgrade, as bytes: given back to the server, it is parsed anew
 * with its body and with what follows it. The head must have passed `readFacts`: no value of it then
 * holds a line break.
 */
const plainHead = ({ method, url, httpVersion, rawHeaders }: IncomingMessage): Buffer => {
  let text = `${method as string} ${url as string} HTTP/${httpVersion}\r\n`
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string
    const value = rawHeaders[index + 1] as string
    const lower = name.toLowerCase()
    if (lower === 'connection') text += `${name}: ${withoutUpgrade(value)}\r\n`
    else if (lower !== 'upgrade') text += `${name}: ${value}\r\n`
  }
  return Buffer.from(`${text}\r\n`, 'latin1')
}

const withoutUpgrade = (value: string): string =>
  value
    .split(',')
    .filter((option) => option.trim().toLowerCase() !== 'upgrade')
    .join()
