// The short form of the soak (test/bench/soak.ts): SOAK_SECONDS, 60 unless given; ten minutes by hand.
import t from 'tap'
import { mebibyte } from '../bench/resident-memory.ts'
import { measureSoak, soakHeapGrowth } from '../bench/soak.ts'

const seconds = Number(process.env['SOAK_SECONDS'] ?? 60)

t.test('nothing is wrong, and nothing is left', { timeout: (seconds + 120) * 1000 }, async (t) => {
  const report = await measureSoak(t, { seconds, connections: 64 })
  const { seed, outcomes, restarts, rotations, wrong, start, end } = report
  t.comment(`seed ${seed}; ${restarts} restarts, ${rotations} rotations`)
  t.comment(JSON.stringify(Object.fromEntries(outcomes)))
  t.comment(JSON.stringify({ start, end }))
  t.strictSame(wrong, [])
  t.ok(restarts > 0 && rotations > 0)
  for (const [kind, counts] of outcomes) {
    t.ok(Object.keys(counts).length > 0, `${kind} was among the traffic`)
  }
  t.ok(end.sockets <= start.sockets, 'no socket is left')
  t.ok(end.heapBytes <= start.heapBytes * soakHeapGrowth + mebibyte, 'the heap is as it was')
})
