// What a mapping may see of a request: its parts by name, and the values of $context. Made only for
// routes and answers that refer to something; it decides nothing.
import type { ContextName, RequestView } from '../core/expression.ts'
import type { RequestFacts } from '../core/request.ts'
import type { Route } from '../core/route.ts'
import type { Settings } from '../core/settings.ts'
import type { Target } from './target.ts'

/** A request as far as it was read before it was answered. */
export interface ViewedRequest {
  readonly facts: RequestFacts | undefined
  readonly target: Target | undefined
  readonly route: Route | undefined
  readonly requestId: string
  readonly extendedRequestId: string
  /** When it came: milliseconds since the epoch. */
  readonly atMs: number
}

/** The part of the settings that references depend on. */
export type ViewSettings = Pick<Settings, 'apiType' | 'stage'>

/**
 * The view of one request. Of several values under one name a REST API takes the last, an HTTP API
 * all of them with commas between (API Gateway, "Transform API requests and responses").
 *
 * @param claim - renders a claim of the verified token; without one there are no claims
 */
export const viewRequest = (
  request: ViewedRequest,
  settings: ViewSettings,
  claim: RequestView['claim'] = () => undefined,
): RequestView => {
  const one = settings.apiType === 'REST' ? last : joined
  const { facts, target, route } = request
  return {
    header: (name) => one(headerValues(facts, name)),
    query: (name) => one(queryValues(queryOf(facts), name)),
    path: (name) =>
      route === undefined || target === undefined ? undefined : pathValue(route, target, name),
    requestPath: () => target?.path,
    context: (name) => contextValues[name]?.(request, settings),
    claim,
  }
}

const last = (values: readonly string[]): string | undefined => values.at(-1)

const joined = (values: readonly string[]): string | undefined =>
  values.length === 0 ? undefined : values.join(',')

const headerValues = (facts: RequestFacts | undefined, name: string): readonly string[] => {
  const { rawHeaders = [] } = facts ?? {}
  return rawHeaders.filter((_, index) => index % 2 === 1 && isNamed(rawHeaders, index - 1, name))
}

const isNamed = (rawHeaders: readonly string[], index: number, name: string): boolean =>
  rawHeaders[index]?.toLowerCase() === name

const queryOf = (facts: RequestFacts | undefined): string => {
  const { target = '' } = facts ?? {}
  const start = target.indexOf('?')
  return start === -1 ? '' : target.slice(start + 1)
}

const queryValues = (query: string, name: string): readonly string[] =>
  [...new URLSearchParams(query)].filter(([key]) => key === name).map(([, value]) => value)

/**
 * What a parameter of the route's template took: decoded once; a greedy one as received, without a
 * last slash. Undefined when the template has no such parameter.
 */
export const pathValue = (route: Route, target: Target, name: string): string | undefined => {
  const segments = route.path.slice(1).split('/')
  const single = segments.indexOf(`{${name}}`)
  if (single !== -1) return target.segments[single]
  const greedy = segments.indexOf(`{${name}+}`)
  if (greedy === -1) return undefined
  return target.path.slice(1).split('/').slice(greedy).join('/').replace(/\/$/, '')
}

type ContextValue = (request: ViewedRequest, settings: ViewSettings) => string | undefined

/** Names that are not here exist on AWS alone, or belong to an error, which its answer adds. */
const contextValues: Readonly<Partial<Record<ContextName, ContextValue>>> = {
  domainName: ({ facts }) => facts?.host?.replace(/:\d+$/, ''),
  extendedRequestId: (request) => request.extendedRequestId,
  httpMethod: ({ facts }) => facts?.method,
  'identity.sourceIp': ({ facts }) => facts?.remoteAddress,
  'identity.userAgent': ({ facts }) => last(headerValues(facts, 'user-agent')),
  path: ({ facts }) => facts?.target.split('?', 1)[0],
  protocol: ({ facts }) => (facts === undefined ? undefined : `HTTP/${facts.httpVersion}`),
  requestId: (request) => request.requestId,
  requestTime: ({ atMs }) => commonLogTime(atMs),
  requestTimeEpoch: ({ atMs }) => String(atMs),
  resourcePath: ({ route }) => route?.path,
  routeKey: ({ route }) => route?.label,
  stage: (_, { stage }) => (stage === '' ? undefined : stage),
}

/** `18/May/2022:15:32:21 +0000`, the time of the Common Log Format. */
const commonLogTime = (ms: number): string => {
  const [, day, month, year, time] = new Date(ms).toUTCString().split(' ')
  return `${String(day)}/${String(month)}/${String(year)}:${String(time)} +0000`
}
