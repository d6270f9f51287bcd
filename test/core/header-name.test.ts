import t from 'tap'
import { foldHeaderName } from '../../src/identity/alias.ts'

t.test('names that are one variable to an upstream fold alike', async (t) => {
  const spellings = [
    'x-claim-sub',
    'X-Claim-Sub',
    'X_CLAIM_SUB',
    'x.claim.sub',
    'X~Claim!Sub',
    "x'claim`sub",
    'x|claim^sub',
    'x-claim_sub',
  ]
  for (const spelling of spellings) t.equal(foldHeaderName(spelling), 'x_claim_sub', spelling)
})

t.test('names that are not one variable stay apart', async (t) => {
  for (const other of [
    'x-claim-subs',
    'xclaimsub',
    'x--claim-sub',
    'x-claim-5ub',
    '-x-claim-sub',
  ]) {
    t.not(foldHeaderName(other), 'x_claim_sub', other)
  }
})

t.test('every token character of RFC 9110 that is no letter or digit becomes _', async (t) => {
  t.equal(foldHeaderName("!#$%&'*+-.^_`|~"), '_'.repeat(15))
  t.equal(foldHeaderName('AZaz09'), 'azaz09')
})

t.test('a character beyond ASCII never becomes a letter', async (t) => {
  // U+212A, the Kelvin sign, has k as its lower case.
  t.equal(foldHeaderName('\u212aey'), '_ey')
  t.equal(foldHeaderName('\u00e9'), '_')
})
