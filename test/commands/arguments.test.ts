import t from 'tap'
import { parseArguments, parseWithOperand } from '../../src/commands/arguments.ts'

const options = { config: { type: 'string' }, strict: { type: 'boolean' } } as const

t.test('values are given by name', async (t) => {
  const parsed = parseArguments(['--config', 'gate.yaml', '--strict'], options)
  t.ok(parsed.ok)
  if (parsed.ok) t.strictSame({ ...parsed.value }, { config: 'gate.yaml', strict: true })
})

t.test('a wrong word is one line', async (t) => {
  for (const [args, error] of [
    [['--confg', 'x'], 'unknown option --confg; did you mean --config?'],
    [['-c', 'x'], 'unknown option -c; did you mean --config?'],
    [['gate.yaml'], '"gate.yaml" is not expected here'],
    [['a\nb'], '"a\nb" is not expected here'],
    [['--config'], '--config needs a value behind it'],
    [['--config', '--strict'], '--config needs a value behind it'],
    [['--config', ''], '--config is empty'],
    [['--config='], '--config is empty'],
    [['--strict=yes'], '--strict takes no value'],
    [['-x'], 'unknown option -x'],
  ] as const) {
    t.strictSame(parseArguments(args, options), { ok: false, error })
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
  t.match(parseWithOperand(['a', '-x'], options, 'EXPORT'), { ok: false, error: /-x/ })
  t.match(parseWithOperand(['a', '--config='], options, 'EXPORT'), { error: '--config is empty' })
})
