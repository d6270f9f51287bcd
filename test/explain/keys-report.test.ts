import t from 'tap'
import { describeFetch, errorText } from '../../src/explain/keys-report.ts'
import type { Key } from '../../src/token/key-set.ts'

const key = (kid: string): Key => ({
  kid,
  algorithms: ['RS256'],
  fingerprint: kid,
  check: () => undefined,
})

t.test('what came of asking for keys, bounded', async (t) => {
  const kids = Array.from({ length: 22 }, (_, index) => `k${index}`)
  const keys = new Map(kids.map((kid) => [kid, [key(kid)]]))
  const set = { keys, skipped: ['keys[1]: no \u0007'] }
  t.strictSame(describeFetch({ issuer: 'i', ms: 1.6, set, error: undefined }), {
    issuer: 'i',
    outcome: 'fetched',
    ms: 2,
    kids: kids.slice(0, 20),
    skipped: ['keys[1]: no \\u{7}'],
    error: null,
  })
  t.strictSame(describeFetch({ issuer: 'i', ms: 1, set: undefined, error: new Error('no') }), {
    issuer: 'i',
    outcome: 'failed',
    ms: 1,
    kids: [],
    skipped: [],
    error: 'no',
  })
})

t.test('an error with all that led to it, on one line', async (t) => {
  const refused = Object.assign(new Error('connect ECONNREFUSED ::1:9'), { code: 'ECONNREFUSED' })
  const cases: readonly { given: unknown; want: string }[] = [
    { given: 'Host repeated', want: 'Host repeated' },
    {
      given: new Error('no complete answer in 80 ms', { cause: new Error('aborted') }),
      want: 'no complete answer in 80 ms: aborted',
    },
    {
      given: Object.assign(new AggregateError([refused]), { code: 'ECONNREFUSED' }),
      want: 'ECONNREFUSED: connect ECONNREFUSED ::1:9',
    },
    { given: new Error(''), want: 'an error without words' },
  ]
  for (const { given, want } of cases) t.equal(errorText(given), want)
})
