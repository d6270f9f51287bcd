import t from 'tap'
import { algorithms } from '../../src/core/settings.ts'

t.test(
  'no algorithm that needs a shared secret, or no key at all, can be configured',
  async (t) => {
    t.strictSame(
      algorithms.filter((name) => name.startsWith('HS') || name.toLowerCase() === 'none'),
      [],
    )
  },
)
