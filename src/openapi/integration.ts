// What becomes of a permitted request: forwarded as it is, or answered by a mock. An integration that
// is not fully understood is refused.
import { fail, ok, type Result } from '../core/result.ts'
import type { ApiType } from './api-type.ts'
import {
  httpDestination,
  lambdaDestination,
  type Destination,
  type IntegrationPlace,
} from './destination.ts'
import { integrationNotes, isTimeout } from './integration-notes.ts'
import { mappingsOf } from './mappings.ts'
import { mockOf } from './mock.ts'
import type { ExportNote, ExportFault } from '../core/exported-api.ts'
import type { Operation } from './paths.ts'
import { entriesOf, isGiven, isPlainMap, own, type PlainMap } from './plain.ts'
import { shown } from '../core/shown.ts'
import { below } from './pointer.ts'
import { follow } from './refs.ts'

export interface Integration {
  /** Undefined for a mock. */
  readonly destination: Destination | undefined
  /** Keys of a route. */
  readonly settings: PlainMap
  readonly notes: readonly ExportNote[]
  readonly pointer: string
}

export interface IntegrationScope {
  readonly document: PlainMap
  readonly apiType: ApiType
  readonly basePath: string
}

export const integrationKey = 'x-amazon-apigateway-integration'

/** What the operation's integration comes to. */
export const integrationOf = (
  operation: Operation,
  scope: IntegrationScope,
): Result<Integration, ExportFault> => {
  const start = below(operation.pointer, integrationKey)
  const given = own(operation.node, integrationKey)
  if (given === undefined) {
    const message = 'has no integration; was it exported with extensions=apigateway?'
    return fail({ pointer: operation.pointer, message })
  }
  const found = follow(scope.document, { value: given, pointer: start })
  if (!found.ok) return fail({ pointer: start, message: found.error })
  const { value: integration, pointer } = found.value
  if (!isPlainMap(integration)) {
    return fail({ pointer, message: `${shown(integration)} is no integration` })
  }
  const unknown = entriesOf(integration).find(([key]) => !known.has(key) && !key.startsWith('x-'))
  if (unknown !== undefined) {
    const message = `${shown(unknown[0])} is not known here, so what the integration does is not either`
    return fail({ pointer: below(pointer, unknown[0]), message })
  }
  return read({ integration, pointer, operation, basePath: scope.basePath }, scope.apiType)
}

const known: ReadonlySet<string> = new Set([
  'type',
  'httpMethod',
  'uri',
  'requestParameters',
  'requestTemplates',
  'responses',
  'responseParameters',
  'passthroughBehavior',
  'timeoutInMillis',
  'connectionType',
  'connectionId',
  'integrationTarget',
  'integrationSubtype',
  'tlsConfig',
  'payloadFormatVersion',
  'credentials',
  'cacheKeyParameters',
  'cacheNamespace',
  'contentHandling',
  'responseTransferMode',
])

const read = (place: IntegrationPlace, apiType: ApiType): Result<Integration, ExportFault> => {
  const { integration, pointer } = place
  const type = String(own(integration, 'type')).toLowerCase()
  if (type === 'mock') {
    const mock = mockOf(integration, pointer)
    if (!mock.ok) return mock
    const { settings, notes } = mock.value
    return ok({ destination: undefined, settings: { mock: settings }, notes, pointer })
  }
  const isHttp = type === 'http' || type === 'http_proxy'
  if (!isHttp && type !== 'aws' && type !== 'aws_proxy') {
    const message = `${shown(own(integration, 'type'))} is no type of integration that is known here`
    return fail({ pointer: below(pointer, 'type'), message })
  }
  const fault = faultOfBody(integration, type)
  if (fault !== undefined)
    return fail({ pointer: below(pointer, fault.key), message: fault.message })
  const parameters = below(pointer, 'requestParameters')
  const mappings = mappingsOf(own(integration, 'requestParameters'), parameters, apiType)
  if (!mappings.ok) return mappings
  const destination = isHttp ? httpDestination(place, mappings.value) : lambdaDestination(place)
  if (!destination.ok) return destination
  const { headers } = mappings.value
  const settings = {
    ...(isGiven(headers) ? { requestParameters: headers } : {}),
    ...timeoutOf(integration),
  }
  const notes = integrationNotes(integration, pointer, type)
  return ok({ destination: destination.value, settings, notes, pointer })
}

/** Whether the backend would get another body than the client's, or none. */
const faultOfBody = (
  integration: PlainMap,
  type: string,
): { readonly key: string; readonly message: string } | undefined => {
  if (isGiven(own(integration, 'requestTemplates'))) {
    return {
      key: 'requestTemplates',
      message: 'makes the request anew, and VTL is not evaluated here',
    }
  }
  if (own(integration, 'passthroughBehavior') === 'never' && !type.endsWith('_proxy')) {
    return { key: 'passthroughBehavior', message: 'lets no body pass' }
  }
  return undefined
}

/** What every route has without saying so: API Gateway's own limit for REST APIs. */
const defaultTimeoutMs = 29_000

const timeoutOf = (integration: PlainMap): PlainMap => {
  const timeout = own(integration, 'timeoutInMillis')
  return isTimeout(timeout) && timeout !== defaultTimeoutMs ? { responseTimeoutMs: timeout } : {}
}
