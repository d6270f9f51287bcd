// The counts of the benchmark `forged-kids`; its times belong to the bench.
import t from 'tap'
import { measureForgedKids } from '../bench/forged-kids.ts'

t.test('100,000 forged key ids cause one fetch per cool-down, and hide no new key', async (t) => {
  const options = { requests: 100_000, connections: 8, cooldownSeconds: 2, aloneRequests: 1000 }
  const report = await measureForgedKids(t, options)
  t.strictSame(report.forged, { statuses: { 401: options.requests }, errors: [] })
  t.ok(report.fetches >= 1 && report.fetches <= report.allowedFetches, 'fetches', { report })
  t.strictSame(report.goodStatuses, [200], 'no good token is refused')
  // A flight under way when the key was published, the cool-down after it, and a busy machine.
  t.ok(report.newKeySeconds < options.cooldownSeconds + 3, `${report.newKeySeconds} s`)
  const { seconds, fetches, allowedFetches, newKeySeconds, alone, during } = report
  t.comment(JSON.stringify({ seconds, fetches, allowedFetches, newKeySeconds, alone, during }))
})
