// Whether an export is of a REST API or of an HTTP API. Authorizers say it for certain; otherwise it
// is told by extensions that only one of the two has.
import { fail, ok, type Result } from '../core/result.ts'
import type { CarriedScheme, Scheme } from './authorizers.ts'
import type { ExportFault } from '../core/exported-api.ts'
import type { Operation } from './paths.ts'
import { own, type PlainMap } from './plain.ts'

export type ApiType = 'REST' | 'HTTP'

/** What the type is told by. */
export interface ApiTypeSigns {
  readonly document: PlainMap
  readonly schemes: ReadonlyMap<string, Scheme>
  readonly operations: readonly Operation[]
}

/** The type asked for, else the one that the export shows. Fails when its authorizers contradict it. */
export const apiTypeOf = (
  signs: ApiTypeSigns,
  wanted: ApiType | undefined,
): Result<ApiType, readonly ExportFault[]> => {
  const carried = [...signs.schemes.values()].filter((scheme) => scheme.kind === 'authorizer')
  const [first] = carried
  const apiType = wanted ?? (first === undefined ? guessed(signs) : apiTypeOfScheme(first))
  const others = carried.filter((scheme) => apiTypeOfScheme(scheme) !== apiType)
  if (others.length === 0) return ok(apiType)
  return fail(
    others.map(({ type, pointer }) => ({
      pointer,
      message: `is an authorizer of type ${type}, which ${names[apiType]} cannot have; ${hint(wanted)}`,
    })),
  )
}

const names = { REST: 'a REST API', HTTP: 'an HTTP API' } satisfies Record<ApiType, string>

const hint = (wanted: ApiType | undefined): string =>
  wanted === undefined
    ? 'the export has authorizers of both kinds of API'
    : `${wanted} is the type that was asked for`

const apiTypeOfScheme = ({ type }: CarriedScheme): ApiType => (type === 'JWT' ? 'HTTP' : 'REST')

const restKeys = [
  'gateway-responses',
  'policy',
  'request-validators',
  'request-validator',
  'binary-media-types',
  'api-key-source',
  'minimum-compression-size',
  'documentation',
].map((name) => `x-amazon-apigateway-${name}`)

const guessed = ({ document, operations }: ApiTypeSigns): ApiType => {
  const has = (key: string): boolean => Object.hasOwn(document, key)
  if (operations.some(({ path }) => path === '$default')) return 'HTTP'
  if (has('x-amazon-apigateway-cors')) return 'HTTP'
  // HTTP APIs are exported in OpenAPI 3.0 only.
  if (has('swagger') || restKeys.some(has)) return 'REST'
  if (has('x-amazon-apigateway-importexport-version')) return 'HTTP'
  return operations.some(isOfHttpApi) ? 'HTTP' : 'REST'
}

const isOfHttpApi = ({ node }: Operation): boolean => {
  const integration = own(node, 'x-amazon-apigateway-integration')
  return (
    own(integration, 'payloadFormatVersion') !== undefined || own(integration, '$ref') !== undefined
  )
}
