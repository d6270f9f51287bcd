// Whether an operation says only what is understood. A mistyped `security` is no security, so what is
// not known is not passed over.
import type { ExportFault } from '../core/exported-api.ts'
import type { Operation } from './paths.ts'
import { entriesOf, isPlainMap, own } from './plain.ts'
import { shown } from '../core/shown.ts'
import { below } from './pointer.ts'

/** The keys of an operation in OpenAPI 2.0 and 3.0, and those that API Gateway adds. */
const known: ReadonlySet<string> = new Set([
  'tags',
  'summary',
  'description',
  'externalDocs',
  'operationId',
  'consumes',
  'produces',
  'schemes',
  'parameters',
  'requestBody',
  'responses',
  'callbacks',
  'deprecated',
  'security',
  'servers',
  'isDefaultRoute',
  'x-amazon-apigateway-auth',
  'x-amazon-apigateway-integration',
  'x-amazon-apigateway-request-validator',
  'x-amazon-apigateway-documentation',
])

/** Why the operation cannot be read; undefined when it can. */
export const faultOfOperation = ({ node, pointer, path }: Operation): ExportFault | undefined => {
  if (!isPlainMap(node)) return { pointer, message: `${shown(node)} is no operation` }
  const isForeign = (key: string): boolean => key.startsWith('x-') && !key.startsWith('x-amazon-')
  const unknown = entriesOf(node).find(([key]) => !known.has(key) && !isForeign(key))
  if (unknown !== undefined) {
    return {
      pointer: below(pointer, unknown[0]),
      message: `${shown(unknown[0])} is not known here`,
    }
  }
  if (own(node, 'isDefaultRoute') === true && path !== '$default') {
    const message = 'stands at a path other than "/$default"'
    return { pointer: below(pointer, 'isDefaultRoute'), message }
  }
  return undefined
}
