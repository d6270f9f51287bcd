// Answers that an export configures: gateway responses of REST APIs, CORS of HTTP APIs. Both are in
// the words that the configuration has too, so they are handed on as they are.
import type { ApiType } from './api-type.ts'
import type { ExportNote } from '../core/exported-api.ts'
import { entriesOf, isGiven, isPlainMap, own, type PlainMap } from './plain.ts'
import { keyPath } from '../core/shown.ts'
import { below } from './pointer.ts'

export interface Responses {
  /** Keys of the configuration. */
  readonly configuration: PlainMap
  readonly origins: readonly (readonly [string, string])[]
  readonly notes: readonly ExportNote[]
}

const responsesKey = 'x-amazon-apigateway-gateway-responses'
const corsKey = 'x-amazon-apigateway-cors'

/** `gatewayResponses` and `cors`, each for its type of API. */
export const responsesOf = (document: PlainMap, apiType: ApiType): Responses =>
  apiType === 'REST'
    ? readOne(document, responsesKey, 'gatewayResponses', corsKey)
    : readOne(document, corsKey, 'cors', responsesKey)

const readOne = (document: PlainMap, from: string, to: string, other: string): Responses => {
  const notes: readonly ExportNote[] = isGiven(own(document, other))
    ? [{ pointer: below('', other), message: 'is of the other type of API', effect: 'dropped' }]
    : []
  const given = own(document, from)
  if (!isGiven(given)) return { configuration: {}, origins: [], notes }
  const pointer = below('', from)
  const entries = entriesOf(given).map(([key]) => [keyPath(to, key), below(pointer, key)] as const)
  return {
    configuration: { [to]: withoutNull(given) },
    origins: [[to, pointer], ...entries],
    notes,
  }
}

/** API Gateway writes null for what is not set. */
const withoutNull = (value: unknown): unknown =>
  isPlainMap(value)
    ? Object.fromEntries(
        entriesOf(value)
          .filter(([, child]) => child !== null)
          .map(([key, child]) => [key, withoutNull(child)]),
      )
    : value
