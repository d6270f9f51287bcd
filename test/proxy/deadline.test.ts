// A time-out that is set again and again.
import t from 'tap'
import { Deadline } from '../../src/proxy/deadline.ts'

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

const createWaiting = () => {
  const late: number[] = []
  return { late, onLate: (ms: number) => void late.push(ms) }
}

t.test('who waits is told once, when the time is over', async (t) => {
  const deadline = new Deadline()
  const waiting = createWaiting()
  const begun = performance.now()
  deadline.set(30, waiting)
  while (waiting.late.length === 0) await sleep(1)
  t.ok(performance.now() - begun >= 29)
  await sleep(40)
  t.strictSame(waiting.late, [30])
  deadline.set(30, waiting)
  await sleep(60)
  t.strictSame(waiting.late, [30, 30], 'and again, once it is set again')
})

t.test('set again, it starts anew, for whom it was set last', async (t) => {
  const deadline = new Deadline()
  const [first, second] = [createWaiting(), createWaiting()]
  deadline.set(60, first)
  for (let turn = 0; turn < 8; turn += 1) {
    await sleep(15)
    deadline.set(60, second)
  }
  t.strictSame([first.late, second.late], [[], []])
  deadline.set(10, second)
  await sleep(40)
  t.strictSame([first.late, second.late], [[], [10]])
})

t.test('cleared or ended, it tells nobody', async (t) => {
  const deadline = new Deadline()
  const waiting = createWaiting()
  deadline.end()
  deadline.set(10, waiting)
  deadline.clear()
  await sleep(30)
  deadline.set(10, waiting)
  deadline.end()
  await sleep(30)
  t.strictSame(waiting.late, [])
  deadline.set(10, waiting)
  await sleep(30)
  t.strictSame(waiting.late, [10])
})
