import t from 'tap'
import { startRemedy, tellProgress } from '../../src/commands/start-progress.ts'
import type { LogFields } from '../../src/core/ports.ts'
import { createManualTime } from '../helpers/manual-time.ts'

const setUp = (reasons: readonly string[]) => {
  const time = createManualTime()
  const told: string[] = []
  const log = {
    info: ({ waitedMs, reasons: left }: LogFields, message: string) =>
      told.push([waitedMs, message, ...((left ?? []) as string[])].join(' ')),
  }
  const state = { reasons }
  const end = tellProgress({ notReady: () => state.reasons, log, ...time })
  return { time, told, state, end }
}

t.test('a gate that has nothing to wait for is ready at once', async (t) => {
  const { told, time } = setUp([])
  t.strictSame(told, ['0 ready'])
  t.strictSame(time.waiting(), [])
})

t.test('keys that are there in no time are not told as a wait', async (t) => {
  const { told, time, state } = setUp(['no keys'])
  await time.advance(8)
  state.reasons = []
  await time.advance(1000)
  t.strictSame(told, ['10 ready'])
  t.strictSame(time.waiting(), [])
})

t.test('what it waits for is told after a second and every ten from then on', async (t) => {
  const { told, time, state } = setUp(['no keys'])
  await time.advance(999)
  t.strictSame(told, [])
  const line = 'not ready yet; /readyz is 503 until then no keys'
  await time.advance(1)
  t.strictSame(told, [`1000 ${line}`])
  await time.advance(10_000)
  t.strictSame(told, [`1000 ${line}`, `11000 ${line}`])
  state.reasons = []
  await time.advance(60_000)
  t.strictSame(told.slice(2), ['11100 ready'])
  t.strictSame(time.waiting(), [])
})

t.test('a gate that ends before it was ready says no more', async (t) => {
  const { told, time, end } = setUp(['draining'])
  await time.advance(500)
  end()
  await time.advance(60_000)
  t.strictSame(told, [])
  t.doesNotThrow(setUp([]).end)
  t.doesNotThrow(
    tellProgress({
      notReady: () => ['system timers do'],
      log: { info: () => undefined },
      clock: time.clock,
    }),
  )
})

t.test('what to do is told where it is known', async (t) => {
  const withCode = (code: string, key = 'admin') => Object.assign(new Error(code), { code, key })
  for (const [code, want] of [
    ['EADDRINUSE', 'something listens there already; end it, or give admin.port another'],
    ['EADDRNOTAVAIL', 'this machine has no such address; correct admin.host'],
    ['EACCES', 'only root may listen on ports below 1024; give admin.port a higher one'],
    ['ENOTFOUND', 'no such host; correct admin.host'],
    ['EAI_AGAIN', "the host's name cannot be looked up; give admin.host an address"],
    ['EMFILE', 'too many open files; raise the limit on them (ulimit -n)'],
  ] as const) {
    t.equal(startRemedy(withCode(code)), want)
  }
  const noKey = Object.assign(new Error('EACCES'), { code: 'EACCES' })
  for (const other of [withCode('constructor'), noKey, new Error('EACCES'), 'EACCES', undefined]) {
    t.equal(startRemedy(other), undefined)
  }
})
