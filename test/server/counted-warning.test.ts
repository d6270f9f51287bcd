import t from 'tap'
import { createCountedWarning } from '../../src/server/counted-warning.ts'

t.test('one line per second, which counts those that got none', async (t) => {
  const lines: unknown[] = []
  let nowMs = 0
  const warn = createCountedWarning(
    {
      log: { warn: (fields, text) => void lines.push([fields, text]) },
      clock: { monotonicMs: () => nowMs },
    },
    'odd',
    (count, last: string) => ({ count, last }),
  )
  for (const [atMs, event] of [
    [0, 'a'],
    [1, 'b'],
    [999, 'c'],
    [1000, 'd'],
    [1500, 'e'],
    [3000, 'f'],
  ] as const) {
    nowMs = atMs
    warn(event)
  }
  t.strictSame(lines, [
    [{ count: 1, last: 'a' }, 'odd'],
    [{ count: 3, last: 'd' }, 'odd'],
    [{ count: 2, last: 'f' }, 'odd'],
  ])
})
