import t from 'tap'
import { checkUpstreamLoop } from '../../src/config/upstream-loop.ts'
import { problemsOf } from '../helpers/problems-of.ts'

interface Given {
  readonly origin: string
  readonly host?: string
  readonly port?: number
  readonly socketPath?: string
  readonly decides?: boolean
}

const check = ({ origin, host = '0.0.0.0', port = 8080, socketPath, decides = true }: Given) =>
  problemsOf((report) => {
    const upstream = { origin, socketPath }
    const listeners = {
      listen: { host, port },
      admin: { host: '127.0.0.1', port: 9090 },
      decision: { host: '127.0.0.1', port: 9191, enabled: decides },
    }
    checkUpstreamLoop({ upstream, ...listeners } as never, report)
  })

const loop = (place: string): readonly string[] => [
  `upstream.url: is the gate's own listener (${place}); give the service's address`,
]

t.test('the gate is not its own upstream', async (t) => {
  for (const given of [
    { origin: 'http://127.0.0.1:8080' },
    { origin: 'http://localhost:8080' },
    { origin: 'http://[::1]:8080', host: '::' },
    { origin: 'http://[::1]:8080', host: '::1' },
    { origin: 'http://localhost:8080', host: '127.0.0.1' },
    { origin: 'http://10.0.0.1:8080', host: '10.0.0.1' },
  ]) {
    t.strictSame(check(given), loop('listen.port 8080'), JSON.stringify(given))
  }
  t.strictSame(check({ origin: 'http://localhost', port: 80 }), loop('listen.port 80'))
  t.strictSame(check({ origin: 'https://localhost', port: 443 }), loop('listen.port 443'))
  t.strictSame(check({ origin: 'http://localhost:9090' }), loop('admin.port 9090'))
  t.strictSame(check({ origin: 'http://localhost:9191' }), loop('decision.port 9191'))
})

t.test('another host or port may be a service', async (t) => {
  for (const given of [
    { origin: 'http://127.0.0.1:3000' },
    { origin: 'http://app:8080' },
    { origin: 'http://127.0.0.1:8080', host: '10.0.0.1' },
    { origin: 'http://127.0.0.1:8080', port: 0 },
    { origin: 'http://localhost', socketPath: '/run/app.sock', port: 80 },
    { origin: 'http://localhost:9191', decides: false },
    { origin: '' },
  ]) {
    t.strictSame(check(given), [], JSON.stringify(given))
  }
})
