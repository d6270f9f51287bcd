import t from 'tap'
import { parseArguments } from '../../src/commands/arguments.ts'

const options = { config: { type: 'string' }, strict: { type: 'boolean' } } as const

t.test('values are given by name', async (t) => {
  const parsed = parseArguments(['--config', 'gate.yaml', '--strict'], options)
  t.ok(parsed.ok)
  if (parsed.ok) t.strictSame({ ...parsed.value }, { config: 'gate.yaml', strict: true })
})

t.test('a wrong word is one line', async (t) => {
  for (const args of [['--confg', 'x'], ['gate.yaml'], ['--config'], ['--strict=yes'], ['-x']]) {
    const parsed = parseArguments(args, options)
    t.notOk(parsed.ok, args.join(' '))
    if (!parsed.ok) {
      t.match(parsed.error, args[0]?.replace(/=.*/, '') ?? '')
      t.notMatch(parsed.error, /\n|-- /)
    }
  }
})
