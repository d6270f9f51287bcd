import {
  JwtInvalidSignatureAlgorithmError,
  JwtInvalidSignatureError,
  JwtNotBeforeError,
  JwtParseError,
} from 'aws-jwt-verify/error'
import t from 'tap'
import { deny } from '../../src/core/denial.ts'
import { attempt } from '../../src/token/classify.ts'

const throwing = (error: unknown): never => {
  throw error
}

t.test('what a call gives is given on', async (t) => {
  t.equal(
    attempt((text) => `${text}!`, 'a'),
    'a!',
  )
})

t.test('no stack is noted during a call, and every one after it', async (t) => {
  const before = Error.stackTraceLimit
  t.ok(before > 0)
  const told = { during: Error.stackTraceLimit }
  attempt(() => {
    told.during = Error.stackTraceLimit
  }, undefined)
  t.equal(told.during, 0)
  t.equal(Error.stackTraceLimit, before)
  attempt(throwing, new Error('x'))
  t.equal(Error.stackTraceLimit, before)
})

t.test('an error of the library becomes one word, without its message', async (t) => {
  const cases = [
    { given: new JwtParseError('secret'), want: deny('token_malformed') },
    { given: new JwtInvalidSignatureError('secret'), want: deny('signature_invalid') },
    {
      given: new JwtInvalidSignatureAlgorithmError('secret', 'HS256', 'RS256'),
      want: deny('algorithm_refused'),
    },
  ]
  for (const { given, want } of cases) t.strictSame(attempt(throwing, given), want, want.code)
})

t.test('an error that is not expected is internal and keeps its cause', async (t) => {
  for (const cause of [new JwtNotBeforeError('x', 1), new TypeError('x'), 'text', undefined]) {
    t.strictSame(attempt(throwing, cause), deny('internal', { cause }))
  }
})
