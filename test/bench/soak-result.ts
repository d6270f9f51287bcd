// The soak as a benchmark: ten minutes, less in a short run.
import type { Benchmark, Effort, Result } from './benchmark.ts'
import { mebibyte } from './resident-memory.ts'
import { withScope } from './scope.ts'
import { measureSoak, soakHeapGrowth, type Level } from './soak.ts'

const shown = ({ sockets, heapBytes, residentBytes }: Level) => ({
  sockets,
  'heap MiB': (heapBytes / mebibyte).toFixed(1),
  'resident MiB': (residentBytes / mebibyte).toFixed(1),
})

const run = async ({ share }: Effort): Promise<Result> => {
  const seconds = Math.max(60, 600 * share)
  const report = await withScope((scope) => measureSoak(scope, { seconds, connections: 64 }))
  const { outcomes, wrong, start, end } = report
  return {
    rows: [
      ...[...outcomes].map(([kind, counts]) => ({ what: kind, ...counts })),
      { what: 'held at the start', ...shown(start) },
      { what: 'held at the end', ...shown(end) },
    ],
    findings: [
      {
        what: 'heap after ÷ before',
        value: end.heapBytes / start.heapBytes,
        unit: '×',
        target: soakHeapGrowth,
      },
    ],
    problems: [...wrong, ...(end.sockets <= start.sockets ? [] : ['sockets are left'])],
    report: { ...report, outcomes: Object.fromEntries(outcomes) },
  }
}

export const soakBenchmark: Benchmark = { name: 'soak', title: 'soak of all kinds of traffic', run }
