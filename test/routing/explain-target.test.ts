import t from 'tap'
import { isDenial } from '../../src/core/denial.ts'
import { explainTarget } from '../../src/routing/explain-target.ts'
import { parseTarget } from '../../src/routing/target.ts'
import { createSeededRandom } from '../helpers/seeded-random.ts'

t.test('each rule has its words', async (t) => {
  const cases: readonly { given: string; want: string | undefined }[] = [
    { given: '/orders/7?a=%zz', want: undefined },
    { given: '/', want: undefined },
    { given: '/files/a%2Fb', want: undefined },
    { given: '*', want: 'it does not begin with "/"; only a path from the root is taken' },
    {
      given: 'http://a/b',
      want: 'it does not begin with "/"; only a path from the root is taken',
    },
    { given: '/a b', want: 'the byte 0x20 at position 3 must be escaped' },
    { given: '/a\u0001', want: 'the byte 0x01 at position 3 must be escaped' },
    { given: '/\u00e9', want: 'the byte 0xE9 at position 2 must be escaped' },
    { given: '/a?b#c', want: '"#" at position 5 must be escaped' },
    { given: '/a/%zz', want: 'segment 2 has an escape that is broken or is not UTF-8' },
    { given: '/%c0%af', want: 'segment 1 has an escape that is broken or is not UTF-8' },
    {
      given: '/a%00',
      want: 'segment 1 holds an escaped control character, or an escape that a second decode would resolve',
    },
    {
      given: '/a/%252e',
      want: 'segment 2 holds an escaped control character, or an escape that a second decode would resolve',
    },
    { given: '/a%5Cb', want: 'segment 1 holds a backslash' },
    {
      given: '/a/..%2fb',
      want: 'segment 2 holds %2F after a ";", or beside nothing, "." or ".."',
    },
    { given: '/a/../b', want: 'segment 2 is "." or ".." once decoded and cut at ";"' },
    { given: '/a/%2e;x', want: 'segment 2 is "." or ".." once decoded and cut at ";"' },
    { given: '/a//b', want: 'segment 2 is empty' },
    { given: '/;x/b', want: 'segment 1 is empty once cut at ";"' },
  ]
  for (const { given, want } of cases) t.equal(explainTarget(given), want, given)
})

t.test(
  'it finds a rule for every target that is refused as ambiguous, and for no other',
  async (t) => {
    const random = createSeededRandom()
    t.comment(`FUZZ_SEED=${random.seed}`)
    const pieces = ['/', '/', 'a', '.', '..', ';', '%2f', '%2e', '%5c', '%25', '2e', '%', '?', '#']
    const rare = ['\\', ' ', '\u0000', '\u00e9', '%00', '%c3%a9', '%ff', '%3b', '*']
    let refused = 0
    for (let round = 0; round < 20_000; round += 1) {
      const length = random.below(8)
      const tail = Array.from({ length }, () => random.pick(random.below(9) === 0 ? rare : pieces))
      const raw = (random.below(30) === 0 ? '' : '/') + tail.join('')
      const parsed = parseTarget(raw, '')
      const ambiguous = isDenial(parsed) && parsed.code === 'target_ambiguous'
      refused += Number(ambiguous)
      if ((explainTarget(raw) !== undefined) !== ambiguous) {
        t.fail(`${JSON.stringify(raw)}: ${String(explainTarget(raw))}`)
        return
      }
    }
    t.ok(refused > 1000 && refused < 19_000, `${refused} were refused`)
  },
)
