// The keys of `listen`: where traffic is taken, and the TLS that is spoken there.
import type { Table } from './leaf.ts'

export const listenTable = {
  host: {
    doc: 'Address on which traffic is taken.',
    format: 'text',
    default: '0.0.0.0',
  },
  port: {
    doc: 'Port on which traffic is taken; 0 takes any free one, and the log says which.',
    format: 'whole',
    default: 8080,
    min: 0,
    max: 65535,
    env: 'LISTEN_PORT',
  },
  tls: {
    certFile: {
      doc: "PEM file of the listener's certificate, followed by those between it and its authority; with it, https is spoken. The files here are watched: what changes is used for new connections. '' speaks http.",
      format: 'text',
      default: '',
    },
    keyFile: {
      doc: 'PEM file of the private key of that certificate.',
      format: 'text',
      default: '',
    },
    clientCaFile: {
      doc: "PEM file of certificate authorities: a client must have a certificate of one of them, or the handshake fails. '' asks for none.",
      format: 'text',
      default: '',
    },
  },
} as const satisfies Table
