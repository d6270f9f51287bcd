import library from 'prom-client'
import t from 'tap'
import * as ours from '../../src/observe/metrics-library.ts'

t.test('they are those of prom-client’s main module', async (t) => {
  for (const [name, value] of Object.entries(ours)) {
    t.equal(value, library[name as keyof typeof ours], name)
  }
})
