// The npm package `ws`: the part of it that is used, so that a type check needs no installation of it.
import type { EventEmitter } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

export interface WsSocket extends EventEmitter {
  readonly protocol: string
  readonly extensions: string
  readonly bufferedAmount: number
  readonly send: (data: string | Buffer, options?: { readonly binary: boolean }) => void
  readonly close: (code?: number, reason?: string) => void
  readonly terminate: () => void
  readonly pause: () => void
  readonly resume: () => void
}

export interface WsOptions {
  readonly headers?: Readonly<Record<string, string>>
  /** True, as by default, to offer the compression that browsers offer. */
  readonly perMessageDeflate?: boolean
  /** True, as by default, to answer Pings. */
  readonly autoPong?: boolean
}

export interface WsServer {
  readonly handleUpgrade: (
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    opened: (socket: WsSocket) => void,
  ) => void
}

interface WsPackage {
  readonly WebSocket: new (
    url: string,
    protocols: readonly string[],
    options: WsOptions,
  ) => WsSocket
  readonly WebSocketServer: new (options: {
    readonly noServer: true
    readonly perMessageDeflate: boolean
    readonly handleProtocols: (offered: ReadonlySet<string>) => string | false
  }) => WsServer
}

export const { WebSocket, WebSocketServer } = (await import(
  pathToFileURL(resolve('test/e2e/node_modules/ws/wrapper.mjs')).href
)) as WsPackage
