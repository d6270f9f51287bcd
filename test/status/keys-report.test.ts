import t from 'tap'
import type { KeySetReport } from '../../src/core/ports.ts'
import { reportKeys } from '../../src/status/keys-report.ts'
import { jwtAuthorizer } from '../helpers/authorizer-settings.ts'

const at = (issuer: string) => ({ issuer, keys: { kind: 'uri', uri: `${issuer}/keys` } as const })

const fresh: KeySetReport = {
  ...{ keys: 2, lastSuccessSeconds: 1000, stale: false, nextFetchMs: 1500, lastError: undefined },
}

const reported = (set: Partial<KeySetReport>) =>
  reportKeys(
    [jwtAuthorizer({ issuers: [at('a')] })],
    new Map([['a', { ...fresh, ...set }]]),
    1_060_999,
  )[0]!

t.test('a state for every condition of a key set', async (t) => {
  const down = { lastError: new Error('down') }
  for (const [set, state] of [
    [{}, 'fresh'],
    [down, 'failing'],
    [{ ...down, stale: true }, 'stale'],
    [{ ...down, stale: true, keys: 0 }, 'expired'],
    [{ ...down, lastSuccessSeconds: 0, keys: 0 }, 'waiting'],
    [{ lastSuccessSeconds: 0, keys: 0 }, 'waiting'],
  ] as const) {
    t.equal(reported(set).state, state)
  }
})

t.test('ages are whole seconds, unknown before the first keys, and never below 0', async (t) => {
  t.match(reported({}), { ageSeconds: 60, nextFetchSeconds: 2 })
  t.equal(reported({ lastSuccessSeconds: 0 }).ageSeconds, null)
  t.equal(reported({ lastSuccessSeconds: 5000 }).ageSeconds, 0, 'the clock was set back')
})

t.test('an error is one line, bounded, with its code and its causes, and no token', async (t) => {
  const refused = Object.assign(new Error('connect ECONNREFUSED ::1:9'), { code: 'ECONNREFUSED' })
  const token = `eyJ${'a'.repeat(20)}.eyJ${'b'.repeat(20)}.c`
  for (const [lastError, want] of [
    [new Error('answered with status 500'), 'answered with status 500'],
    [refused, 'connect ECONNREFUSED ::1:9'],
    [Object.assign(new Error('no'), { code: 'E1' }), 'no (E1)'],
    [new TypeError('fetch failed', { cause: refused }), 'fetch failed: connect ECONNREFUSED ::1:9'],
    [new AggregateError([refused]), 'connect ECONNREFUSED ::1:9'],
    ['in words', 'in words'],
    [new Error(`bad ${token}`), 'bad [Redacted]'],
    [new Error('x'.repeat(900)), 'x'.repeat(300)],
    [undefined, null],
  ] as const) {
    t.equal(reported({ lastError }).lastError, want)
  }
})

t.test('each issuer of each authorizer has its line, known to the store or not', async (t) => {
  const first = jwtAuthorizer({ name: 'first', issuers: [at('a'), at('b')] })
  const second = jwtAuthorizer({ name: 'second', issuers: [at('a')] })
  const lines = reportKeys([first, second], new Map([['a', fresh]]), 1_060_999)
  t.match(lines, [
    { authorizer: 'first', issuer: 'a', source: 'uri', state: 'fresh', keys: 2 },
    { authorizer: 'first', issuer: 'b', state: 'waiting', keys: 0, nextFetchSeconds: 0 },
    { authorizer: 'second', issuer: 'a', state: 'fresh' },
  ])
  t.equal(lines.length, 3)
})
