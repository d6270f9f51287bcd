import t from 'tap'
import { parseArguments, parseWithOperand } from '../../src/commands/arguments.ts'

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

t.test('one operand may stand anywhere, or be missing', async (t) => {
  for (const args of [
    ['api.json', '--config', 'x'],
    ['--config', 'x', 'api.json'],
    ['--config', 'x', '--', 'api.json'],
  ]) {
    t.match(parseWithOperand(args, options, 'EXPORT'), {
      ok: true,
      value: { operand: 'api.json', values: { config: 'x' } },
    })
  }
  t.match(parseWithOperand([], options, 'EXPORT'), { ok: true, value: { operand: undefined } })
  t.strictSame(parseWithOperand(['a', 'b'], options, 'EXPORT'), {
    ok: false,
    error: 'takes one EXPORT, not "b" as well',
  })
  t.match(parseWithOperand(['a', '-x'], options, 'EXPORT'), { ok: false, error: /'-x'/ })
})
