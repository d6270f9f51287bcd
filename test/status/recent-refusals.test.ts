import t from 'tap'
import type { LineOutcome, RequestLine } from '../../src/observe/request-log.ts'
import { createRecentRefusals, keptRefusals } from '../../src/status/recent-refusals.ts'

const line = (changes: Partial<RequestLine>): RequestLine => ({
  ...{ requestId: 'id', traceId: undefined, method: 'GET', route: 'GET /a', template: '/a' },
  ...{ status: 200, denial: undefined, wouldDeny: undefined, authorizer: 'pool' },
  ...{ subject: 'jane', remoteAddress: '203.0.113.9', verifyMs: 1, upstreamMs: 1, totalMs: 2 },
  ...{ bytesIn: 1, bytesOut: 1, ...changes },
})

const setUp = () => {
  let nowMs = 1_800_000_000_000
  const recent = createRecentRefusals({ wallMs: () => nowMs++ })
  const written: RequestLine[] = []
  const flushed = { times: 0 }
  const log = recent.watch({
    wants: ({ denial }: LineOutcome) => denial === 'internal',
    write: (each: RequestLine) => void written.push(each),
    flush: () => void (flushed.times += 1),
  })
  return { recent, written, flushed, log }
}

t.test('what is refused is kept in a few words, and the log gets every line', async (t) => {
  const { recent, written, flushed, log } = setUp()
  const lines = [
    line({}),
    line({ denial: 'token_missing', status: 401, requestId: 'r1', cause: new Error('secret') }),
    line({ wouldDeny: 'scope_insufficient', requestId: 'r2' }),
    line({ denial: 'upstream_timeout', wouldDeny: 'token_missing', status: 504, route: 'none' }),
  ]
  for (const each of lines) log.write(each)
  log.flush()
  t.strictSame(written, lines)
  t.equal(flushed.times, 1)
  const at = (ms: number) => `2027-01-15T08:00:00.00${ms}Z`
  t.strictSame(recent.all(), [
    {
      ...{ at: at(2), route: 'none', denial: 'upstream_timeout', outcome: 'deny' },
      ...{ status: 504, requestId: 'id' },
    },
    {
      ...{ at: at(1), route: 'GET /a', denial: 'scope_insufficient', outcome: 'would_deny' },
      ...{ status: 200, requestId: 'r2' },
    },
    {
      ...{ at: at(0), route: 'GET /a', denial: 'token_missing', outcome: 'deny' },
      ...{ status: 401, requestId: 'r1' },
    },
  ])
})

t.test('it wants what the log wants, and every refusal', async (t) => {
  const { log } = setUp()
  t.equal(log.wants(line({})), false)
  t.equal(log.wants(line({ denial: 'internal' })), true)
  t.equal(log.wants(line({ denial: 'token_missing' })), true)
  t.equal(log.wants(line({ wouldDeny: 'token_missing' })), true)
})

t.test('fifty are kept, however many there were', async (t) => {
  const { recent, log } = setUp()
  for (let sent = 0; sent < 2000; sent += 1) {
    log.write(line({ denial: 'no_route', requestId: String(sent) }))
  }
  t.equal(keptRefusals, 50)
  t.strictSame(
    recent.all().map(({ requestId }) => requestId),
    Array.from({ length: 50 }, (_, index) => String(1999 - index)),
  )
})
