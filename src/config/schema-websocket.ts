// The keys of `websocket`: how long WebSockets stay open, how many, and where a browser, which cannot
// set headers, may put the token of a handshake.
import type { Table } from './leaf.ts'

export const websocketTable = {
  closeAtExpiry: {
    doc: 'Whether a WebSocket is closed (code 1008) when the token it was opened with expires, or grows too old for maxTokenAgeSeconds.',
    format: 'flag',
    default: false,
  },
  idleTimeoutMs: {
    doc: 'Milliseconds without a frame in either direction after which a WebSocket is closed (code 1001). Pong frames do not count.',
    format: 'whole',
    default: 600_000,
    min: 10,
    max: 86_400_000,
  },
  pingIntervalMs: {
    doc: 'Milliseconds between two Pings to each client; one that sends nothing for two intervals is cut off. 0 sends none.',
    format: 'whole',
    default: 0,
    min: 0,
    max: 3_600_000,
  },
  maxConnections: {
    doc: 'WebSockets at one time; more are answered 503. Each takes a connection to the upstream beyond upstream.maxConnections.',
    format: 'whole',
    default: 5000,
    min: 1,
    max: 1_000_000,
  },
  tokenQuery: {
    doc: "A query parameter in which a WebSocket handshake may bring the token, as in ?access_token=TOKEN; removed from what the upstream sees. '' looks in none.",
    format: 'text',
    default: '',
  },
  tokenProtocolPrefix: {
    doc: "What an offered subprotocol (Sec-WebSocket-Protocol) begins with that carries the token of a handshake, as in bearer.TOKEN; removed from what the upstream sees. '' looks in none.",
    format: 'text',
    default: '',
  },
} as const satisfies Table
