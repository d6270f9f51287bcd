// `limits`: what a client may send, and how long it may take.
import { dialRaw } from '../../helpers/forwarding.ts'
import { requestText } from '../../helpers/gate.ts'
import { ok, type Arrival } from '../../helpers/raw-upstream.ts'
import { seen, send } from './client.ts'
import { get, publicRoute, silent, type LimitRow } from './row.ts'

const answer = ({ socket }: Arrival): void => void socket.write(ok)

export const clientRows: readonly LimitRow[] = [
  {
    key: 'limits.maxHeaderBytes',
    config: 'limits: { maxHeaderBytes: 1024 }',
    provoke: (t, gate) =>
      send(t, gate, requestText('GET /public/a', [`X-Long: ${'x'.repeat(2000)}`])),
    client: '431 {"message":"Request Header Fields Too Large"}, end',
    denial: 'headers_too_large',
    metric: 'requests_refused_early_total{reason="headers_too_large"} 1',
  },
  {
    key: 'limits.maxTokenBytes',
    config: 'limits: { maxTokenBytes: 256 }',
    provoke: (t, gate) =>
      send(t, gate, requestText('GET /protected', [`Authorization: ${'x.'.repeat(150)}`])),
    client: '401 {"message":"Unauthorized"}, end',
    denial: 'token_too_large',
    metric:
      'authorizations_total{route="ANY /protected",authorizer="pool",outcome="deny",reason="token_too_large"} 1',
  },
  {
    key: 'limits.maxBodyBytes',
    config: 'limits: { maxBodyBytes: 10 }',
    provoke: (t, gate) =>
      send(t, gate, requestText('POST /public/a', ['Content-Length: 11'], '12345678901')),
    client: {
      REST: '413 HTTP content length exceeded 10 bytes., end',
      HTTP: '413 {"message":"Request Entity Too Large"}, end',
    },
    denial: 'body_too_large',
    metric: `requests_total{route="${publicRoute}",code="413"} 1`,
  },
  {
    key: 'limits.headersTimeoutMs',
    config: 'limits: { headersTimeoutMs: 100 }',
    provoke: (t, gate) => send(t, gate, 'GET /public/a HTTP/1.1\r\nHost: gate\r\nX-'),
    client: '408 {"message":"Request Timeout"}, end',
    denial: 'request_timeout',
    metric: 'requests_refused_early_total{reason="request_timeout"} 1',
  },
  {
    key: 'limits.bodyIdleTimeoutMs',
    config: 'limits: { bodyIdleTimeoutMs: 100 }',
    script: silent,
    provoke: (t, gate) =>
      send(t, gate, requestText('POST /public/a', ['Content-Length: 10'], 'abc')),
    client: '408 {"message":"Request Timeout"}, end',
    denial: 'request_timeout',
    metric: `requests_total{route="${publicRoute}",code="408"} 1`,
  },
  {
    key: 'limits.keepAliveTimeoutMs',
    config: 'limits: { keepAliveTimeoutMs: 100 }',
    script: answer,
    provoke: (t, gate) => send(t, gate, get),
    client: '200 ok, end',
    denial: undefined,
    metric: `requests_total{route="${publicRoute}",code="200"} 1`,
  },
  {
    key: 'limits.maxConnections',
    config: 'limits: { maxConnections: 1 }',
    script: answer,
    provoke: async (t, gate) => {
      await dialRaw(t, gate.port, get).sees(/ok$/)
      const second = await seen(dialRaw(t, gate.port))
      return second.replace(/reset$/, 'end')
    },
    client: 'nothing, end',
    denial: undefined,
    logged: 'client connections closed at once',
    // The series are of requests, and this never became one.
    metric: undefined,
  },
]
