// The soak as a benchmark: ten minutes, or SOAK_SECONDS.
import type { Result } from './benchmark.ts'
import { mebibyte } from './resident-memory.ts'
import { withScope } from './scope.ts'
import { measureSoak, soakHeapGrowth, type Level } from './soak.ts'

const shown = ({ sockets, heapBytes, residentBytes }: Level): string =>
  `${sockets} sockets, heap ${(heapBytes / mebibyte).toFixed(1)} MiB, resident ${(residentBytes / mebibyte).toFixed(1)} MiB`

export const runSoak = async (): Promise<Result> => {
  const seconds = Number(process.env['SOAK_SECONDS'] ?? 600)
  const report = await withScope((scope) => measureSoak(scope, { seconds, connections: 64 }))
  const { seed, outcomes, restarts, rotations, wrong, start, end } = report
  return {
    rows: [...outcomes].map(([kind, counts]) => ({ kind, ...counts })),
    summary: `seed ${seed}; ${restarts} restarts, ${rotations} new keys; start: ${shown(start)}; end: ${shown(end)}`,
    misses: [
      ...wrong,
      ...(end.sockets <= start.sockets ? [] : ['sockets are left']),
      ...(end.heapBytes <= start.heapBytes * soakHeapGrowth + mebibyte ? [] : ['the heap grew']),
    ],
  }
}
