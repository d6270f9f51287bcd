import t from 'tap'
import { scheduleTimeout } from '../../src/files/schedule.ts'

t.test('a task runs once, after its delay', async (t) => {
  const startedMs = performance.now()
  await new Promise<void>((resolve) => {
    const keepAlive = setInterval(() => undefined, 5)
    scheduleTimeout(20, () => {
      clearInterval(keepAlive)
      resolve()
    })
  })
  t.ok(performance.now() - startedMs > 15)
})

t.test(
  'a task that was called off does not run, and a delay of a month is not taken for 1 ms',
  async (t) => {
    let runs = 0
    scheduleTimeout(1, () => (runs += 1))()
    const cancel = scheduleTimeout(31 * 86_400_000, () => (runs += 1))
    await new Promise((resolve) => setTimeout(resolve, 20))
    cancel()
    t.equal(runs, 0)
  },
)
