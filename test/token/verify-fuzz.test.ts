import t from 'tap'
import { algorithms } from '../../src/core/settings.ts'
import { fuzzVerifiers } from '../helpers/verify-fuzz.ts'

// 200,000 of them are in test/e2e/keys-fuzz.test.ts.
t.test('jose and the gate are of one mind about thousands of mutated tokens', async (t) => {
  const rounds = 4000
  const { accepted, differences } = await fuzzVerifiers(t, { rounds, keyAlgorithms: algorithms })
  t.strictSame(differences, [])
  t.ok(accepted > rounds / 5, `${accepted} of ${rounds} are good`)
})
