// What `gatewayResponses` becomes: types known, expressions and templates parsed, header names
// checked. What a client sent as its credentials may not be shown, wherever it was sent.
import type { Expression, Piece } from '../core/expression.ts'
import {
  gatewayResponseTypes,
  type GatewayResponse,
  type GatewayResponses,
  type GatewayResponseType,
  type ResponseHeader,
  type ResponseTemplate,
} from '../core/gateway-response.ts'
import type { Result } from '../core/result.ts'
import type { AuthorizerSettings } from '../core/settings.ts'
import { parseRestExpression, parseTemplate, type ExpressionScope } from './expressions.ts'
import { checkHeaderName, checkHeaderValue } from './headers.ts'
import type { Values } from './leaf.ts'
import { nearest } from './nearest.ts'
import { keyPath, shown, type Report } from './problem.ts'
import { gatewayResponseTable } from './schema-gateway-responses.ts'
import type { topTable } from './schema.ts'
import { checkStructure } from './structure.ts'
import { withDefaults } from './values.ts'

type Top = Pick<
  Values<typeof topTable>,
  'apiType' | 'gatewayResponses' | 'stageVariables' | 'websocket'
>

/** What every check of an entry is handed. */
interface Room {
  readonly scope: ExpressionScope
  readonly isCredential: (piece: Piece) => boolean
  readonly report: Report
}

const key = 'gatewayResponses'

/** The gateway responses; what is returned beside a problem is never run. */
export const gatewayResponseSettings = (
  top: Top,
  authorizers: readonly AuthorizerSettings[],
  report: Report,
): GatewayResponses => {
  const entries = Object.entries(top.gatewayResponses)
  if (top.apiType === 'HTTP' && entries.length > 0) {
    report(
      key,
      'is for REST APIs; HTTP APIs have no gateway responses. Remove it, or set apiType: REST',
    )
    return {}
  }
  const room: Room = {
    scope: { stageVariables: top.stageVariables, hasError: true },
    isCredential: createIsCredential(top, authorizers),
    report,
  }
  return Object.fromEntries(
    entries.flatMap(([type, entry]): [GatewayResponseType, GatewayResponse][] => {
      const at = keyPath(key, type)
      if (isType(type)) return [[type, responseOf(entry, at, room)]]
      report(at, unknownType(type))
      return []
    }),
  )
}

const isType = (text: string): text is GatewayResponseType =>
  gatewayResponseTypes.some((type) => type === text)

const unknownType = (given: string): string => {
  const meant = nearest(given, gatewayResponseTypes)
  return meant === undefined
    ? `unknown gateway response type; there are: ${gatewayResponseTypes.join(', ')}`
    : `unknown gateway response type; did you mean ${meant}?`
}

const responseOf = (entry: unknown, at: string, room: Room): GatewayResponse => {
  const fitting = checkStructure(gatewayResponseTable, entry, at, room.report)
  const values = withDefaults(gatewayResponseTable, fitting, {})
  return {
    status: values.statusCode === null ? undefined : Number(values.statusCode),
    headers: headersOf(values.responseParameters, keyPath(at, 'responseParameters'), room),
    templates: templatesOf(values.responseTemplates, keyPath(at, 'responseTemplates'), room),
  }
}

type TextMap = Readonly<Record<string, string>>

const headersOf = (parameters: TextMap, at: string, room: Room): readonly ResponseHeader[] => {
  const seen = new Set<string>()
  return Object.entries(parameters).flatMap(([parameter, text]) => {
    const place = keyPath(at, parameter)
    const name = headerNameOf(parameter, place, room.report)
    const value = expressionOf(parseRestExpression(text, room.scope), place, room)
    checkLiterals(value, place, room.report)
    if (name === undefined) return []
    if (seen.has(name.toLowerCase())) room.report(place, `${name} stands in the map already`)
    seen.add(name.toLowerCase())
    return [{ name, value }]
  })
}

const headerNameOf = (parameter: string, at: string, report: Report): string | undefined => {
  const [, place, name] = /^gatewayresponse\.(header|path|querystring)\.(.*)$/.exec(parameter) ?? []
  if (place === undefined || name === undefined) {
    report(at, 'is no response parameter; write gatewayresponse.header.NAME')
    return undefined
  }
  if (place !== 'header') {
    report(
      at,
      `has no meaning: an answer has headers, but no ${place}; write gatewayresponse.header.NAME`,
    )
    return undefined
  }
  checkHeaderName(name, 'client', at, report)
  if (/^date$/i.test(name)) report(at, 'Date is written by the gate itself')
  return name
}

/** A literal, or the value of a stage variable. */
const checkLiterals = (value: Expression, at: string, report: Report): void => {
  for (const piece of value) {
    if (piece.from === 'literal') checkHeaderValue(piece.text, at, report)
  }
}

const templatesOf = (templates: TextMap, at: string, room: Room): readonly ResponseTemplate[] =>
  Object.entries(templates).map(([contentType, text]) => {
    const place = keyPath(at, contentType)
    if (!contentTypeForm.test(contentType)) {
      room.report(place, `${shown(contentType)} is not a content type such as application/json`)
    }
    return { contentType, template: expressionOf(parseTemplate(text, room.scope), place, room) }
  })

/** RFC 9110 §8.3.1, within printable ASCII: it is sent as a header's value. */
const contentTypeForm = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?: *;[\x20-\x7e]*)?$/

const expressionOf = (parsed: Result<Expression, string>, at: string, room: Room): Expression => {
  if (!parsed.ok) {
    room.report(at, parsed.error)
    return []
  }
  for (const piece of parsed.value) {
    if (piece.from === 'claim') {
      room.report(at, `refers to the claim ${shown(piece.name)}; a refusal has no claims to show`)
    } else if (room.isCredential(piece)) {
      room.report(at, 'refers to what carries credentials; an answer never shows them')
    }
  }
  return parsed.value
}

const credentialHeaders = ['authorization', 'proxy-authorization', 'cookie'] as const

/** Whether a piece is, or may hold, a token or a password of the client's. */
const createIsCredential = (
  { websocket }: Top,
  authorizers: readonly AuthorizerSettings[],
): Room['isCredential'] => {
  const sources = authorizers.map(({ identitySource }) => identitySource)
  const inHeaders = new Set<string>([
    ...credentialHeaders,
    ...(websocket.tokenProtocolPrefix === '' ? [] : ['sec-websocket-protocol']),
    ...sources.filter((source) => source.in === 'header').map(({ name }) => name),
  ])
  const inQuery = new Set<string>([
    websocket.tokenQuery,
    ...sources.filter((source) => source.in === 'query').map(({ name }) => name),
  ])
  return (piece) => {
    if (piece.from === 'header') return inHeaders.has(piece.name)
    return piece.from === 'query' && inQuery.has(piece.name)
  }
}
