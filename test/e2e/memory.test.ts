// The short form of the memory benchmarks (test/bench), so that a leak is noticed with every change.
import t from 'tap'
import { measureBodyMemory } from '../bench/memory-bodies.ts'
import { measureTokenMemory, tokenMemoryGrowthBytes } from '../bench/memory-tokens.ts'
import { mebibyte } from '../bench/resident-memory.ts'

const inMebibytes = (bytes: number): string => `${(bytes / mebibyte).toFixed(1)} MiB`

t.test('tokens that are never seen again leave nothing once the cache is full', async (t) => {
  const options = {
    tokens: 10_000,
    connections: 32,
    cacheBytes: 4 * mebibyte,
    warmUp: 6000,
    window: 3000,
  }
  const { errors, fullBytes, endBytes, end } = await measureTokenMemory(t, options)
  t.strictSame(errors, [])
  t.equal(end.answered, options.warmUp + options.tokens)
  t.equal(end.hits, 0, 'each token had to be verified')
  t.comment(`${end.cached} cached; ${inMebibytes(endBytes - fullBytes)} more than when it was full`)
  t.ok(endBytes - fullBytes <= tokenMemoryGrowthBytes)
})

t.test('no body is held in memory, up or down', async (t) => {
  const size = 256 * mebibyte
  for (const { direction, arrived, beforeBytes, peakBytes } of await measureBodyMemory(t, size)) {
    t.equal(arrived, size, `the ${direction} arrives whole`)
    t.comment(`${direction}: rose by ${inMebibytes(peakBytes - beforeBytes)}`)
    // V8 frees buffers late on a busy machine; the benchmark holds it to less, on a body of 1 GiB.
    t.ok(peakBytes - beforeBytes < size / 2)
  }
})
