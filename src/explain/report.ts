// The report on one request as data: what was matched and why, each check, and what the upstream or the
// client would get. It holds no token, no query, no signature and no payload: redact.ts sees to that.
import { isDenial, type DenialCode } from '../core/denial.ts'
import type { RequestFacts } from '../core/request.ts'
import type { AuthorizerSettings, Settings } from '../core/settings.ts'
import { tokenOf } from '../token/request-token.ts'
import { explainChecks, type Check } from './checks.ts'
import { readClaimed } from './claimed.ts'
import { describeFetch, errorText, type KeysReport } from './keys-report.ts'
import { parserWords } from './parser-words.ts'
import { finalAnswer, parseMessage } from './message.ts'
import { authorizerOf, type Composed } from './asked.ts'
import { createRedaction, withoutQuery, type Redaction } from './redact.ts'
import { explainRoute, type RouteReport } from './route-report.ts'
import type { Run, RunOptions } from './run.ts'

/** Also the document of `--json`: its keys are stable. */
export interface Report {
  /** `answered`: by the gate itself, and not as a refusal. */
  readonly verdict: 'allowed' | 'refused' | 'answered'
  /** What answers in the upstream's place; null unless the verdict is `answered`. */
  readonly answeredBy: AnsweredBy | null
  readonly denial: DenialCode | null
  /** The refusal that report mode keeps from being one. */
  readonly wouldDeny: DenialCode | null
  /** What led to either, for the operator; the client is told no more than `answer`. */
  readonly reason: string | null
  readonly request: { readonly method: string; readonly target: string }
  /** Null when the request was refused before routing. */
  readonly route: RouteReport | null
  readonly keys: readonly KeysReport[]
  /** Empty when no token was asked for. */
  readonly checks: readonly Check[]
  readonly upstream: UpstreamReport | null
  readonly answer: AnswerReport | null
}

/**
 * `mock`: the route's own answer. `preflight`: CORS, before any route is looked for. `max-forwards`: an
 * OPTIONS that is to go no further (RFC 9110 §7.6.2).
 */
export type AnsweredBy = 'mock' | 'preflight' | 'max-forwards'

/** Header lines in the order in which they are sent. */
export type HeaderLines = readonly (readonly [name: string, value: string])[]

export interface UpstreamReport {
  /** `http://127.0.0.1:3000`, or `unix:/run/app.sock`. */
  readonly url: string
  readonly requestLine: string
  readonly headers: HeaderLines
}

export interface AnswerReport {
  readonly status: number
  readonly statusLine: string
  readonly headers: HeaderLines
  readonly body: string
}

/** Makes the report of a request that was run. */
export const createReport = (options: RunOptions, request: Composed, run: Run): Report => {
  const { settings } = options
  const redaction = createRedaction(request, settings, run.line.requestId)
  const route = explainRoute(options, run)
  const checks = checksOf(options, run)
  const verdict = verdictOf(run)
  const wouldDeny = run.line.wouldDeny ?? null
  const tells = verdict === 'refused' || wouldDeny !== null
  const reason = tells ? reasonOf(run, route, checks) : null
  const { text } = redaction
  return {
    verdict,
    answeredBy: verdict === 'answered' ? answeredBy(run) : null,
    denial: run.line.denial ?? null,
    wouldDeny,
    reason: reason === null ? null : text(reason),
    request: { method: text(request.method), target: text(withoutQuery(request.target)) },
    route: route === undefined ? null : redactAll(route, text),
    keys: redactAll(run.fetches.map(describeFetch), text),
    checks: redactAll(checks, text),
    upstream: run.sent === '' ? null : upstreamOf(run.sent, settings, redaction),
    answer: run.sent !== '' || run.answer === '' ? null : answerOf(run.answer, redaction),
  }
}

const verdictOf = ({ sent, line }: Run): Report['verdict'] => {
  if (sent !== '') return 'allowed'
  return line.denial === undefined ? 'answered' : 'refused'
}

/** Only a preflight is answered without a decision. */
const answeredBy = ({ decision }: Run): AnsweredBy => {
  if (decision?.route === undefined) return 'preflight'
  return decision.route.mock === undefined ? 'max-forwards' : 'mock'
}

