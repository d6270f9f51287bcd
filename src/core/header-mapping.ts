// What a route does to one header on its way to the upstream (API Gateway's parameter mapping), and
// which mappings speak for the gate. Parsed by config/, carried out by identity/.
import type { Expression } from './expression.ts'
import { foldHeaderName } from './header-name.ts'

export interface HeaderMapping {
  readonly action: 'overwrite' | 'append' | 'remove'
  /** As the operator wrote it. */
  readonly name: string
  /** Empty for `remove`, so that there is nothing to set. */
  readonly expression: Expression
}

const requestParts: ReadonlySet<Expression[number]['from']> = new Set([
  'header',
  'query',
  'path',
  'requestPath',
])

/**
 * Whether the header says something that the gate vouches for: a claim, a literal, a stage variable
 * or a `$context` value. What is built of parts of the request alone says no more than the client.
 */
export const speaksForGate = ({ expression }: HeaderMapping): boolean =>
  expression.some(({ from }) => !requestParts.has(from))

const requestOwn = /^(?:accept(?:_.*)?|content_.*|user_agent)$/

/**
 * Whether a header is what a request says of its body and of the answer it wants. A route may set
 * these, but they are no words of the gate's: elsewhere a request could do nothing without them.
 */
export const describesRequest = (name: string): boolean => requestOwn.test(foldHeaderName(name))

/** Whether the client's own lines of that name stay beside the mapped one. */
export const keepsClientLines = (mapping: HeaderMapping): boolean =>
  mapping.action === 'append' && !speaksForGate(mapping)

const failing: ReadonlySet<string> = new Set([
  'content_length',
  'transfer_encoding',
  'x_amzn_trace_id',
  'x_amzn_apigateway_api_id',
])

/**
 * Whether a REST API takes a mapping to this header and then answers every request with 500, which
 * AWS does not document and its users have seen.
 */
export const failsIntegration = (name: string): boolean => failing.has(foldHeaderName(name))
