import t from 'tap'
import { retryAfterHeader } from '../../src/answers/retry-after.ts'
import { deny, denialCodes } from '../../src/core/denial.ts'

t.test('Retry-After is in whole seconds, at least one', async (t) => {
  const cases = [
    { given: undefined, want: '1' },
    { given: 0, want: '1' },
    { given: 0.2, want: '1' },
    { given: 2.1, want: '3' },
    { given: 30, want: '30' },
  ]
  for (const { given, want } of cases) {
    const detail = given === undefined ? {} : { retryAfterSeconds: given }
    t.strictSame(
      retryAfterHeader(deny('keys_unavailable', detail)),
      ['Retry-After', want],
      String(given),
    )
  }
})

t.test('only keys that are not there come back by themselves', async (t) => {
  for (const code of denialCodes.filter((code) => code !== 'keys_unavailable')) {
    t.strictSame(retryAfterHeader(deny(code)), [], code)
  }
})
