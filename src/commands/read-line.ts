// One line from standard input, within a bound. What follows it is not waited for.
import { fail, ok, type Result } from '../core/result.ts'

/** Longest line, in bytes; a header line of a request could not be longer either. */
export const maxLineBytes = 65_536

/** The first line without its end, or all there is when no line ends. */
export const readLine = async (
  input: AsyncIterable<Uint8Array>,
): Promise<Result<string, string>> => {
  let text = ''
  for await (const chunk of input) {
    text += Buffer.from(chunk).toString('latin1')
    const end = text.indexOf('\n')
    if (end !== -1) return bounded(text.slice(0, end))
    if (text.length > maxLineBytes) break
  }
  return bounded(text)
}

const bounded = (line: string): Result<string, string> =>
  line.length > maxLineBytes ? fail(`the line is longer than ${maxLineBytes} bytes`) : ok(line)
