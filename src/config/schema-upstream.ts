// The keys of `upstream`: where permitted requests go, and how long and how many at once.
import type { Table } from './leaf.ts'

/** Bounds of the time to an upstream's response headers; routes have the same. */
export const responseTimeoutBounds = { min: 1, max: 3_600_000 } as const

export const upstreamTable = {
  url: {
    doc: 'Where permitted requests are sent: http://host:port, https://host:port or unix:/run/app.sock. A path is put in front of every request path.',
    format: 'text',
    default: null,
    env: 'UPSTREAM_URL',
  },
  connectTimeoutMs: {
    doc: 'Milliseconds to connect, TLS included.',
    format: 'whole',
    default: 5000,
    min: 1,
    max: 600_000,
  },
  responseTimeoutMs: {
    doc: "Milliseconds to the response headers, as API Gateway's integration timeout.",
    format: 'whole',
    default: 29_000,
    ...responseTimeoutBounds,
  },
  idleTimeoutMs: {
    doc: 'Milliseconds between two bytes of a response body.',
    format: 'whole',
    default: 300_000,
    min: 1,
    max: 86_400_000,
  },
  maxConnections: {
    doc: 'Connections to the upstream at one time.',
    format: 'whole',
    default: 1024,
    min: 1,
    max: 65_535,
  },
  maxQueued: {
    doc: 'Requests that may wait for a connection; more are answered 503.',
    format: 'whole',
    default: 1024,
    min: 0,
    max: 1_000_000,
  },
  queueTimeoutMs: {
    doc: 'Milliseconds that a request may wait for a connection before it is answered 503.',
    format: 'whole',
    default: 1000,
    min: 1,
    max: 600_000,
  },
  preserveHost: {
    doc: "Whether the upstream sees the client's Host header; false sends the host of the URL.",
    format: 'flag',
    default: true,
  },
  headers: {
    doc: 'Fixed headers for every request. The same names are removed from client requests.',
    format: 'text-map',
    default: {},
  },
  tls: {
    caFile: {
      doc: "PEM file of the certificate authorities to trust for an https:// upstream. '' trusts those of Node.js. Relative paths of files start at the configuration file's folder.",
      format: 'text',
      default: '',
    },
    certFile: {
      doc: 'PEM file of the client certificate; needs keyFile.',
      format: 'text',
      default: '',
    },
    keyFile: {
      doc: 'PEM file of the private key of the client certificate; needs certFile.',
      format: 'text',
      default: '',
    },
    serverName: {
      doc: "Name that the certificate of the upstream must be for, and that is sent as SNI. '' takes the host of the URL.",
      format: 'text',
      default: '',
    },
  },
} as const satisfies Table
