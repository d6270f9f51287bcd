// What clients may write for a name is endless: floods and random spellings of it.
import fc from 'fast-check'
import t from 'tap'
import { plainHeaders, publicPermit } from './fixtures.ts'

t.test('a flood of spellings changes no verdict', async (t) => {
  const { apply } = plainHeaders()
  const junk = Array.from({ length: 5000 }, (_, index) => [`X-Junk-${index}`, 'v']).flat()
  t.strictSame(apply(junk, publicPermit), { headers: junk, stripped: 0 })
  const long = `X-${'a'.repeat(100)}`
  const lines = [long, 'v', 'X-User-Sub', 'admin', `X-Gate-${'b'.repeat(100)}`, 'v']
  for (const round of ['first', 'second']) {
    t.strictSame(apply(lines, publicPermit), { headers: [long, 'v'], stripped: 1 }, round)
  }
})

t.test('random spellings of a configured name never survive', async (t) => {
  const { apply } = plainHeaders({ stripHeaders: ['X-Debug-Mode'] })
  const words = fc.constantFrom('x user sub', 'x user email', 'x debug mode', 'x gate a b')
  const marks = fc.array(fc.constantFrom(...Array.from("!#$%&'*+-.^_`|~")), { minLength: 4 })
  const spelling = fc
    .tuple(fc.mixedCase(words), marks)
    .map(([name, [...left]]) => name.replaceAll(' ', () => left.pop() ?? '-'))
  fc.assert(
    fc.property(spelling, (name) => apply([name, 'v'], publicPermit).headers.length === 0),
    { numRuns: 3000 },
  )
  t.pass('fast-check prints its seed on failure')
})
