import {
  JwtInvalidSignatureAlgorithmError,
  JwtInvalidSignatureError,
  JwtNotBeforeError,
  JwtParseError,
} from 'aws-jwt-verify/error'
import t from 'tap'
import { deny } from '../../src/core/denial.ts'
import { classifyError } from '../../src/token/classify.ts'

t.test('an error of the library becomes one word, without its message', async (t) => {
  const cases = [
    { given: new JwtParseError('secret'), want: deny('token_malformed') },
    { given: new JwtInvalidSignatureError('secret'), want: deny('signature_invalid') },
    {
      given: new JwtInvalidSignatureAlgorithmError('secret', 'HS256', 'RS256'),
      want: deny('algorithm_refused'),
    },
  ]
  for (const { given, want } of cases) t.strictSame(classifyError(given), want, want.code)
})

t.test('an error that is not expected is internal and keeps its cause', async (t) => {
  for (const cause of [new JwtNotBeforeError('x', 1), new TypeError('x'), 'text', undefined]) {
    t.strictSame(classifyError(cause), deny('internal', { cause }))
  }
})
