// Values that an operator writes in API Gateway's mapping syntax, parsed: literals and references to
// parts of a request, joined. config/ parses them; whoever uses one hands it what it may see.

/**
 * The names of `$context` that are known (API Gateway, "$context variables"). Those of AWS's own
 * (accountId, apiId, domainPrefix, …) are accepted, since exports hold them, and have no value here.
 */
export const contextNames = [
  'accountId',
  'apiId',
  'awsEndpointRequestId',
  'customDomain.basePathMatched',
  'deploymentId',
  'domainName',
  'domainPrefix',
  'error.message',
  'error.messageString',
  'error.responseType',
  'error.validationErrorString',
  'extendedRequestId',
  'httpMethod',
  'identity.apiKey',
  'identity.apiKeyId',
  'identity.sourceIp',
  'identity.userAgent',
  'integrationErrorMessage',
  'path',
  'protocol',
  'requestId',
  'requestTime',
  'requestTimeEpoch',
  'resourceId',
  'resourcePath',
  'routeKey',
  'stage',
  'wafResponseCode',
  'webaclArn',
] as const

export type ContextName = (typeof contextNames)[number]

/** One piece of an expression. Stage variables are literals: their values are known at the start. */
export type Piece =
  | { readonly from: 'literal'; readonly text: string }
  /** A header's name in lower case; a parameter's as written. */
  | { readonly from: 'header' | 'query' | 'path' | 'claim'; readonly name: string }
  | { readonly from: 'requestPath' }
  | { readonly from: 'context'; readonly name: ContextName }

export type Expression = readonly Piece[]

/** What an expression may see of a request. Values are text as received or decoded, never encoded. */
export interface RequestView {
  /** `name` in lower case. */
  readonly header: (name: string) => string | undefined
  readonly query: (name: string) => string | undefined
  readonly path: (name: string) => string | undefined
  /** The path without the base path and the query. */
  readonly requestPath: () => string | undefined
  readonly context: (name: ContextName) => string | undefined
  /** A claim as text, rendered; undefined without a verified token. */
  readonly claim: (name: string) => string | undefined
}

/**
 * The text of an expression. Undefined when nothing that it refers to is there; a part that is
 * missing beside others is empty.
 */
export const evaluate = (expression: Expression, view: RequestView): string | undefined => {
  const values = expression.map((piece) => valueOf(piece, view))
  return values.every((value) => value === undefined) ? undefined : values.join('')
}

/** As `evaluate`, but a template is always a text, and what it takes from outside is escaped. */
export const fillIn = (
  template: Expression,
  view: RequestView,
  escape: (text: string) => string,
): string =>
  template
    .map((piece) =>
      piece.from === 'literal' ? piece.text : fill(piece, valueOf(piece, view) ?? '', escape),
    )
    .join('')

/** The one value that brings its own quotes; every other stands within those of the template. */
const fill = (piece: Piece, value: string, escape: (text: string) => string): string =>
  piece.from === 'context' && piece.name === 'error.messageString' ? value : escape(value)

const valueOf = (piece: Piece, view: RequestView): string | undefined => {
  switch (piece.from) {
    case 'literal':
      return piece.text
    case 'header':
    case 'query':
    case 'path':
    case 'claim':
      return view[piece.from](piece.name)
    case 'requestPath':
      return view.requestPath()
    case 'context':
      return view.context(piece.name)
  }
}
