import t from 'tap'
import { checkStatusPage } from '../../src/config/status-page.ts'
import type { StatusPageSettings } from '../../src/core/settings.ts'
import { problemsOf } from '../helpers/problems-of.ts'

const problems = (statusPage: Partial<StatusPageSettings>, decision = false) =>
  problemsOf((report) =>
    checkStatusPage(
      {
        statusPage: { enabled: true, host: '127.0.0.1', port: 9092, ...statusPage },
        listen: { host: '0.0.0.0', port: 8080, tls: undefined },
        admin: { host: '0.0.0.0', port: 9090 },
        decision: { enabled: decision, host: '127.0.0.1', port: 9191, trustedPeers: [] },
      },
      report,
    ),
  )

t.test('it is on loopback', async (t) => {
  for (const host of ['127.0.0.1', '127.0.0.53', '::1', 'localhost']) {
    t.strictSame(problems({ host }), [], host)
  }
  const why = 'the page asks for no credentials; reach it through kubectl port-forward or ssh -L'
  for (const host of [
    ...['0.0.0.0', '::', '10.0.0.7', 'gate.internal', 'a.localhost', '', '127.0.0.1.nip.io'],
    ...['127.1', '127.0.0.1 ', '[::1]', '::ffff:127.0.0.1', '127.0.0.01', 'LOCALHOST'],
  ]) {
    const want = [
      `statusPage.host: ${JSON.stringify(host)} is not 127.0.0.1, ::1 or localhost: ${why}`,
    ]
    t.strictSame(problems({ host }), want)
    t.strictSame(problems({ host, enabled: false }), want, 'enabled or not')
  }
})

t.test('it shares no port', async (t) => {
  const taken = (port: number, by: string) => [
    `statusPage.port: ${port} is taken by ${by}; give the two different ports`,
  ]
  t.strictSame(problems({ port: 8080 }), taken(8080, 'listen'))
  t.strictSame(problems({ port: 9090 }), taken(9090, 'admin'))
  t.strictSame(problems({ port: 9191 }, true), taken(9191, 'decision'))
  t.strictSame(problems({ port: 9191 }), [], 'nobody is there')
  t.strictSame(problems({ port: 0 }), [])
  t.strictSame(problems({ port: 9090, enabled: false }), [])
})
