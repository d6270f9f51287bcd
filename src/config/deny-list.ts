// Reads a deny list: a list of entries in YAML or JSON, checked entry by entry. A long one is read in
// slices, so that a running gate goes on answering meanwhile.
import { setImmediate } from 'node:timers/promises'
import { hasDuplicateNames } from '../core/duplicate-names.ts'
import { fail, ok, type Result } from '../core/result.ts'
import type { DeniedToken, DenyListSettings } from '../core/settings.ts'
import type { Context } from './authorizer-settings.ts'
import { readBytes } from './files.ts'
import { composeYaml, decode } from './formats.ts'
import { plainValue } from './plain-data.ts'
import { createProblems, itemPath, shown, type Report } from './problem.ts'
import { deniedTokenTable } from './schema-deny-list.ts'
import { checkStructure } from './structure.ts'

/** The entries, or what is wrong with the list, one line each. */
export type ParsedDenyList = Result<readonly DeniedToken[], readonly string[]>

/** Bytes that the file may have: two or three times what the entries need that it may have. */
export const maxDenyListBytes = 16_777_216

export const maxDeniedTokens = 100_000

/** Entries of a slice: a few milliseconds. */
const sliceLength = 50

/** Characters of a list that is read at once: all that has another form than the two for long lists. */
const maxWholeLength = 16_384

/** The settings of `denyList.file`, with the list as it is now. A list that is broken is a problem. */
export const denyListSettings = (
  { file }: { readonly file: string },
  { report, resolvePath, inForce }: Context,
): DenyListSettings => {
  if (file === '') return { path: undefined, tokens: [] }
  const path = resolvePath(file)
  if (inForce !== undefined)
    return path === inForce.denyList.path ? inForce.denyList : { path, tokens: [] }
  const bytes = readBytes(path)
  const list = bytes.ok ? parseDenyList(bytes.value) : fail([bytes.error])
  if (list.ok) return { path, tokens: list.value }
  for (const fault of list.error) report('denyList.file', `${shown(file)} ${fault}`)
  return { path, tokens: [] }
}

/** Reads a list at once. */
export const parseDenyList = (bytes: Uint8Array): ParsedDenyList => {
  const steps = parse(bytes)
  let step = steps.next()
  while (step.done !== true) step = steps.next()
  return step.value
}

/** Reads a list, and lets the event loop turn between two slices of it. */
export const parseDenyListInSlices = async (bytes: Uint8Array): Promise<ParsedDenyList> => {
  const steps = parse(bytes)
  let step = steps.next()
  while (step.done !== true) {
    await setImmediate()
    step = steps.next()
  }
  return step.value
}

const parse = function* (bytes: Uint8Array): Generator<undefined, ParsedDenyList> {
  if (bytes.length > maxDenyListBytes) {
    return fail([`has ${bytes.length} bytes; a deny list may have ${maxDenyListBytes}`])
  }
  const text = decode(bytes)
  if (text === undefined) return fail(['is not UTF-8 text'])
  const problems = createProblems()
  const tokens: DeniedToken[] = []
  for (const slice of slicesOf(text)) {
    if (!slice.ok) return slice
    for (const entry of slice.value) {
      const place = itemPath('', tokens.length)
      tokens.push(readEntry(entry, place, problems.report))
    }
    if (tokens.length > maxDeniedTokens) return fail([`has more than ${maxDeniedTokens} entries`])
    const faults = problems.all().map(({ path, message }) => `${path} ${message}`)
    // The rest tends to be wrong in the same way.
    if (faults.length > 0) return fail(faults.slice(0, 10))
    yield
  }
  return ok(tokens)
}

/** Entries, or what is wrong with them; nobody asks for more after that. */
type Slice = Result<readonly unknown[], readonly string[]>

const slicesOf = (text: string): Iterable<Slice> => {
  if (text.length <= maxWholeLength) return [yamlEntries(text, 1)]
  return text.trimStart().startsWith('[') ? jsonSlices(text) : blockSlices(text)
}

/** JSON, which takes a tenth of the time of YAML: a list of objects that hold nothing but scalars. */
const jsonSlices = function* (text: string): Generator<Slice> {
  const flatObjects = /\s*(\{(?:[^"{}[\]]|"(?:[^"\\]|\\.)*")*\})\s*(?:,|(\])\s*$)/gy
  flatObjects.lastIndex = text.indexOf('[') + 1
  let entries: string[] = []
  let ended = false
  for (const [, json = '', end] of text.matchAll(flatObjects)) {
    ended = end !== undefined
    entries.push(json)
    if (entries.length < sliceLength) continue
    yield parseJsonEach(entries)
    entries = []
  }
  const last = parseJsonEach(entries)
  const cut = fail(['is long and begins with [, but is no JSON list of entries'])
  yield ended || !last.ok ? last : cut
}

/** The values of the texts, or what is wrong with the first bad one. */
const parseJsonEach = (texts: readonly string[]): Slice => {
  const values: unknown[] = []
  for (const text of texts) {
    const value = parseJson(text)
    if (!value.ok) return value
    values.push(value.value)
  }
  return ok(values)
}

const parseJson = (json: string): Result<unknown, readonly string[]> => {
  try {
    const value: unknown = JSON.parse(json)
    return hasDuplicateNames(json) ? fail(['has an entry with a name in it twice']) : ok(value)
  } catch {
    return fail(['has an entry that is not JSON'])
  }
}

/** A YAML list whose entries begin with a dash at the start of a line. */
const blockSlices = function* (text: string): Generator<Slice> {
  const starts = /\n(?=-[ \t\r\n])/g
  let line = 1
  let begin = 0
  while (begin < text.length) {
    let end = begin
    for (let entry = 0; entry < sliceLength && end < text.length; entry += 1) {
      end = starts.exec(text) === null ? text.length : starts.lastIndex
    }
    const part = text.slice(begin, end)
    yield part.length > maxWholeLength
      ? fail([`line ${line} or later: an entry is too long, or does not begin with "- "`])
      : yamlEntries(part, line)
    line += part.split('\n').length - 1
    begin = end
  }
}

const yamlEntries = (text: string, firstLine: number): Slice => {
  const document = composeYaml(text, firstLine)
  if (!document.ok) return document
  const plain = document.value === undefined ? undefined : plainValue(document.value, '')
  if (plain?.ok === false) return fail(plain.error.map(({ message }) => message))
  const { data = null, problems = [] } = plain?.value ?? {}
  if (problems.length > 0) {
    return fail(
      problems.map(({ path, message }) => `line ${firstLine} or later: ${path} ${message}`),
    )
  }
  if (Array.isArray(data)) return ok(data)
  // An empty file is what is left of one that is being written, or was lost.
  const what = data === null ? 'is empty; a list without entries is []' : `holds ${shown(data)}`
  return fail([data === null ? what : `${what}; a deny list is a list of entries`])
}

const readEntry = (entry: unknown, place: string, report: Report): DeniedToken => {
  const { value, claim, issuer } = checkStructure(deniedTokenTable, entry, place, report)
  if (value === '') report(`${place}.value`, 'is empty')
  return {
    claim: claim as DeniedToken['claim'],
    value: value as string,
    issuer: issuer === undefined || issuer === '' ? undefined : (issuer as string),
  }
}
