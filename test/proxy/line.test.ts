// The line of requests that wait for a connection.
import t from 'tap'
import type { Failure } from '../../src/proxy/failure.ts'
import { createLine, type Waiter } from '../../src/proxy/line.ts'
import { shuttingDown } from '../../src/proxy/failure.ts'
import { until } from '../helpers/raw-upstream.ts'

/** A waiter that notes why it was refused. */
const createWaiter = (): Waiter & { readonly refusals: Failure[] } => {
  const refusals: Failure[] = []
  return { refusals, ready: () => undefined, refused: (failure) => refusals.push(failure) }
}

t.test('first come, first served, and one may leave from the middle', async (t) => {
  const line = createLine({ maxQueued: 3, queueTimeoutMs: 60_000 })
  const [first, second, third] = [createWaiter(), createWaiter(), createWaiter()]
  for (const waiter of [first, second, third]) line.join(waiter)
  line.leave(second)
  line.leave(second)
  t.equal(line.length(), 2)
  t.strictSame([line.shift(), line.shift(), line.shift()], [first, third, undefined])
  t.equal(line.length(), 0)
})

t.test('a full line refuses at once', async (t) => {
  for (const maxQueued of [0, 2]) {
    const line = createLine({ maxQueued, queueTimeoutMs: 60_000 })
    for (let count = 0; count < maxQueued; count += 1) line.join(createWaiter())
    const late = createWaiter()
    line.join(late)
    t.match(late.refusals, [{ kind: 'overload', denial: { code: 'upstream_overloaded' } }])
    line.refuseAll(shuttingDown)
  }
})

t.test('nobody waits for ever', async (t) => {
  const line = createLine({ maxQueued: 5, queueTimeoutMs: 30 })
  const [served, waiting] = [createWaiter(), createWaiter()]
  line.join(served)
  line.join(waiting)
  line.shift()
  await until(() => waiting.refusals.length === 1)
  t.match(waiting.refusals, [{ kind: 'overload', denial: { code: 'upstream_overloaded' } }])
  t.strictSame([line.length(), served.refusals], [0, []])
})

t.test('all can be refused', async (t) => {
  const line = createLine({ maxQueued: 5, queueTimeoutMs: 60_000 })
  const waiters = [createWaiter(), createWaiter()]
  for (const waiter of waiters) line.join(waiter)
  line.refuseAll(shuttingDown)
  t.strictSame(
    waiters.map(({ refusals }) => refusals),
    [[shuttingDown], [shuttingDown]],
  )
  t.equal(line.length(), 0)
})
