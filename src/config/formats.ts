// Reads the text of a configuration file: one document of YAML 1.2, of which JSON is a part. Nothing
// in the text may throw, grow without bound or be dropped in silence.
import type { Document, ParsedNode } from 'yaml'
import { Composer, LineCounter, Parser } from './yaml.ts'
import { fail, ok, type Result } from '../core/result.ts'
import type { PlainMap } from './leaf.ts'
import { maxDepth, nestingOf } from './nesting.ts'
import type { Problem } from './problem.ts'
import { plainData } from './plain-data.ts'
import { describeYamlFault } from './yaml-faults.ts'

export interface ParsedFile {
  readonly data: PlainMap
  /** Where each path stands in the file, as a character offset: to list problems in its order. */
  readonly order: ReadonlyMap<string, number>
  /** What the text says but may not: reserved names, keys given twice, merge keys. */
  readonly problems: readonly Problem[]
}

/** More than any configuration needs; bounds what parsing can cost. */
const maxBytes = 1_048_576

/** Parses a file's bytes. `file` is its name, for problems of the text as a whole. */
export const parseFile = (
  bytes: Uint8Array,
  file: string,
): Result<ParsedFile, readonly Problem[]> => {
  const refuse = (messages: readonly string[]): Result<never, readonly Problem[]> =>
    fail(messages.map((message) => ({ path: file, message })))

  if (bytes.length > maxBytes) {
    return refuse([`has ${bytes.length} bytes; a configuration may have ${maxBytes}`])
  }
  const text = decode(bytes)
  if (text === undefined) return refuse(['is not UTF-8 text'])
  const document = composeYaml(text)
  if (!document.ok) return refuse(document.error)
  if (document.value === undefined) return ok({ data: {}, order: new Map(), problems: [] })
  return plainData(document.value, file)
}

/**
 * The one document of a YAML text, undefined when there is none, or what is wrong with its syntax.
 *
 * @param firstLine what the text's first line is called in messages: it may be a part of a file
 */
export const composeYaml = (
  text: string,
  firstLine = 1,
): Result<Document<ParsedNode> | undefined, readonly string[]> => {
  const lines = new LineCounter()
  const tokens = [...new Parser(lines.addNewLine).parse(text)]
  // The composer recurses: a hundred thousand brackets would end the process, not the parse.
  if (nestingOf(tokens) > maxDepth) return fail([`is nested more than ${maxDepth} levels deep`])

  const [document, second] = new Composer({ schema: 'core', uniqueKeys: false }).compose(tokens)
  if (document === undefined) return ok(undefined)
  if (second !== undefined) return fail(['holds several documents (---); give one'])
  const faults = syntaxFaults(document, lines, firstLine)
  return faults.length > 0 ? fail(faults) : ok(document)
}

/** The text that the bytes are in UTF-8, without a byte order mark; undefined when they are not. */
export const decode = (bytes: Uint8Array): string | undefined => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** Errors and warnings of the parser, the first of each line, ten at the most: the rest tend to follow. */
const syntaxFaults = (
  document: Document<ParsedNode>,
  lines: LineCounter,
  firstLine: number,
): readonly string[] => {
  const version = document.directives?.yaml.version
  if (version !== '1.2') return [`declares YAML ${String(version)}; this is read as YAML 1.2`]
  const faults = new Map<number, string>()
  for (const { message, pos } of [...document.errors, ...document.warnings]) {
    const { line, col } = lines.linePos(pos[0])
    const place = `line ${line + firstLine - 1}, column ${col}`
    if (!faults.has(line)) faults.set(line, `${place}: ${describeYamlFault(message)}`)
  }
  return [...faults.values()].slice(0, 10)
}
