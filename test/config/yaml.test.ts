import * as library from 'yaml'
import t from 'tap'
import * as ours from '../../src/config/yaml.ts'

t.test('what it gives is yaml’s', async (t) => {
  for (const [name, value] of Object.entries(ours)) {
    t.equal(value, library[name as keyof typeof ours], name)
  }
})
