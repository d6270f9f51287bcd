// What errors of the upstream's side mean.
import t from 'tap'
import { errors } from 'undici'
import {
  brokenAnswer,
  classifyFailure,
  noAnswerIn,
  overloaded,
  shuttingDown,
} from '../../src/proxy/failure.ts'

const coded = (code: string, message = 'something went wrong'): Error =>
  Object.assign(new Error(message), { code })

const plain = { connected: false, secure: false }
const tls = { connected: false, secure: true }
const sent = { connected: true, secure: false }

t.test(
  'an error is one refusal and one kind, by its code and by how far the request had come',
  async (t) => {
    const cases = [
      { given: [coded('ECONNREFUSED'), plain], want: ['upstream_unreachable', 'connect'] },
      { given: [coded('EHOSTUNREACH'), plain], want: ['upstream_unreachable', 'connect'] },
      { given: [coded('ENOENT'), plain], want: ['upstream_unreachable', 'connect'] },
      { given: [coded('ENOTFOUND'), plain], want: ['upstream_unreachable', 'dns'] },
      { given: [coded('EAI_AGAIN'), plain], want: ['upstream_unreachable', 'dns'] },
      {
        given: [coded('UND_ERR_CONNECT_TIMEOUT'), plain],
        want: ['upstream_unreachable', 'timeout'],
      },
      { given: [coded('ETIMEDOUT'), plain], want: ['upstream_unreachable', 'timeout'] },
      { given: [coded('ECONNREFUSED'), tls], want: ['upstream_unreachable', 'connect'] },
      { given: [coded('ECONNRESET'), tls], want: ['upstream_unreachable', 'tls'] },
      { given: [coded('DEPTH_ZERO_SELF_SIGNED_CERT'), tls], want: ['upstream_unreachable', 'tls'] },
      { given: [coded('EPROTO'), tls], want: ['upstream_unreachable', 'tls'] },
      { given: [coded('ECONNRESET'), plain], want: ['upstream_broken', 'reset'] },
      { given: [coded('EWHATEVER'), plain], want: ['upstream_unreachable', 'connect'] },
      {
        given: [coded('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'), sent],
        want: ['upstream_unreachable', 'tls'],
      },
      { given: [coded('ECONNRESET'), sent], want: ['upstream_broken', 'reset'] },
      { given: [coded('EPIPE'), sent], want: ['upstream_broken', 'reset'] },
      {
        given: [coded('UND_ERR_SOCKET', 'other side closed'), sent],
        want: ['upstream_broken', 'reset'],
      },
      {
        given: [coded('UND_ERR_SOCKET', 'bad upgrade'), sent],
        want: ['upstream_broken', 'protocol'],
      },
      {
        given: [coded('UND_ERR_SOCKET', 'bad response'), sent],
        want: ['upstream_broken', 'protocol'],
      },
      {
        given: [new errors.HTTPParserError('Invalid constant'), sent],
        want: ['upstream_broken', 'protocol'],
      },
      {
        given: [new errors.HTTPParserError('x (Invalid EOF state)'), sent],
        want: ['upstream_broken', 'reset'],
      },
      { given: [coded('UND_ERR_HEADERS_OVERFLOW'), sent], want: ['upstream_broken', 'protocol'] },
      { given: [coded('UND_ERR_HEADERS_TIMEOUT'), sent], want: ['upstream_timeout', 'timeout'] },
      { given: [coded('UND_ERR_BODY_TIMEOUT'), sent], want: ['upstream_timeout', 'timeout'] },
      { given: [coded('UND_ERR_DESTROYED'), sent], want: ['upstream_unreachable', undefined] },
      { given: [coded('UND_ERR_INVALID_ARG'), plain], want: ['internal', undefined] },
      { given: [coded('UND_ERR_NOT_SUPPORTED'), sent], want: ['internal', undefined] },
      { given: [new Error('never heard of'), sent], want: ['internal', undefined] },
      { given: ['a string', sent], want: ['internal', undefined] },
      { given: [null, sent], want: ['internal', undefined] },
      { given: [{ code: 5 }, sent], want: ['internal', undefined] },
    ] as const
    for (const { given, want } of cases) {
      const [error, stage] = given
      const { denial, kind } = classifyFailure(error, stage)
      t.strictSame([denial.code, kind], want, want.join(' '))
      t.equal(denial.cause, error, 'the error is kept for the log')
    }
  },
)

t.test('what is no error of a socket says so in its cause', async (t) => {
  const cause = new Error('inner')
  t.match(brokenAnswer('odd', cause), {
    kind: 'protocol',
    denial: { code: 'upstream_broken', cause: { message: 'odd', cause } },
  })
  t.match(overloaded('full'), {
    kind: 'overload',
    denial: { code: 'upstream_overloaded', cause: { message: 'full' } },
  })
  t.match(noAnswerIn(5), {
    kind: 'timeout',
    denial: { code: 'upstream_timeout', cause: { message: 'no answer in 5 ms' } },
  })
  t.match(shuttingDown, { kind: undefined, denial: { code: 'upstream_unreachable' } })
})
