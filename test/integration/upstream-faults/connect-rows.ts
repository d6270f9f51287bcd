// No connection: nobody there, no name, a certificate that is not believed.
import { ends, noAnswer, secure, tls, type FaultRow } from './row.ts'

const unreachable = { client: [noAnswer], denial: 'upstream_unreachable' } as const
const trusting = 'tls: { caFile: CA, serverName: upstream.internal }'

export const connectRows: readonly FaultRow[] = [
  { ...unreachable, name: 'refused', upstream: "url: 'http://127.0.0.1:1'", kind: 'connect' },
  {
    ...unreachable,
    name: 'a unix socket that is not there',
    upstream: "url: 'unix:/nowhere/app.sock'",
    kind: 'connect',
  },
  // The system refuses it by itself: nothing is sent.
  {
    ...unreachable,
    name: 'unreachable',
    upstream: "url: 'http://255.255.255.255:9'",
    kind: 'connect',
  },
  { ...unreachable, name: 'no such name', upstream: "url: 'http://nowhere.invalid'", kind: 'dns' },
  {
    ...unreachable,
    name: 'a certificate for another name',
    tls,
    upstream: `${secure}, tls: { caFile: CA, serverName: other.internal }`,
    kind: 'tls',
  },
  {
    ...unreachable,
    name: 'a certificate of nobody we know',
    tls,
    upstream: `${secure}, tls: { serverName: upstream.internal }`,
    kind: 'tls',
  },
  {
    ...unreachable,
    name: 'no TLS where there should be',
    script: ({ socket }) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    upstream: `${secure}, ${trusting}`,
    kind: 'tls',
  },
  {
    ...unreachable,
    name: 'hanging up in the handshake',
    script: ends,
    upstream: `${secure}, ${trusting}`,
    kind: 'tls',
  },
]
