// Clients of a listener that speaks TLS, and the files that such a listener is configured with.
import { once } from 'node:events'
import { connect as connectTcp, createServer, type AddressInfo, type Socket } from 'node:net'
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls'
import type { Test } from 'tap'
import {
  authority,
  expiredCertificate,
  issuerCertificate,
  issuerKey,
} from '../fixtures/issuer-certificates.ts'
import { certificate, privateKey } from '../fixtures/upstream-certificate.ts'
import { watchRaw, type RawClient } from './forwarding.ts'

/** For a folder beside the configuration: the listener's pair, and the authority of its clients. */
export const tlsFiles = {
  'cert.pem': issuerCertificate,
  'key.pem': issuerKey,
  'clients.pem': certificate,
  'client-key.pem': privateKey,
}

/** The `listen` section with the pair of `tlsFiles` in `folder`; with its authority for mTLS. */
export const listenTls = (folder: string, mutual = false): string => {
  const clients = mutual ? `, clientCaFile: ${folder}/clients.pem` : ''
  const tls = `{ certFile: ${folder}/cert.pem, keyFile: ${folder}/key.pem${clients} }`
  return `listen: { host: 127.0.0.1, port: 0, tls: ${tls} }\n`
}

/** What a client trusts, and the name that it expects. */
export const trusting: ConnectionOptions = { ca: authority, servername: 'localhost' }

/** Of a client that an authority of `tlsFiles` vouches for. */
export const goodClient: ConnectionOptions = { cert: certificate, key: privateKey }

/** Clients whose certificate nobody vouches for, or no longer. */
export const badClients: readonly { readonly name: string; readonly options: ConnectionOptions }[] =
  [
    { name: 'none', options: {} },
    { name: 'of an unknown authority', options: { cert: issuerCertificate, key: issuerKey } },
    { name: 'ended, and of an unknown one', options: { cert: expiredCertificate, key: issuerKey } },
  ]

export interface TlsClient extends RawClient {
  readonly socket: TLSSocket
}

/** Connects to 127.0.0.1 in TLS and writes `text`, one byte per character. */
export const dialTls = (
  t: Test,
  port: number,
  text = '',
  options: ConnectionOptions = {},
): TlsClient => {
  const socket = connect({ port, host: '127.0.0.1', ...trusting, ...options })
  return { ...watchRaw(t, socket, text), socket }
}

/** The types of the TLS records (RFC 5246 §6.2.1) in what a server sent; 21 is an alert. */
export const recordTypes = (bytes: Buffer): readonly number[] => {
  const types: number[] = []
  for (let at = 0; at + 5 <= bytes.length; at += 5 + bytes.readUInt16BE(at + 3)) {
    types.push(bytes[at]!)
  }
  return types
}

/** Passes bytes on to a port of 127.0.0.1, keeps those that come back, and adds some of its own. */
export const startRelay = async (t: Test, port: number) => {
  const sent: Buffer[] = []
  let last: { readonly client: Socket; readonly server: Socket } | undefined
  const relay = createServer((client) => {
    const server = connectTcp(port, '127.0.0.1')
    last = { client, server }
    server.on('data', (chunk) => void sent.push(chunk))
    server.pipe(client).pipe(server)
    for (const socket of [server, client]) {
      socket.on('error', () => undefined)
      t.teardown(() => socket.destroy())
    }
  }).listen(0, '127.0.0.1')
  await once(relay, 'listening')
  t.teardown(() => relay.close())
  return {
    port: (relay.address() as AddressInfo).port,
    take: () => Buffer.concat(sent.splice(0)),
    /** Writes to one end of the newest connection. */
    inject: (to: 'client' | 'server', bytes: Buffer) => void last?.[to].write(bytes),
  }
}
