// The operations of an export: which method of which path, and where each stands. A path that means
// nothing, or two for the same requests, make an export unreadable: API Gateway has neither.
import { fail, ok, type Result } from '../core/result.ts'
import { methodKeys } from './completed.ts'
import type { ExportNote, ExportFault } from '../core/exported-api.ts'
import { entriesOf, isPlainMap, own, type PlainMap } from './plain.ts'
import { shown } from '../core/shown.ts'
import { below } from './pointer.ts'
import { follow, referenceOf, type Found } from './refs.ts'

export interface Operation {
  /** The template as the configuration has it; `$default` for the route of all that is left. */
  readonly path: string
  /** `GET` and its like, or `ANY`. */
  readonly method: string
  /** The operation object, whatever the export has in its place. */
  readonly node: unknown
  readonly pointer: string
  /** What the path item says of authentication, which API Gateway has for operations alone. */
  readonly itemAuth: unknown
}

export interface Operations {
  readonly operations: readonly Operation[]
  readonly notes: readonly ExportNote[]
}

const anyMethod = 'x-amazon-apigateway-any-method'

/** API Gateway's route of every path and method that nothing else takes, in HTTP APIs. */
const defaultPath = '/$default'

/** Every operation, in the export's order. */
export const operationsOf = (document: PlainMap): Result<Operations, readonly ExportFault[]> => {
  const items = entriesOf(own(document, 'paths'))
    .filter(([path]) => path.startsWith('/'))
    .map(([path, value]) => itemOf(document, path, value))
  const operations = items.flatMap((item) => operationsIn(item))
  const faults = [...items.flatMap(faultsOfItem), ...duplicates(operations)]
  if (faults.length > 0) return fail(faults)
  // Without a route, a configuration would have its own idea of what everybody may call.
  if (operations.length === 0) return fail([{ pointer: '/paths', message: 'has no operation' }])
  return ok({ operations, notes: items.flatMap(notesOfItem) })
}

interface Item {
  readonly path: string
  /** The key of `paths`, which holds a reference or the item itself. */
  readonly key: Found
  readonly item: Found
}

const itemOf = (document: PlainMap, path: string, value: unknown): Item => {
  const key = { value, pointer: below('/paths', path) }
  const item = follow(document, key)
  return { path, key, item: item.ok ? item.value : key }
}

const operationsIn = ({ path, item }: Item): readonly Operation[] => {
  const known = [...methodKeys, anyMethod].filter((key) => own(item.value, key) !== undefined)
  return known.map((key) => {
    const node = own(item.value, key)
    const method = key === anyMethod ? 'ANY' : key.toUpperCase()
    const isDefault = path === defaultPath && method === 'ANY'
    return {
      path: isDefault && own(node, 'isDefaultRoute') === true ? '$default' : path,
      method,
      node,
      pointer: below(item.pointer, key),
      itemAuth: own(item.value, 'x-amazon-apigateway-auth'),
    }
  })
}

const faultsOfItem = ({ path, key, item }: Item): readonly ExportFault[] => {
  const { pointer } = key
  if (!isPlainMap(item.value)) return [{ pointer, message: `${shown(item.value)} is no path item` }]
  const fault = faultOfPath(path)
  const faults = fault === undefined ? [] : [{ pointer, message: `${shown(path)} ${fault}` }]
  if (referenceOf(key.value) === undefined) return faults
  const beside = entriesOf(key.value).find(([name]) => name !== '$ref')
  if (beside === undefined) return faults
  const message = `${shown(beside[0])} stands beside $ref; which of the two is meant is not defined`
  return [...faults, { pointer, message }]
}

/** API Gateway, "Known issues": parameters are whole segments, and a greedy one is the last. */
const faultOfPath = (path: string): string | undefined => {
  const segments = path.slice(1).split('/')
  const wrong = segments.find((text) => /[{}]/.test(text) && !/^\{[\w.-]+\+?\}$/.test(text))
  if (wrong !== undefined) return `has ${shown(wrong)}, which is neither a parameter nor a literal`
  if (segments.slice(0, -1).some((text) => text.endsWith('+}'))) {
    return 'has a parameter such as {proxy+} that is not the last segment'
  }
  return segments.slice(0, -1).includes('') ? 'has an empty segment' : undefined
}

/** Paths that differ in parameter names only take the same requests. */
const duplicates = (operations: readonly Operation[]): readonly ExportFault[] => {
  const seen = new Map<string, Operation>()
  return operations.flatMap((operation) => {
    const { path, method, pointer } = operation
    const requests = `${method} ${path.replace(/\{[^{}+]*/g, '{')}`
    const other = seen.get(requests)
    if (other === undefined) seen.set(requests, operation)
    return other === undefined
      ? []
      : [{ pointer, message: `takes the same requests as ${method} ${shown(other.path)}` }]
  })
}

/** What else an item holds. `trace` is no method of API Gateway, nor does a route of the gate take it. */
const notesOfItem = ({ item }: Item): readonly ExportNote[] => {
  const unknown = entriesOf(item.value).filter(
    ([key]) => key === 'trace' || (key.startsWith('x-amazon-') && key !== anyMethod),
  )
  return unknown.map(([key]) => ({
    pointer: below(item.pointer, key),
    message: `${shown(key)} is not known here, so there is no route of it`,
    effect: 'dropped',
  }))
}
