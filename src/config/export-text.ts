// Reads the text of an API Gateway export, which is far larger than a configuration and written by a
// program: JSON by JSON's own parser, YAML with the numbers for keys that AWS writes.
import { hasDuplicateNames } from '../core/duplicate-names.ts'
import { fail, ok, type Result } from '../core/result.ts'
import { composeYaml, decode } from './formats.ts'
import { maxDepth } from './nesting.ts'
import { plainValue, reservedNames, type DataLimits } from './plain-data.ts'
import type { Problem } from './problem.ts'

/** Bytes of an export. API Gateway itself takes no definition of more than 6 MB. */
export const maxExportBytes = 8_388_608

const limits: DataLimits = { maxValues: 200_000, numberKeys: true }

type Parsed = Result<unknown, readonly Problem[]>

/** The document as maps, lists and scalars, or what is wrong with its text. `file` is its name. */
export const parseExport = (bytes: Uint8Array, file: string): Parsed => {
  if (bytes.length > maxExportBytes) {
    return refuse(file, `has ${bytes.length} bytes; an export may have ${maxExportBytes}`)
  }
  const text = decode(bytes)
  if (text === undefined) return refuse(file, 'is not UTF-8 text')
  const json = parseJson(text)
  return json === undefined ? parseYaml(text, file) : judgeJson(json.value, text, file)
}

const refuse = (path: string, message: string): Parsed => fail([{ path, message }])

/** Undefined for what is no JSON: it may still be YAML, whose parser knows lines and columns. */
const parseJson = (text: string): { readonly value: unknown } | undefined => {
  try {
    return { value: JSON.parse(text) as unknown }
  } catch {
    return undefined
  }
}

const judgeJson = (value: unknown, text: string, file: string): Parsed => {
  const todo = [{ value, depth: 0 }]
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const { value, depth } = next
    if (typeof value !== 'object' || value === null) continue
    if (depth >= maxDepth) return refuse(file, `is nested more than ${maxDepth} levels deep`)
    const name = Object.keys(value).find((key) => reservedNames.includes(key))
    if (name !== undefined) return refuse(file, `has the key ${name}, which is a reserved name`)
    for (const child of Object.values(value)) todo.push({ value: child, depth: depth + 1 })
  }
  if (hasDuplicateNames(text)) return refuse(file, 'has an object with a name in it twice')
  return ok(value)
}

const parseYaml = (text: string, file: string): Parsed => {
  const document = composeYaml(text)
  if (!document.ok) return fail(document.error.map((message) => ({ path: file, message })))
  if (document.value === undefined) return refuse(file, 'is empty')
  const plain = plainValue(document.value, file, limits)
  if (!plain.ok) return plain
  const { data, problems } = plain.value
  return problems.length === 0
    ? ok(data)
    : fail(problems.map(({ path, message }) => ({ path: file, message: `${path} ${message}` })))
}
