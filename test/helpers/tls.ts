// Clients of a listener that speaks TLS, and the files that such a listener is configured with.
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
