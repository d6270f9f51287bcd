// An OpenAPI export of API Gateway as plain data of the configuration's own shape, with the place in
// the export of all that it says, and notes on all that it does not. Nothing is opened by a guess:
// an operation that is not fully understood becomes DENY.
import { fail, ok, type Result } from '../core/result.ts'
import { apiTypeOf, type ApiType } from './api-type.ts'
import { schemesOf, type Scheme } from './authorizers.ts'
import { basePathOf } from './base-path.ts'
import { completedCopy } from './completed.ts'
import { rootNotes } from './extensions.ts'
import type { ExportedApi, ExportFault, ReadExport } from '../core/exported-api.ts'
import { operationsOf } from './paths.ts'
import { isPlainMap, type PlainMap } from './plain.ts'
import { keyPath, shown } from '../core/shown.ts'
import { responsesOf } from './responses.ts'
import { routesOf } from './routes.ts'
import { scan } from './scan.ts'
import { schemaFaults } from './validate.ts'
import { schemesPlace, versionOf, type Version } from './version.ts'

/**
 * Reads an export that has been parsed. Fails with the first problems when it is no OpenAPI 2.0 or
 * 3.0 document that could be one of API Gateway's.
 */
export const readExport: ReadExport = async (document, options) => {
  if (!isPlainMap(document)) {
    return fail([{ pointer: '', message: `is ${shown(document)}, not an OpenAPI document` }])
  }
  const unreadable = scan(document)
  if (unreadable.length > 0) return fail(unreadable)
  const version = versionOf(document)
  if (!version.ok) return version
  const invalid = await schemaFaults(completedCopy(document, version.value))
  if (invalid.length > 0) return fail(invalid)
  return translate(document, version.value, options.apiType)
}

const translate = (
  document: PlainMap,
  version: Version,
  wanted: ApiType | undefined,
): Result<ExportedApi, readonly ExportFault[]> => {
  const found = operationsOf(document)
  if (!found.ok) return found
  const { operations, notes } = found.value
  const schemes = schemesOf(document, schemesPlace(document, version))
  const apiType = apiTypeOf({ document, schemes, operations }, wanted)
  if (!apiType.ok) return apiType
  const basePath = basePathOf(document, version)
  const scope = { document, schemes, basePath, apiType: apiType.value }
  const routes = routesOf(operations, scope)
  const authorizers = authorizersOf(schemes)
  const responses = responsesOf(document, apiType.value)
  return ok({
    apiType: apiType.value,
    configuration: {
      ...authorizers.configuration,
      routes: routes.routes,
      ...responses.configuration,
    },
    origins: new Map([
      ...authorizers.origins,
      ...operations.map(({ pointer }, index) => [`routes[${index}]`, pointer] as const),
      ...responses.origins,
    ]),
    basePath,
    upstreamUrl: routes.upstreamUrl,
    notes: [...rootNotes(document, version), ...notes, ...responses.notes, ...routes.notes],
  })
}

const authorizersOf = (schemes: ReadonlyMap<string, Scheme>) => {
  const carried = [...schemes].flatMap(([name, scheme]) =>
    scheme.kind === 'authorizer' ? [{ name, ...scheme }] : [],
  )
  const entries = carried.map(({ name, settings }) => [name, settings] as const)
  return {
    configuration: carried.length === 0 ? {} : { authorizers: Object.fromEntries(entries) },
    origins: carried.map(({ name, pointer }) => [keyPath('authorizers', name), pointer] as const),
  }
}
