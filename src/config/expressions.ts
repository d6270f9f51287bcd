// Parses API Gateway's mapping syntax: `context.authorizer.claims.sub` and `'literal'` of REST APIs,
// `$context.authorizer.claims.sub` within text of HTTP APIs, and the templates of gateway responses.
// A reference that nothing can satisfy is a problem at the start, not an empty text in production.
import { contextNames, type ContextName, type Expression, type Piece } from '../core/expression.ts'
import { fail, ok, type Result } from '../core/result.ts'
import { shown } from './problem.ts'

/** What references may stand for. */
export interface ExpressionScope {
  readonly stageVariables: Readonly<Record<string, string>>
  /** Whether `context.error.*` means something: only where an error is being answered. */
  readonly hasError: boolean
}

/**
 * The value of a REST API's parameter mapping: one literal in single quotes, or one reference.
 * The error is one line, to stand behind the place of the text.
 */
export const parseRestExpression = (
  text: string,
  scope: ExpressionScope,
): Result<Expression, string> => {
  const literal = /^'([^']*)'$/.exec(text)?.[1]
  if (literal !== undefined) return ok([{ from: 'literal', text: literal }])
  if (!/^(?:method\.request|context|stageVariables)\./.test(text)) {
    return fail(
      `${shown(text)} is neither a literal in single quotes nor a reference: ${restForms}`,
    )
  }
  const piece = pieceOf(text.replace(/^method\./, ''), scope)
  return piece.ok ? ok([piece.value]) : piece
}

/** The value of an HTTP API's parameter mapping: text with `$name` or `${name}` in it. */
export const parseHttpExpression = (
  text: string,
  scope: ExpressionScope,
): Result<Expression, string> => parsePieces(text, httpReference, scope)

/**
 * The template of a gateway response: text with `$context.…`, `$stageVariables.…` and
 * `$method.request.…` in it. Templates are no VTL: there is nothing else to compute.
 */
export const parseTemplate = (text: string, scope: ExpressionScope): Result<Expression, string> => {
  const [vtl] = /\$!?\{?(?:input|util)\b|^\s*#(?:set|if|foreach|end)\b/m.exec(text) ?? []
  if (vtl !== undefined) {
    return fail(`holds ${shown(vtl.trim())}; VTL is not evaluated here, only references are`)
  }
  return parsePieces(text, templateReference, scope)
}

const restForms =
  "'text', method.request.header.NAME, method.request.querystring.NAME, method.request.path.NAME, context.NAME, stageVariables.NAME"

const name = String.raw`[\w-]+(?:[.:][\w-]+)*`
const reference = (roots: string): string => String.raw`(?:${roots})(?:\.${name})?`
const either = (roots: string): RegExp =>
  new RegExp(String.raw`\$(?:\{(${reference(roots)})\}|(${reference(roots)}))`, 'g')

const httpReference = either('request|context|stageVariables')
const templateReference = either(String.raw`method\.request|context|stageVariables`)

const parsePieces = (
  text: string,
  references: RegExp,
  scope: ExpressionScope,
): Result<Expression, string> => {
  const pieces: Piece[] = []
  let end = 0
  for (const match of text.matchAll(references)) {
    const piece = pieceOf(String(match[1] ?? match[2]).replace(/^method\./, ''), scope)
    if (!piece.ok) return piece
    if (match.index > end) pieces.push({ from: 'literal', text: text.slice(end, match.index) })
    pieces.push(piece.value)
    end = match.index + match[0].length
  }
  if (end < text.length || pieces.length === 0) {
    pieces.push({ from: 'literal', text: text.slice(end) })
  }
  return ok(pieces)
}

/** A reference without the `$` and the `method.` in front. */
const pieceOf = (path: string, scope: ExpressionScope): Result<Piece, string> => {
  const [root = '', ...rest] = path.split('.')
  if (root === 'context') return contextPiece(rest.join('.'), scope)
  if (root === 'stageVariables') return stageVariable(rest.join('.'), scope)
  return requestPiece(path)
}

const claimPrefix = 'authorizer.claims.'
/** The same claims in the words of HTTP APIs' events. */
const jwtClaimPrefix = 'authorizer.jwt.claims.'

const contextPiece = (given: string, { hasError }: ExpressionScope): Result<Piece, string> => {
  for (const prefix of [claimPrefix, jwtClaimPrefix]) {
    if (given.startsWith(prefix)) return ok({ from: 'claim', name: given.slice(prefix.length) })
  }
  if (!isContextName(given)) {
    return fail(`refers to context.${given}, which is not one of $context's names`)
  }
  if (given.startsWith('error.') && !hasError) {
    return fail(`refers to context.${given}; errors are known to gatewayResponses only`)
  }
  return ok({ from: 'context', name: given })
}

const isContextName = (given: string): given is ContextName =>
  contextNames.some((known) => known === given)

const stageVariable = (
  given: string,
  { stageVariables }: ExpressionScope,
): Result<Piece, string> => {
  const text = Object.hasOwn(stageVariables, given) ? stageVariables[given] : undefined
  return text === undefined
    ? fail(`refers to stageVariables.${given}, which is not set; set it under stageVariables`)
    : ok({ from: 'literal', text })
}

const places: Readonly<Record<string, 'header' | 'query' | 'path'>> = {
  header: 'header',
  multivalueheader: 'header',
  querystring: 'query',
  multivaluequerystring: 'query',
  path: 'path',
}

const requestPiece = (path: string): Result<Piece, string> => {
  if (path === 'request.path') return ok({ from: 'requestPath' })
  const [, place = '', ...rest] = path.split('.')
  const from = Object.hasOwn(places, place) ? places[place] : undefined
  const given = rest.join('.')
  if (from === undefined || given === '') {
    return fail(
      `refers to ${path}; of a request there are header.NAME, querystring.NAME and path.NAME`,
    )
  }
  return ok({ from, name: from === 'header' ? given.toLowerCase() : given })
}
