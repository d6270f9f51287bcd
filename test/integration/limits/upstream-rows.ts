// `upstream`: how long it may take, and how many requests may be there or wait.
import { dialRaw } from '../../helpers/forwarding.ts'
import { ok, until, type Arrival } from '../../helpers/raw-upstream.ts'
import { seen, send } from './client.ts'
import { get, publicRoute, silent, upstream, type LimitRow } from './row.ts'

const overloaded = '503 {"message":"Service Unavailable"}, end'
const closing = get.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')

/** Answers a connection's first request after a while, so that another one has to wait. */
const answerLater = ({ socket }: Arrival): void => void setTimeout(() => socket.write(ok), 150)

export const upstreamRows: readonly LimitRow[] = [
  {
    key: 'upstream.connectTimeoutMs',
    // Takes the connection, and then says nothing of TLS.
    config: upstream('connectTimeoutMs: 100', 'https'),
    script: silent,
    provoke: (t, gate) => send(t, gate, closing),
    client: {
      REST: '504 {"message": "Network error communicating with endpoint"}, end',
      HTTP: overloaded,
    },
    denial: 'upstream_unreachable',
    metric: 'upstream_errors_total{kind="timeout"} 1',
  },
  {
    key: 'upstream.responseTimeoutMs',
    config: upstream('responseTimeoutMs: 100'),
    script: silent,
    provoke: (t, gate) => send(t, gate, closing),
    client: { REST: '504 {"message": "Endpoint request timed out"}, end', HTTP: overloaded },
    denial: 'upstream_timeout',
    metric: 'upstream_errors_total{kind="timeout"} 1',
  },
  {
    key: 'upstream.idleTimeoutMs',
    config: upstream('idleTimeoutMs: 100'),
    script: ({ socket }) => void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'),
    provoke: (t, gate) => send(t, gate, closing),
    // Six bytes short: a client can tell.
    client: '200 half, end',
    denial: 'upstream_timeout',
    logged: 'an answer was broken off',
    metric: 'upstream_errors_total{kind="timeout"} 1',
  },
  {
    key: 'upstream.maxConnections',
    config: upstream('maxConnections: 1, queueTimeoutMs: 20000'),
    script: answerLater,
    provoke: async (t, gate) => {
      const clients = [1, 2, 3].map(() => seen(dialRaw(t, gate.port, closing)))
      const answers = await Promise.all(clients)
      return `${answers.join(' ')}, ${gate.upstream.sockets.length} connection`
    },
    client: '200 ok, end 200 ok, end 200 ok, end, 1 connection',
    denial: undefined,
    metric: `requests_total{route="${publicRoute}",code="200"} 3`,
  },
  {
    key: 'upstream.maxQueued',
    config: upstream('maxConnections: 1, maxQueued: 1, queueTimeoutMs: 20000'),
    script: silent,
    provoke: async (t, gate) => {
      dialRaw(t, gate.port, closing)
      await until(() => gate.reached() !== '')
      // Either may be the one that waits; the other one is refused at once.
      return Promise.race([1, 2].map(() => seen(dialRaw(t, gate.port, closing))))
    },
    client: overloaded,
    denial: 'upstream_overloaded',
    metric: 'upstream_errors_total{kind="overload"} 1',
  },
  {
    key: 'upstream.queueTimeoutMs',
    config: upstream('maxConnections: 1, queueTimeoutMs: 100'),
    script: silent,
    provoke: async (t, gate) => {
      dialRaw(t, gate.port, closing)
      await until(() => gate.reached() !== '')
      return send(t, gate, closing)
    },
    client: overloaded,
    denial: 'upstream_overloaded',
    metric: 'upstream_errors_total{kind="overload"} 1',
  },
]
