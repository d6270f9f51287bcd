// Command-line words to values. A wrong word is one clear line, never a stack trace.
import { parseArgs, type ParseArgsConfig } from 'node:util'
import { fail, ok, type Result } from '../core/result.ts'
import { describeUnknownOption } from './wrong-word.ts'

type Options = NonNullable<ParseArgsConfig['options']>
type Values<T extends Options> = ReturnType<
  typeof parseArgs<{ options: T; strict: true; allowPositionals: false }>
>['values']

/** Parses `args` against `options`. The error is one line for stderr. */
export const parseArguments = <T extends Options>(
  args: readonly string[],
  options: T,
): Result<Values<T>, string> => {
  try {
    const parsed = parseArgs({ args: [...args], options, strict: true, allowPositionals: false })
    return emptyValue(parsed.values) ?? ok(parsed.values)
  } catch (error) {
    return fail(describe(error, options))
  }
}

/**
 * The same with one operand at the most, which may stand before, between or behind the options. `name` is
 * what the usage calls it.
 */
export const parseWithOperand = <T extends Options>(
  args: readonly string[],
  options: T,
  name: string,
): Result<{ readonly values: Values<T>; readonly operand: string | undefined }, string> => {
  try {
    const parsed = parseArgs({ args: [...args], options, strict: true, allowPositionals: true })
    const [operand, second] = parsed.positionals
    if (second !== undefined) return fail(`takes one ${name}, not "${second}" as well`)
    return emptyValue(parsed.values) ?? ok({ values: parsed.values, operand })
  } catch (error) {
    return fail(describe(error, options))
  }
}

/** A variable of a script that was never set, mostly. */
const emptyValue = (values: object): Result<never, string> | undefined => {
  const empty = Object.entries(values).find(([, value]) => value === '')
  return empty === undefined ? undefined : fail(`--${empty[0]} is empty`)
}

/** In words of ours: those of node:util advise about `--`, which confuses here. */
const describe = (error: unknown, options: Options): string => {
  const { code, message } = error as NodeJS.ErrnoException
  const [, word] = /'(.*?)'/s.exec(message) as unknown as readonly [string, string]
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    return describeUnknownOption(word, Object.keys(options))
  }
  if (code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL') return `"${word}" is not expected here`
  // '--config <value>'
  const option = word.replace(/ .*/, '')
  return message.includes('does not take')
    ? `${option} takes no value`
    : `${option} needs a value behind it`
}
