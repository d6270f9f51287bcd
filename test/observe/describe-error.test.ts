import t from 'tap'
import { describeError } from '../../src/observe/describe-error.ts'

const coded = (message: string, code: unknown): Error => Object.assign(new Error(message), { code })

t.test('an error is described by what it says, its code and its causes', async (t) => {
  const refused = coded('connect ECONNREFUSED 127.0.0.1:1', 'ECONNREFUSED')
  const cases: readonly { name: string; given: unknown; want: unknown }[] = [
    {
      name: 'a plain error',
      given: new TypeError('fetch failed'),
      want: { type: 'TypeError', message: 'fetch failed' },
    },
    {
      name: 'a code and a cause',
      given: new TypeError('fetch failed', { cause: refused }),
      want: {
        type: 'TypeError',
        message: 'fetch failed',
        cause: { type: 'Error', message: refused.message, code: 'ECONNREFUSED' },
      },
    },
    {
      name: 'a numeric code',
      given: coded('a', 7),
      want: { type: 'Error', message: 'a', code: 7 },
    },
    { name: 'another code', given: coded('a', { b: 1 }), want: { type: 'Error', message: 'a' } },
    {
      name: 'every address refused',
      given: new AggregateError([refused, 'x'], ''),
      want: {
        type: 'AggregateError',
        message: '',
        errors: [
          { type: 'Error', message: refused.message, code: 'ECONNREFUSED' },
          { message: 'x' },
        ],
      },
    },
    {
      name: 'no other property',
      given: Object.assign(new Error('a'), { rawJwt: { payload: { sub: 's' } } }),
      want: { type: 'Error', message: 'a' },
    },
    { name: 'text', given: 'broken', want: { message: 'broken' } },
    { name: 'an object', given: { token: 't' }, want: { message: '[object Object]' } },
    {
      name: 'an object like an error',
      given: { message: 'm' },
      want: { message: '[object Object]' },
    },
    { name: 'null', given: null, want: { message: '[object Null]' } },
    { name: 'undefined', given: undefined, want: { message: '[object Undefined]' } },
    { name: 'a number', given: 1, want: { message: '[object Number]' } },
    { name: 'a symbol', given: Symbol('s'), want: { message: '[object Symbol]' } },
  ]
  for (const { name, given, want } of cases) t.strictSame(describeError(given), want, name)
})

t.test('causes in a circle and long lists come to an end', async (t) => {
  const circle: Error = new Error('a')
  circle.cause = circle
  const depthOf = (fields: { cause?: unknown }): number =>
    fields.cause === undefined ? 0 : 1 + depthOf(fields.cause as { cause?: unknown })
  t.equal(depthOf(describeError(circle)), 4)
  const many = new AggregateError(Array.from({ length: 100 }, () => new Error('a')))
  t.equal(describeError(many).errors?.length, 8)
  const nested = new AggregateError([])
  nested.errors.push(nested)
  t.match(JSON.stringify(describeError(nested)), /^.{1,1000}$/)
})

t.test('a message is cut, and a token in it does not come through', async (t) => {
  t.equal(describeError(new Error('m'.repeat(5000))).message.length, 1024)
  const token = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzIn0.c2lnbmF0dXJl'
  t.equal(describeError(new Error(`bad token ${token}!`)).message, 'bad token [Redacted]!')
  t.equal(describeError(token).message, '[Redacted]')
  const tail = describeError(new Error(`${'m'.repeat(1000)} ${token}`)).message
  t.equal(tail, `${'m'.repeat(1000)} [Redacted]`)
})

t.test('an error that throws when it is read is described as that', async (t) => {
  const hostile = new Error('a')
  Object.defineProperty(hostile, 'message', {
    get: () => {
      throw new Error('no')
    },
  })
  const wanted = { message: 'an error that cannot be read' }
  t.strictSame(describeError(hostile), wanted)
  t.strictSame(describeError(Object.assign(new Error('a'), { message: 5 })), wanted)
})
