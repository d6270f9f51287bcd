import t from 'tap'
import { checkDecision, decisionWarnings } from '../../src/config/decision.ts'
import { topTable } from '../../src/config/schema.ts'
import { withDefaults } from '../../src/config/values.ts'
import type { DecisionSettings, Settings } from '../../src/core/settings.ts'
import { authorizer } from '../identity/fixtures.ts'
import { problemsOf } from '../helpers/problems-of.ts'
import { settingsOf } from '../routing/route-settings.ts'

const defaults: DecisionSettings = withDefaults(topTable, {}, {}).decision

const problems = (decision: Partial<DecisionSettings>, listenPort = 8080) =>
  problemsOf((report) =>
    checkDecision(
      {
        decision: { ...defaults, enabled: true, ...decision },
        listen: { host: '0.0.0.0', port: listenPort, tls: undefined },
        admin: { host: '127.0.0.1', port: 9090 },
      },
      report,
    ),
  )

t.test('who may ask has to be said once others than this machine can', async (t) => {
  const given = 'list the addresses of the edge proxies, such as 10.0.3.7/32'
  for (const [decision, want] of [
    [{}, []],
    [{ host: '::1' }, []],
    [{ host: 'localhost' }, []],
    [{ host: '127.1.2.3' }, []],
    [{ host: '0.0.0.0', trustedPeers: ['10.0.3.0/24'] }, []],
    [
      { host: '0.0.0.0' },
      [`decision.trustedPeers: must be given when decision.host is 0.0.0.0: ${given}`],
    ],
    [{ host: '::' }, [`decision.trustedPeers: must be given when decision.host is ::: ${given}`]],
    [
      { host: 'gate.internal' },
      [`decision.trustedPeers: must be given when decision.host is gate.internal: ${given}`],
    ],
    [{ trustedPeers: [] }, ['decision.trustedPeers: is empty, so no edge proxy could ask']],
    [
      { host: '0.0.0.0', trustedPeers: ['0.0.0.0/0'] },
      ['decision.trustedPeers[0]: 0.0.0.0/0 would believe every client'],
    ],
    [
      { trustedPeers: ['::1/128', '::ffff:0:0/96'] },
      ['decision.trustedPeers[1]: ::ffff:0:0/96 would believe every client'],
    ],
    [{ host: '[::1]', trustedPeers: ['::1/128'] }, [/^decision\.host: .* without brackets$/]],
  ] as const) {
    t.match(problems(decision), want, JSON.stringify(decision))
    t.equal(problems(decision).length, want.length)
  }
})

t.test('it shares no port', async (t) => {
  t.strictSame(problems({ port: 9090 }), [
    'decision.port: 9090 is taken by admin; give the two different ports',
  ])
  t.strictSame(problems({}, 9191), [
    'decision.port: 9191 is taken by listen; give the two different ports',
  ])
  t.strictSame(problems({ port: 0 }, 0), [])
})

t.test('what is not enabled is in nobody’s way, but must be sound', async (t) => {
  t.strictSame(problems({ enabled: false, host: '0.0.0.0', port: 9090 }), [])
  t.strictSame(problems({ enabled: false, trustedPeers: ['::/0'] }), [
    'decision.trustedPeers[0]: ::/0 would believe every client',
  ])
})

const plain = {
  decision: { ...defaults, enabled: true },
  cors: undefined,
  forwardToken: true,
  stripHeaders: [],
  upstream: { headers: [] },
  websocket: { closeAtExpiry: false },
  limits: { maxBodyBytes: 0 },
  authorizers: [authorizer('pool')],
  routes: [],
}

const warnings = (changes: object) =>
  decisionWarnings({ ...plain, ...changes } as unknown as Settings).map(
    ({ path, message }) => `${path}: ${message}`,
  )

const edge = 'is not done for decisions; the edge proxy has to do it'

t.test('what an edge proxy has to do by itself is warned of', async (t) => {
  t.strictSame(warnings({}), [])
  t.strictSame(
    warnings({
      cors: {},
      forwardToken: false,
      stripHeaders: ['X-A'],
      upstream: { headers: ['X-B', 'b'] },
      websocket: { closeAtExpiry: true },
      limits: { maxBodyBytes: 1 },
    }),
    [
      `cors: ${edge}`,
      `forwardToken: ${edge}`,
      `stripHeaders: ${edge}`,
      `upstream.headers: ${edge}`,
      `websocket.closeAtExpiry: ${edge}`,
      `limits.maxBodyBytes: ${edge}`,
    ],
  )
  t.strictSame(warnings({ authorizers: [authorizer('q', { in: 'query', name: 'token' })] }), [
    `authorizers.q.identitySource: the service behind an edge proxy sees the token in its query: removing it ${edge}`,
  ])
  t.strictSame(warnings({ cors: {}, decision: defaults }), [], 'not when it is not enabled')
})

t.test('so are mocks, and mappings that a decision cannot carry', async (t) => {
  const mapping = (name: string, from: 'claim' | 'header') =>
    ({ action: 'overwrite', name, expression: [{ from, name: 'a' }] }) as const
  const requestParameters = [
    mapping('X-User', 'claim'),
    mapping('X-Copy', 'header'),
    mapping('Content-Type', 'claim'),
    mapping('Authorization', 'claim'),
  ]
  const routes = settingsOf([
    ['OPTIONS /mock', 'NONE', { mock: { statusCode: 204, headers: [] } }],
    ['GET /mapped', 'pool', { requestParameters }],
  ])
  const at = 'routes[1].requestParameters'
  t.strictSame(warnings({ routes }), [
    'routes[0]: a mock answers nothing through an edge proxy; decisions refuse it',
    `${at}: mapping X-Copy ${edge}`,
    `${at}: mapping Content-Type ${edge}`,
    `${at}: mapping Authorization ${edge}`,
  ])
})

t.test('a list of half the world is no list of edge proxies', async (t) => {
  const trustedPeers = ['10.0.0.0/8', '10.0.0.0/16', 'fd00::/8', 'fd00:1:2::/48']
  const wide = 'is wide; whoever is in it may ask for decisions about any request'
  t.strictSame(warnings({ decision: { ...plain.decision, trustedPeers } }), [
    `decision.trustedPeers[0]: 10.0.0.0/8 ${wide}`,
    `decision.trustedPeers[2]: fd00::/8 ${wide}`,
  ])
})
