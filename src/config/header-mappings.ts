// A route's requestParameters: API Gateway's parameter mappings, as far as they speak of headers, in
// the syntax of the API type. Path and query are forwarded as they were matched and cannot be mapped.
import type { Expression } from '../core/expression.ts'
import { foldHeaderName } from '../core/header-name.ts'
import { failsIntegration, type HeaderMapping } from '../core/header-mapping.ts'
import { fail, ok, type Result } from '../core/result.ts'
import type { Settings } from '../core/settings.ts'
import { parseHttpExpression, parseRestExpression } from './expressions.ts'
import { checkDistinct, checkHeaderName, checkHeaderValue } from './headers.ts'
import { keyPath, shown, type Report } from './problem.ts'

/** What the syntax of a mapping depends on. */
export type MappingSyntax = Pick<Settings, 'apiType' | 'stageVariables'>

type Target = Pick<HeaderMapping, 'action' | 'name'>

/** The mappings of the map at `at`; what has a problem is reported and left out. */
export const headerMappings = (
  given: Readonly<Record<string, string>>,
  at: string,
  syntax: MappingSyntax,
  report: Report,
): readonly HeaderMapping[] => {
  const places: { readonly name: string; readonly at: string }[] = []
  const mappings = Object.entries(given).flatMap(([key, text]): readonly HeaderMapping[] => {
    const place = keyPath(at, key)
    const target = targetParsers[syntax.apiType](key)
    if (!target.ok) {
      report(place, target.error)
      return []
    }
    const expression = expressionOf(target.value, text, syntax)
    if (!expression.ok) {
      report(place, expression.error)
      return []
    }
    const mapping = { ...target.value, expression: expression.value }
    places.push({ name: mapping.name, at: place })
    if (isGatesOwnRequestId(mapping)) return []
    checkTarget(mapping, syntax, place, report)
    checkLiterals(mapping.expression, place, report)
    return [mapping]
  })
  checkDistinct(places, report)
  return mappings
}

const restForm = 'integration.request.header.NAME'
const httpForms = 'overwrite:header.NAME, append:header.NAME or remove:header.NAME'
const onlyHeaders =
  'only headers can be mapped here: the path and the query that were matched are what is forwarded'

const parseRestTarget = (key: string): Result<Target, string> => {
  const name = /^integration\.request\.header\.(.+)$/.exec(key)?.[1]
  if (name !== undefined) return ok({ action: 'overwrite', name })
  if (/^integration\.request\.(?:multivalue)?(?:querystring|path)\b/.test(key)) {
    return fail(onlyHeaders)
  }
  if (/^(?:overwrite|append|remove):/.test(key)) {
    return fail(`is the form of HTTP APIs; with apiType REST write ${restForm}`)
  }
  return fail(`is not of the form ${restForm}`)
}

const parseHttpTarget = (key: string): Result<Target, string> => {
  const [, action, name = ''] = /^(overwrite|append|remove):header\.(.+)$/.exec(key) ?? []
  if (action !== undefined) return ok({ action: action as Target['action'], name })
  if (/^(?:overwrite|append|remove):(?:querystring|path)\b/.test(key)) return fail(onlyHeaders)
  if (key.startsWith('integration.request.')) {
    return fail(`is the form of REST APIs; with apiType HTTP write ${httpForms}`)
  }
  return fail(`is not of the form ${httpForms}`)
}

const targetParsers = { REST: parseRestTarget, HTTP: parseHttpTarget } satisfies Record<
  Settings['apiType'],
  (key: string) => Result<Target, string>
>

const expressionOf = (
  { action }: Target,
  text: string,
  { apiType, stageVariables }: MappingSyntax,
): Result<Expression, string> => {
  if (action === 'remove') {
    return text === '' ? ok([]) : fail(`removes a header, so it has no value; write ''`)
  }
  const scope = { stageVariables, hasError: false }
  if (apiType === 'REST') return parseRestExpression(text, scope)
  // Both would be taken for plain text, and no operator means that.
  const literal = /^'([^']*)'$/.exec(text)?.[1]
  if (literal !== undefined) {
    return fail(`${shown(text)} is a literal of REST APIs; with apiType HTTP write ${literal}`)
  }
  if (/^(?:method\.request|context|stageVariables)\./.test(text)) {
    const form = `$${text.replace(/^method\./, '')}`
    return fail(`${shown(text)} is the form of REST APIs; with apiType HTTP write ${shown(form)}`)
  }
  return parseHttpExpression(text, scope)
}

/** The gate sends the request's id under this name by itself, so there is nothing left to do. */
const isGatesOwnRequestId = ({ action, name, expression }: HeaderMapping): boolean => {
  const [piece, ...others] = expression
  const isId = piece?.from === 'context' && piece.name === 'requestId' && others.length === 0
  return isId && action === 'overwrite' && foldHeaderName(name) === 'x_request_id'
}

const checkTarget = (
  mapping: HeaderMapping,
  { apiType }: MappingSyntax,
  at: string,
  report: Report,
): void => {
  const { name } = mapping
  // A REST API's export may hold it: then the route answers as it always has.
  if (failsIntegration(name) && apiType === 'REST') return
  if (name.toLowerCase() === 'host') checkHost(mapping, at, report)
  else if (failsIntegration(name)) report(at, `API Gateway lets no mapping set ${name}`)
  else checkHeaderName(name, 'mapping', at, report)
}

const host = /^(?:[\w.~-]+|\[[\da-fA-F:.]+\])(?::\d{1,5})?$/

/** Which service of an upstream answers is not for a request to say. */
const checkHost = ({ action, expression }: HeaderMapping, at: string, report: Report): void => {
  const literals = expression.map((piece) => (piece.from === 'literal' ? piece.text : '/'))
  if (action === 'overwrite' && host.test(literals.join(''))) return
  report(at, 'Host can be overwritten with a literal such as orders.internal:8080 only')
}

const checkLiterals = (expression: Expression, at: string, report: Report): void => {
  for (const piece of expression) {
    if (piece.from === 'literal') checkHeaderValue(piece.text, at, report)
  }
}
