import t from 'tap'
import { restartFaults, restartKeys } from '../../src/config/restart-keys.ts'
import { unwrap } from '../../src/core/result.ts'
import { loadText } from '../../src/config/load.ts'
import type { Settings } from '../../src/core/settings.ts'

const settings = (text = ''): Settings =>
  unwrap(
    loadText(
      `
upstream: { url: 'http://127.0.0.1:9' }
routes: [{ path: /a, method: GET, authorizationType: NONE }]
${text}`,
      'the configuration',
      { env: {}, checkRoutes: () => [] },
    ),
  )

t.test('what a restart is needed for is told, with the old word and the new one', async (t) => {
  const cases = [
    ['apiType: HTTP', ['apiType needs a restart (from REST to HTTP)']],
    ['listen: { host: 127.0.0.1 }', ['listen.host needs a restart (from 0.0.0.0 to 127.0.0.1)']],
    ['listen: { port: 1 }', ['listen.port needs a restart (from 8080 to 1)']],
    [
      'admin: { host: 127.0.0.1, port: 1 }',
      [
        'admin.host needs a restart (from 0.0.0.0 to 127.0.0.1)',
        'admin.port needs a restart (from 9090 to 1)',
      ],
    ],
    ['decision: { enabled: true }', ['decision.enabled needs a restart (from off to on)']],
    ['decision: { port: 1 }', []],
    ['statusPage: { enabled: true }', ['statusPage.enabled needs a restart (from off to on)']],
    ['statusPage: { port: 1 }', []],
    [
      'limits: { maxHeaderBytes: 1024, headersTimeoutMs: 1000, maxTokenBytes: 256 }',
      [
        'limits.maxHeaderBytes needs a restart (from 32768 to 1024)',
        'limits.headersTimeoutMs needs a restart (from 15000 to 1000)',
      ],
    ],
    [
      'tokenCache: { maxBytes: 65536 }',
      ['tokenCache.maxBytes needs a restart (from 33554432 to 65536)'],
    ],
    ['basePath: /prod', []],
  ] as const
  for (const [text, want] of cases) t.strictSame(restartFaults(settings(), settings(text)), want)
})

t.test('TLS on or off is one thing, whoever has to have a certificate another', async (t) => {
  const plain = settings()
  const withTls = (clientCa?: string): Settings => ({
    ...plain,
    listen: {
      ...plain.listen,
      tls: { cert: 'c', key: 'k', clientCa, files: { cert: '/c', key: '/k', clientCa } },
    },
  })
  t.strictSame(restartFaults(plain, withTls('/ca')), [
    'listen.tls needs a restart (from off to on)',
  ])
  t.strictSame(restartFaults(withTls(), withTls('/ca')), [
    'listen.tls.clientCaFile needs a restart (from off to on)',
  ])
  t.strictSame(restartFaults(withTls('/ca'), withTls('/other')), [])
})

t.test('a listener for decisions that is there stays where it is', async (t) => {
  const at = (port: number) => settings(`decision: { enabled: true, port: ${port} }`)
  t.strictSame(restartFaults(at(1), at(2)), ['decision.port needs a restart (from 1 to 2)'])
})

t.test('nor does a status page move', async (t) => {
  const at = (port: number) => settings(`statusPage: { enabled: true, port: ${port} }`)
  t.strictSame(restartFaults(at(1), at(2)), ['statusPage.port needs a restart (from 1 to 2)'])
})

t.test('the keys are there for the documentation', async (t) => {
  t.ok(restartKeys.includes('listen.port'))
})
