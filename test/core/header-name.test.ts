import t from 'tap'
import { foldHeaderName, rememberBySpelling } from '../../src/core/header-name.ts'

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

t.test('what was said of a spelling is remembered, within bounds', async (t) => {
  let asked = 0
  const classify = rememberBySpelling((name) => {
    asked += 1
    return name.length
  })
  t.equal(classify('Host'), 4)
  t.equal(classify('Host'), 4)
  t.equal(asked, 1)
  t.equal(classify('host'), 4)
  t.equal(asked, 2, 'another spelling')
  const long = 'x'.repeat(65)
  classify(long)
  classify(long)
  t.equal(asked, 4, 'long names are not kept')
  for (let index = 0; index < 2000; index++) classify(`x-${index}`)
  asked = 0
  classify('Host')
  classify('Host')
  t.equal(asked, 1, 'begun anew')
})
