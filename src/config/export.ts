// An API Gateway export beside the configuration file: read where the file's `openapi` says, and what
// the file says stands over it. What is merged here is plain data, which is checked afterwards.
import type { ExportedApi, ExportNote, ReadExport } from '../core/exported-api.ts'
import { fail, type Result } from '../core/result.ts'
import { parseExport } from './export-text.ts'
import { readBytes } from './files.ts'
import { isPlainMap, type PlainMap } from './leaf.ts'
import { shown, type Problem } from './problem.ts'

/** An export's routes that the file does not replace, and what is said of them. */
export interface MergedExport {
  /** The file's data with the export's authorizers, gateway responses, CORS and stage variables. */
  readonly data: PlainMap
  readonly routes: readonly ExportedRoute[]
  readonly notes: readonly ExportNote[]
}

export interface ExportedRoute {
  /** `orders.json#/paths/~1orders/get` */
  readonly origin: string
  readonly entry: unknown
}

interface Place {
  /** As the file names it. */
  readonly given: string
  readonly path: string
}

/** Reads the export at `place`, for an API of that type; undefined lets the export tell. */
export const loadExport = async (
  { given, path }: Place,
  apiType: 'REST' | 'HTTP' | undefined,
  readExport: ReadExport,
): Promise<Result<ExportedApi, readonly Problem[]>> => {
  const bytes = readBytes(path)
  if (!bytes.ok) return fail([{ path: 'openapi', message: `${shown(given)} ${bytes.error}` }])
  const document = parseExport(bytes.value, given)
  if (!document.ok) return document
  const read = await readExport(document.value, apiType === undefined ? {} : { apiType })
  if (read.ok) return read
  return fail(
    read.error.map(({ pointer, message }) => ({ path: exportPath(given, pointer), message })),
  )
}

/** How a place in an export is named: `orders.json#/paths/~1orders`. */
export const exportPath = (file: string, pointer: string): string => `${file}#${pointer}`

/** The file's data over the export's. `file` is how the configuration names the export. */
export const mergeExport = (own: PlainMap, api: ExportedApi, file: string): MergedExport => {
  const { configuration, origins } = api
  const ownRoutes = listOf(own['routes']).flatMap(readOwnRoute)
  const all = listOf(configuration['routes']).map((entry, index) => ({
    entry,
    pointer: origins.get(`routes[${index}]`) ?? '',
    isReplaced: ownRoutes.some((route) => replaces(route, entry)),
  }))
  const replaced = all.filter(({ isReplaced }) => isReplaced).map(({ pointer }) => pointer)
  return {
    data: mergeKeys(own, configuration),
    routes: all
      .filter(({ isReplaced }) => !isReplaced)
      .map(({ entry, pointer }) => ({ entry, origin: exportPath(file, pointer) })),
    notes: api.notes.filter(({ pointer }) => !replaced.some((other) => isBelow(pointer, other))),
  }
}

const isBelow = (pointer: string, other: string): boolean =>
  pointer === other || pointer.startsWith(`${other}/`)

interface OwnRoute {
  readonly shape: string
  readonly methods: readonly unknown[]
}

/** Only what names a path and methods can replace anything; the rest is reported later. */
const readOwnRoute = (entry: unknown): readonly OwnRoute[] => {
  if (!isPlainMap(entry)) return []
  const { path, method } = entry
  if (typeof path !== 'string') return []
  return [{ shape: shapeOf(path), methods: Array.isArray(method) ? method : [method] }]
}

const replaces = ({ shape, methods }: OwnRoute, exported: unknown): boolean => {
  const [route] = readOwnRoute(exported)
  if (route?.shape !== shape) return false
  return methods.includes('ANY') || route.methods.every((method) => methods.includes(method))
}

/** A path without the names of its parameters. */
const shapeOf = (path: string): string => path.replaceAll(/\{[^{}]*?(\+?)\}/g, '{$1}')

const mergeKeys = (own: PlainMap, exported: PlainMap): PlainMap => ({
  ...own,
  ...mergedMap('authorizers', own, exported, mergeDeep),
  ...mergedMap('gatewayResponses', own, exported, (entry) => entry),
  ...mergedMap('stageVariables', own, exported, (entry) => entry),
  ...(Object.hasOwn(own, 'cors') || !Object.hasOwn(exported, 'cors')
    ? {}
    : { cors: exported['cors'] }),
})

type Merge = (own: unknown, exported: unknown) => unknown

/** The map at `key`, entry by entry; what is no map stays, to be reported. */
const mergedMap = (key: string, own: PlainMap, exported: PlainMap, merge: Merge): PlainMap => {
  const theirs = Object.hasOwn(exported, key) ? exported[key] : undefined
  if (!isPlainMap(theirs)) return {}
  const ours = Object.hasOwn(own, key) ? own[key] : {}
  return isPlainMap(ours) ? { [key]: mergeMaps(ours, theirs, merge) } : {}
}

const mergeMaps = (own: PlainMap, exported: PlainMap, merge: Merge): PlainMap => {
  const merged = new Map(Object.entries(exported))
  for (const [key, value] of Object.entries(own)) {
    merged.set(key, merged.has(key) ? merge(value, merged.get(key)) : value)
  }
  return Object.fromEntries(merged)
}

/** Maps key by key; everything else, lists included, is replaced. */
const mergeDeep: Merge = (own, exported) =>
  isPlainMap(own) && isPlainMap(exported) ? mergeMaps(own, exported, mergeDeep) : own

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** What an export is when there is none. */
export const noExport = (data: PlainMap): MergedExport => ({ data, routes: [], notes: [] })