const checksOf = ({ settings, clock }: RunOptions, run: Run): readonly Check[] => {
  const { facts, decision, fetches } = run
  if (facts === undefined || decision?.route?.access.kind !== 'token') return []
  const { access } = decision.route
  const authorizer = authorizerOf(access, settings)
  const { maxTokenBytes } = settings.limits
  const token = tokenIn(facts, authorizer, settings)
  return explainChecks({
    access,
    authorizer,
    places: placesOf(facts, authorizer, settings),
    maxTokenBytes,
    hasDenyList: settings.denyList.path !== undefined,
    token,
    claimed: token === undefined ? undefined : readClaimed(token, authorizer),
    fetches,
    denial: decision.kind === 'authorized' ? undefined : decision.denial,
    nowSeconds: clock.wallMs() / 1000,
  })
}

/** Undefined when the pipeline found none that it could verify. */
const tokenIn = (
  facts: RequestFacts,
  { identitySource }: AuthorizerSettings,
  { limits, websocket }: Settings,
): string | undefined => {
  const start = facts.target.indexOf('?')
  const target = { query: start === -1 ? '' : facts.target.slice(start) }
  const sources = { maxTokenBytes: limits.maxTokenBytes, handshakeSources: websocket }
  const found = tokenOf(target.query, facts, identitySource, sources)
  return isDenial(found) ? undefined : found
}

/** Where the request may have its token, in words. */
const placesOf = (
  { webSocket }: RequestFacts,
  { identitySource }: AuthorizerSettings,
  { websocket: { tokenQuery, tokenProtocolPrefix } }: Settings,
): readonly string[] => [
  `${identitySource.in} ${identitySource.name}`,
  ...(webSocket === undefined || tokenQuery === '' ? [] : [`query ${tokenQuery}`]),
  ...(webSocket === undefined || tokenProtocolPrefix === ''
    ? []
    : [`a subprotocol that begins with ${tokenProtocolPrefix}`]),
]

const reasonOf = (
  { line, fetches }: Run,
  route: RouteReport | undefined,
  checks: readonly Check[],
): string | null => {
  const unfetched = fetches.map(describeFetch).find(({ error }) => error !== null)
  if (unfetched !== undefined) return `${unfetched.issuer}: ${String(unfetched.error)}`
  if (line.cause !== undefined) return parserWords(line.cause) ?? errorText(line.cause)
  const failed = checks.find(({ outcome }) => outcome === 'FAILED')
  if (failed === undefined) return route?.reason ?? null
  return `wanted ${failed.wanted}${failed.found === '' ? '' : `; found ${failed.found}`}`
}

const upstreamOf = (
  sent: string,
  { upstream: { origin, socketPath } }: Settings,
  { headerValue, text }: Redaction,
): UpstreamReport => {
  const { firstLine, headers } = parseMessage(sent)
  const [method = '', target = '', version = ''] = firstLine.split(' ')
  return {
    url: socketPath === undefined ? origin : `unix:${socketPath}`,
    requestLine: text(`${method} ${withoutQuery(target)} ${version}`),
    headers: headers.map(([name, value]) => [name, headerValue(name, asText(value))]),
  }
}

const answerOf = (answer: string, { text }: Redaction): AnswerReport => {
  const { firstLine, headers, body } = parseMessage(finalAnswer(answer))
  return {
    status: Number(firstLine.split(' ')[1]),
    statusLine: firstLine,
    headers: headers.map(([name, value]) => [name, text(asText(value))]),
    body: text(asText(body)),
  }
}

/** Bytes, a character each, as the text that they are in UTF-8; what is none stays as it is. */
const asText = (bytes: string): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(bytes, 'latin1'))
  } catch {
    return bytes
  }
}

/** Every text of a value, at any depth. */
const redactAll = <T>(value: T, text: (from: string) => string): T =>
  JSON.parse(JSON.stringify(value), (_, item: unknown) =>
    typeof item === 'string' ? text(item) : item,
  ) as T
