// All benchmarks, in the order in which they run.
import type { Benchmark } from './benchmark.ts'
import { comparisonBenchmark } from './compare-result.ts'
import { comparisons } from './comparisons.ts'
import { forgedKidsBenchmark } from './forged-kids-benchmark.ts'
import { latencyBenchmarks } from './latency.ts'
import { memoryBenchmarks } from './memory-benchmarks.ts'
import { messagesBenchmark } from './messages.ts'
import { soakBenchmark } from './soak-result.ts'
import { startBenchmark } from './start.ts'

export const catalogue: readonly Benchmark[] = [
  ...comparisons.map(comparisonBenchmark),
  messagesBenchmark,
  ...latencyBenchmarks,
  startBenchmark,
  ...memoryBenchmarks,
  forgedKidsBenchmark,
  soakBenchmark,
]
