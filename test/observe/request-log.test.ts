import t from 'tap'
import type { DenialCode } from '../../src/core/denial.ts'
import type { LogFields, Logger } from '../../src/core/ports.ts'
import type { LogSettings } from '../../src/core/settings.ts'
import {
  createRequestLog,
  type RequestLine,
  type RequestLog,
} from '../../src/observe/request-log.ts'

interface Written {
  readonly level: string
  readonly message: string
  readonly fields: LogFields
}

interface Bench {
  readonly requestLog: RequestLog
  readonly written: Written[]
  /** Moves the clock. */
  readonly pass: (ms: number) => void
}

const bench = (
  log: Partial<Pick<LogSettings, 'requests' | 'subject' | 'maxPerSecond'>> = {},
): Bench => {
  const written: Written[] = []
  let nowMs = 5000
  const level = (name: string) => (fields: LogFields, message: string) => {
    written.push({ level: name, message, fields })
  }
  const logger: Logger = {
    debug: level('debug'),
    info: level('info'),
    warn: level('warn'),
    error: level('error'),
  }
  const requestLog = createRequestLog({
    logger,
    log: { requests: 'denied', subject: false, maxPerSecond: 100, ...log },
    clock: { wallMs: () => 0, monotonicMs: () => nowMs },
  })
  const pass = (ms: number): void => {
    nowMs += ms
  }
  return { requestLog, written, pass }
}

const line = (changes: Partial<RequestLine> = {}): RequestLine => ({
  requestId: 'r1',
  traceId: undefined,
  method: 'GET',
  route: 'GET /orders/{orderId}',
  template: '/orders/{orderId}',
  status: 200,
  denial: undefined,
  wouldDeny: undefined,
  authorizer: 'pool',
  subject: 'jane',
  remoteAddress: '10.0.0.1',
  verifyMs: 0.1234567,
  upstreamMs: 10,
  totalMs: 12.345678,
  bytesIn: 321,
  bytesOut: 123,
  ...changes,
})

const fields = {
  requestId: 'r1',
  'http.request.method': 'GET',
  route: 'GET /orders/{orderId}',
  'http.route': '/orders/{orderId}',
  'http.response.status_code': 200,
  authorizer: 'pool',
  'network.peer.address': '10.0.0.1',
  verifyMs: 0.123,
  upstreamMs: 10,
  totalMs: 12.346,
  'http.request.size': 321,
  'http.response.size': 123,
}

t.test('a request is one line', async (t) => {
  const { requestLog, written } = bench({ requests: 'all' })
  const unmatched = { route: 'none', template: undefined, authorizer: undefined }
  requestLog.write(line())
  requestLog.write(line({ ...unmatched, status: 403, denial: 'no_route', verifyMs: undefined }))
  const {
    authorizer: _authorizer,
    'http.route': _template,
    verifyMs: _verifyMs,
    ...others
  } = fields
  const refused = { route: 'none', 'http.response.status_code': 403, denial: 'no_route' }
  t.strictSame(written, [
    { level: 'info', message: 'request', fields },
    { level: 'info', message: 'request refused', fields: { ...others, ...refused } },
  ])
})

t.test('the subject and the trace are told where they are asked for, and there', async (t) => {
  const { requestLog, written } = bench({ requests: 'all', subject: true })
  requestLog.write(line({ traceId: 'a1' }))
  requestLog.write(line({ subject: undefined }))
  t.strictSame(
    written.map((each) => each.fields),
    [{ ...fields, trace_id: 'a1', 'user.id': 'jane' }, fields],
  )
})

t.test('what report mode lets pass says so', async (t) => {
  const { requestLog, written } = bench()
  const wouldDeny = 'token_missing'
  requestLog.write(line({ wouldDeny }))
  requestLog.write(line({ wouldDeny, denial: 'upstream_timeout', status: 504 }))
  const told = { ...fields, outcome: 'would_deny', wouldDeny }
  const failed = { ...told, denial: 'upstream_timeout', 'http.response.status_code': 504 }
  t.strictSame(written, [
    {
      level: 'info',
      message: 'request would be refused',
      fields: { ...told, denial: 'token_missing' },
    },
    { level: 'warn', message: 'request failed', fields: failed },
  ])
})

