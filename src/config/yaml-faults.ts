// What the YAML parser finds wrong, in words of those who write configurations. A message that is not
// known here is passed on, shortened: it may quote what the parser choked on.
import { shown } from './problem.ts'

/** By the parser's message; a test holds each against the parser. */
const words: readonly (readonly [message: RegExp, words: string])[] = [
  [/^Tabs are not allowed/, 'a tab stands where the line is indented; indent with spaces'],
  [
    /^All (?:mapping|sequence) items must start at the same column/,
    'the line is indented otherwise than the lines it belongs to; give it the same column',
  ],
  [
    /^Flow (?:map|sequence) in block collection must be/,
    'a { or [ before it is not closed, or what is in it is not indented',
  ],
  [/^Flow map .*must end with a \}/, 'a { before it is not closed'],
  [/^Flow sequence .*must end with a \]/, 'a [ before it is not closed'],
  [/^Missing closing (["'])quote/, 'a quote before it is not closed'],
  [/^Implicit map keys need to be followed/, 'a key has no colon and value; write key: value'],
  [
    /^Implicit keys need to be on a single line/,
    'the lines before it are no key: value; look for a colon or quote that is missing',
  ],
  [/^Nested mappings are not allowed/, 'a value holds ": "; put the value in quotes'],
  [/^Plain value cannot start with/, 'a value begins with a reserved character; put it in quotes'],
  [/^Missing , /, 'a comma is missing between two entries'],
  [/ at node end$/, 'something stands behind a value that is complete; is a comma missing?'],
  [
    /^Block collections are not allowed within flow/,
    'a comma is missing in { } or [ ], or quotes around a value that holds ": "',
  ],
  [/^Invalid escape sequence/, 'an escape that YAML does not know; in single quotes \\ is itself'],
]

/** A fault in words, as the end of a sentence that begins with its place. */
export const describeYamlFault = (message: string): string =>
  words.find(([pattern]) => pattern.test(message))?.[1] ?? shown(message).slice(1, -1)
