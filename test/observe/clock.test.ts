import t from 'tap'
import { systemClock } from '../../src/observe/clock.ts'

t.test('the wall clock is the system time, the other one never goes back', async (t) => {
  t.ok(Math.abs(systemClock.wallMs() - Date.now()) < 1000)
  const before = systemClock.monotonicMs()
  t.ok(systemClock.monotonicMs() >= before)
})
