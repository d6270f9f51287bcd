import { mock } from 'node:test'
import t, { type Test } from 'tap'
import { startWatch, type WatchOptions } from '../../src/proxy/websocket-watch.ts'
import { until } from '../helpers/raw-upstream.ts'

const setUp = (
  t: Test,
  changes: Partial<WatchOptions> & { idleTimeoutMs?: number; pingIntervalMs?: number },
) => {
  const told: string[] = []
  const tell = (word: string) => () => void told.push(word)
  const { idleTimeoutMs = 60_000, pingIntervalMs = 0, ...rest } = changes
  const watch = startWatch({
    settings: { idleTimeoutMs, pingIntervalMs },
    expiresAtMs: undefined,
    clock: { wallMs: () => 0 },
    onIdle: tell('idle'),
    onExpiry: tell('expiry'),
    ping: () => {
      told.push('ping')
      return true
    },
    clientBytes: () => 0,
    onSilence: () => {
      told.push('silence')
      watch.stop()
    },
    ...rest,
  })
  t.teardown(watch.stop)
  return { watch, told }
}

t.test('idle is told once, and movement begins the time anew', async (t) => {
  const { watch, told } = setUp(t, { idleTimeoutMs: 60 })
  const startMs = performance.now()
  const moving = setInterval(watch.moved, 10)
  await until(() => performance.now() - startMs > 150)
  t.strictSame(told, [])
  clearInterval(moving)
  await until(() => told.length > 0)
  t.strictSame(told, ['idle'])
  watch.stop()
})

t.test('a client that sends nothing for two intervals after a Ping is told', async (t) => {
  const { told } = setUp(t, { pingIntervalMs: 10 })
  await until(() => told.includes('silence'))
  t.strictSame(told, ['ping', 'ping', 'silence'])
})

t.test('a client that sends something is not, nor one that cannot be pinged', async (t) => {
  let bytes = 0
  const lively = setUp(t, { pingIntervalMs: 5, clientBytes: () => (bytes += 1) })
  let asked = 0
  const stalled = setUp(t, {
    pingIntervalMs: 5,
    ping: () => {
      asked += 1
      return false
    },
  })
  await until(() => asked > 8 && lively.told.length > 8)
  lively.watch.stop()
  stalled.watch.stop()
  t.notOk([...lively.told, ...stalled.told].includes('silence'))
})

t.test('expiry is told when the wall clock says so, however far away', async (t) => {
  let nowMs = 0
  const looks: number[] = []
  const clock = {
    wallMs: () => {
      looks.push(nowMs)
      return nowMs
    },
  }
  const soon = setUp(t, { expiresAtMs: 20, clock })
  await until(() => looks.length > 3)
  t.strictSame(soon.told, [], 'the clock stood still')
  nowMs = 20
  await until(() => soon.told.length > 0)
  t.strictSame(soon.told, ['expiry'])
  const past = setUp(t, { expiresAtMs: -5, clock })
  await until(() => past.told.length > 0)
  const far = setUp(t, { expiresAtMs: 1e15, clock })
  await new Promise((resolve) => setTimeout(resolve, 20))
  t.strictSame(far.told, [], 'more than one timer can wait')
  far.watch.stop()
})

t.test('a clock that is set on, or has slept, is noticed within a minute', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  let nowMs = 0
  const clock = { wallMs: () => nowMs }
  const { told } = setUp(t, { expiresAtMs: 3_600_000, clock, idleTimeoutMs: 86_400_000 })
  mock.timers.tick(60_000)
  nowMs = 7_200_000
  mock.timers.tick(59_999)
  t.strictSame(told, [])
  mock.timers.tick(1)
  t.strictSame(told, ['expiry'])
})