t.test('which requests are logged is configured; internal errors always are', async (t) => {
  const lines = [line(), line({ denial: 'token_expired' }), line({ denial: 'internal' })]
  const cases: readonly { requests: LogSettings['requests']; want: readonly unknown[] }[] = [
    { requests: 'all', want: [undefined, 'token_expired', 'internal'] },
    { requests: 'denied', want: ['token_expired', 'internal'] },
    { requests: 'none', want: ['internal'] },
  ]
  for (const { requests, want } of cases) {
    const { requestLog, written } = bench({ requests })
    for (const each of lines) requestLog.write(each)
    t.strictSame(
      written.map((each) => each.fields['denial']),
      want,
      requests,
    )
    t.strictSame(
      lines.filter((each) => requestLog.wants(each)).map(({ denial }) => denial),
      want,
    )
  }
})

t.test('a denial has a level, and a cause only where it is not the client’s doing', async (t) => {
  const cause = new Error('why')
  const cases: readonly { denial: DenialCode; level: string; message: string; err: boolean }[] = [
    { denial: 'token_expired', level: 'info', message: 'request refused', err: false },
    { denial: 'token_malformed', level: 'info', message: 'request refused', err: false },
    { denial: 'request_malformed', level: 'info', message: 'request refused', err: false },
    { denial: 'keys_unavailable', level: 'warn', message: 'request failed', err: true },
    { denial: 'upstream_timeout', level: 'warn', message: 'request failed', err: true },
    { denial: 'upstream_unreachable', level: 'warn', message: 'request failed', err: true },
    { denial: 'upstream_broken', level: 'warn', message: 'request failed', err: true },
    { denial: 'upstream_overloaded', level: 'warn', message: 'request failed', err: true },
    { denial: 'internal', level: 'error', message: 'request failed', err: true },
  ]
  for (const { denial, level, message, err } of cases) {
    const { requestLog, written } = bench()
    requestLog.write(line({ denial, cause }))
    requestLog.write(line({ denial }))
    const told = { ...fields, denial }
    t.strictSame(
      written,
      [
        { level, message, fields: err ? { ...told, err: cause } : told },
        { level, message, fields: told },
      ],
      denial,
    )
  }
})

const suppressed = (count: number): Written => ({
  level: 'warn',
  message: 'request lines left out, as log.maxPerSecond says',
  fields: { suppressed: count, maxPerSecond: 2 },
})
const brief = ({ fields: { requestId, suppressed: count } }: Written): unknown => requestId ?? count

t.test('lines beyond the limit of a second are counted, and told with the next one', async (t) => {
  const { requestLog, written, pass } = bench({ requests: 'all', maxPerSecond: 2 })
  const write = (...ids: readonly string[]): void => {
    for (const requestId of ids) requestLog.write(line({ requestId }))
  }
  write('a', 'b', 'c', 'd')
  pass(999)
  write('e')
  t.strictSame(written.map(brief), ['a', 'b'])
  pass(1)
  write('f')
  t.strictSame(written[2], suppressed(3))
  write('g', 'h')
  pass(5000)
  write('i')
  pass(1000)
  write('j')
  t.strictSame(written.map(brief), ['a', 'b', 3, 'f', 'g', 1, 'i', 'j'])
})

t.test('a flood of refusals does not hide a failure', async (t) => {
  const { requestLog, written, pass } = bench({ maxPerSecond: 1 })
  for (let count = 0; count < 10; count += 1) requestLog.write(line({ denial: 'token_missing' }))
  for (const requestId of ['f', 'g']) requestLog.write(line({ requestId, denial: 'internal' }))
  pass(1000)
  requestLog.write(line({ requestId: 'h', denial: 'token_missing' }))
  t.strictSame(written.map(brief), ['r1', 'f', 10, 'h'])
})

t.test('lines that are not to be logged count for nothing', async (t) => {
  const { requestLog, written } = bench({ requests: 'denied', maxPerSecond: 1 })
  for (let count = 0; count < 10; count += 1) requestLog.write(line())
  requestLog.write(line({ denial: 'token_missing' }))
  requestLog.flush()
  t.equal(written.length, 1)
})

t.test('flush tells what has not been told yet, once', async (t) => {
  const { requestLog, written } = bench({ requests: 'all', maxPerSecond: 1 })
  requestLog.flush()
  t.strictSame(written, [])
  for (const requestId of ['a', 'b', 'c']) requestLog.write(line({ requestId }))
  requestLog.flush()
  requestLog.flush()
  t.strictSame(written.map(brief), ['a', 2])
})
