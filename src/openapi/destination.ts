// Where an integration sends a request: a host, a load balancer behind a VPC link, or a Lambda
// function. The gate forwards to one upstream, under the path that was matched.
import { fail, ok, type Result } from '../core/result.ts'
import type { Mappings } from './mappings.ts'
import type { ExportFault } from '../core/exported-api.ts'
import type { Operation } from './paths.ts'
import { isGiven, own, type PlainMap } from './plain.ts'
import { shown } from '../core/shown.ts'
import { below } from './pointer.ts'
import { parseUri, prefixOf } from './uri.ts'

export interface Destination {
  readonly kind: 'url' | 'load balancer' | 'lambda'
  /** As a message says it; one for all Lambda functions, which one upstream stands in for. */
  readonly host: string
  /** How it is reached; equal for destinations that are the same place. */
  readonly route: string
  /** What is put in front of the request's path. */
  readonly prefix: string
}

export interface IntegrationPlace {
  readonly integration: PlainMap
  readonly pointer: string
  readonly operation: Operation
  /** The export's stage: an HTTP API puts it in front of the path that a load balancer gets. */
  readonly basePath: string
}

/** The destination of an `http` or `http_proxy` integration. */
export const httpDestination = (
  place: IntegrationPlace,
  mappings: Mappings,
): Result<Destination, ExportFault> => {
  const { integration, pointer, operation } = place
  const method = own(integration, 'httpMethod')
  if (method !== 'ANY' && method !== operation.method) {
    const message = `sends ${operation.method} as ${shown(method)}; the gate keeps the method`
    return fail({ pointer: below(pointer, 'httpMethod'), message })
  }
  const uri = own(integration, 'uri')
  const at = below(pointer, 'uri')
  if (typeof uri !== 'string') return fail({ pointer: at, message: 'has no uri' })
  const route = connectionOf(integration)
  if (route === undefined) {
    return fail({ pointer: below(pointer, 'connectionType'), message: 'is not known here' })
  }
  if (/^arn:[\w-]+:(?:elasticloadbalancing|servicediscovery):/.test(uri)) {
    const prefix = mappings.isPathKept ? '' : place.basePath
    return ok({ kind: 'load balancer', host: uri, route, prefix })
  }
  const address = parseUri(uri)
  if (address === undefined) {
    return fail({ pointer: at, message: `${shown(uri)} is not a plain http or https address` })
  }
  const template = mappings.isPathKept && address.path.length <= 1 ? '$default' : operation.path
  const prefix = prefixOf(address.path, template, mappings.pathNames)
  if (prefix === undefined || (mappings.isPathKept && prefix !== '')) {
    const message = `rewrites the path ${shown(operation.path)} to ${shown(uri)}; the gate keeps the path`
    return fail({ pointer: at, message })
  }
  return ok({ kind: 'url', host: address.origin, route, prefix })
}

/** How the host is reached: over the internet, or through which VPC link. */
const connectionOf = (integration: PlainMap): string | undefined => {
  const type = own(integration, 'connectionType') ?? 'INTERNET'
  if (type === 'INTERNET') return type
  if (type !== 'VPC_LINK') return undefined
  const parts = [own(integration, 'connectionId'), own(integration, 'integrationTarget')]
  return [type, ...parts.map(shown)].join(' ')
}

/** The destination of an `aws` or `aws_proxy` integration: Lambda, or nothing that is understood. */
export const lambdaDestination = ({
  integration,
  pointer,
}: IntegrationPlace): Result<Destination, ExportFault> => {
  const subtype = own(integration, 'integrationSubtype')
  if (isGiven(subtype)) {
    const message = `calls an AWS service itself (${shown(subtype)})`
    return fail({ pointer: below(pointer, 'integrationSubtype'), message })
  }
  const uri = own(integration, 'uri')
  const forms =
    /^arn:[\w-]+:(?:lambda:|apigateway:[\w-]*:lambda:path\/.+\/(?:response-streaming-)?invocations$)/
  if (typeof uri !== 'string' || !forms.test(uri)) {
    return fail({ pointer: below(pointer, 'uri'), message: `${shown(uri)} is no Lambda function` })
  }
  return ok({ kind: 'lambda', host: 'Lambda functions', route: '', prefix: '' })
}
