// The long form of test/token/verify-fuzz.test.ts: enough tokens to see that memory does not grow.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import { fuzzVerifiers } from '../helpers/verify-fuzz.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

const heapBytes = (): number => {
  collect()
  return process.memoryUsage().heapUsed
}

t.test('jose and the gate are of one mind about 200,000 mutated tokens', async (t) => {
  const rounds = 200_000
  const heaps: number[] = []
  const startedMs = performance.now()
  const { accepted, differences } = await fuzzVerifiers(t, {
    rounds,
    // A check with one of the larger curves takes as long as twenty others.
    keyAlgorithms: ['RS256', 'ES256', 'EdDSA'],
    onBatch: (done) => {
      if (done % (rounds / 10) === 0) heaps.push(heapBytes())
    },
  })
  t.strictSame(differences, [])
  t.ok(accepted >= rounds / 5, `${accepted} of ${rounds} are good`)
  const [first = 0, ...later] = heaps.map((bytes) => bytes / 1024 / 1024)
  const growth = Math.max(...later) - first
  t.ok(growth < 5, `the heap grew by ${growth.toFixed(1)} MiB`)
  const seconds = (performance.now() - startedMs) / 1000
  t.comment(
    `${accepted} accepted by both; ${seconds.toFixed(0)} s; MiB: ${heaps.map((b) => (b / 1048576).toFixed(1)).join(' ')}`,
  )
})
