// Command-line words to values. A wrong word is one clear line, never a stack trace.
import { parseArgs, type ParseArgsConfig } from 'node:util'
import { fail, ok, type Result } from '../core/result.ts'

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
    return ok(parseArgs({ args: [...args], options, strict: true, allowPositionals: false }).values)
  } catch (error) {
    return fail(firstSentence((error as Error).message))
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
    return ok({ values: parsed.values, operand })
  } catch (error) {
    return fail(firstSentence((error as Error).message))
  }
}

/** node:util adds advice about `--` that confuses here; its first sentence says what is wrong. */
const firstSentence = (message: string): string => {
  const end = message.search(/\. |\n/)
  return end === -1 ? message : message.slice(0, end)
}
