// The header lines that the upstream gets: what is the client's to say, the identity, and what the
// gate says of the connection. Framing is never copied: undici writes it from the body's facts.
import { extendedRequestId } from '../answers/request-ids.ts'
import type { Permit } from '../authorize.ts'
import { foldHeaderName, rememberBySpelling } from '../core/header-name.ts'
import type { Clock } from '../core/ports.ts'
import { traceIdIn } from '../core/trace-context.ts'
import type { RequestFacts } from '../core/request.ts'
import type { IdentityHeaders, IdentityPermit } from '../identity/apply.ts'
import { viewRequest, type ViewedRequest, type ViewSettings } from '../routing/request-view.ts'
import { appendForwarded, believeNothing, createTrust, type Believed } from './forwarded.ts'
import { isHopByHop } from './hop-by-hop.ts'

export interface RequestHead {
  /** Flat: name, value… `Host` and `Content-Length` among them, where there are any. */
  readonly headers: string[]
  /** Client lines that bore an identity name and were dropped. */
  readonly stripped: number
  /** Whether the client waits for `100 Continue` before it sends its body (RFC 9110 §10.1.1). */
  readonly expectsContinue: boolean
}

export interface RequestHeadOptions {
  readonly trustedProxies: readonly string[]
  /** Whether the upstream sees the client's `Host`, or its own authority. */
  readonly preserveHost: boolean
  readonly identity: IdentityHeaders
  /** What the references of mappings depend on. */
  readonly view: ViewSettings
  readonly clock: Pick<Clock, 'wallMs'>
}

/** The part of a Permit that a head is made from. */
export type HeadPermit = IdentityPermit & Pick<Permit, 'route' | 'target'>

/** Makes the request head of one request. One pass over the lines as received. */
export type MakeRequestHead = (
  facts: RequestFacts,
  requestId: string,
  permit: HeadPermit,
) => RequestHead

export const createRequestHead = (options: RequestHeadOptions): MakeRequestHead => {
  const isTrusted = createTrust(options.trustedProxies)
  const fateOf = rememberBySpelling(classify)
  const { identity, view, clock } = options
  return (facts, requestId, permit) => {
    const sorted = sortLines(facts, fateOf, isTrusted(facts.remoteAddress))
    const { headers, stripped } = identity.apply(sorted.lines, permit, (claim) =>
      viewRequest(viewed(facts, requestId, permit, clock.wallMs()), view, claim),
    )
    const host = identity.hostOf(permit.route) ?? (options.preserveHost ? facts.host : undefined)
    if (host !== undefined) headers.push('Host', host)
    appendForwarded(headers, facts, sorted.believed)
    headers.push('X-Request-Id', requestId)
    if (facts.hasBody && facts.contentLength !== undefined) {
      headers.push('Content-Length', String(facts.contentLength))
    }
    return { headers, stripped, expectsContinue: sorted.expectsContinue }
  }
}

const viewed = (
  facts: RequestFacts,
  requestId: string,
  { route, target }: HeadPermit,
  atMs: number,
): ViewedRequest => ({
  facts,
  target,
  route,
  requestId,
  // A hash, and hardly ever referred to.
  get extendedRequestId() {
    return extendedRequestId(requestId)
  },
  atMs,
})

/** What becomes of a client's line, by its name. */
type Fate =
  | 'keep'
  | 'drop'
  | 'expect'
  /** Kept when there is one `traceparent` and it is well-formed. */
  | 'trace'
  /** Kept when the peer is a trusted proxy. */
  | 'believe'
  /** Read when the peer is a trusted proxy, and then said anew. */
  | keyof Believed

interface SortedLines {
  readonly lines: readonly string[]
  readonly believed: Believed
  readonly expectsContinue: boolean
}

const sortLines = (
  facts: RequestFacts,
  fateOf: (name: string) => Fate,
  trusted: boolean,
): SortedLines => {
  const { rawHeaders, connectionOptions } = facts
  const believed: Record<keyof Believed, string[]> | undefined = trusted
    ? { for: [], proto: [], host: [] }
    : undefined
  const lines: string[] = []
  let expectsContinue = false
  let traced: boolean | undefined
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string
    const value = rawHeaders[index + 1] as string
    const fate = fateOf(name)
    if (fate === 'expect') expectsContinue ||= value.toLowerCase().includes('100-continue')
    // The client asks that the next hop drops these (RFC 9110 §7.6.1). Only its own lines are meant:
    // what the gate adds comes later and stays (CVE-2021-32813, CVE-2024-45410).
    if (fate === 'drop' || connectionOptions?.has(name.toLowerCase()) === true) continue
    if (fate === 'keep') lines.push(name, value)
    else if (fate === 'trace') {
      traced ??= traceIdIn(rawHeaders) !== undefined
      if (traced) lines.push(name, value)
    } else if (believed === undefined || fate === 'expect') continue
    else if (fate === 'believe') lines.push(name, value)
    else if (value !== '') believed[fate].push(value)
  }
  return { lines, believed: believed ?? believeNothing, expectsContinue }
}

/** Said anew for every request, or framing that undici writes itself. */
const rewritten = ['host', 'content-length', 'x-request-id']

/**
 * Not among the headers that a trusted peer is believed, since the usual load balancers set
 * X-Forwarded-For and pass a client's own `Forwarded` on (RFC 7239 §8.1).
 */
const neverBelieved = ['forwarded']

/** Overrides of what was checked. Whether they pass is for identity/apply to say, whoever sent them. */
const overrides: ReadonlySet<string> = new Set([
  'x_forwarded_uri',
  'x_forwarded_method',
  'x_forwarded_prefix',
])

const dropped: ReadonlySet<string> = new Set([...rewritten, ...neverBelieved].map(foldHeaderName))

const chain: ReadonlyMap<string, keyof Believed> = new Map([
  ['x-forwarded-for', 'for'],
  ['x-forwarded-proto', 'proto'],
  ['x-forwarded-host', 'host'],
])

const classify = (name: string): Fate => {
  const fold = foldHeaderName(name)
  const dashed = fold.replaceAll('_', '-')
  if (fold === 'expect') return 'expect'
  // A tracestate without its traceparent says nothing (W3C Trace Context §4.3).
  if (fold === 'traceparent' || fold === 'tracestate') return 'trace'
  // By fold, so that `Transfer_Encoding` does not frame the request for an upstream that reads it so.
  if (isHopByHop(dashed) || dropped.has(fold)) return 'drop'
  if (overrides.has(fold)) return 'keep'
  if (!fold.startsWith('x_forwarded_') && fold !== 'x_real_ip') return 'keep'
  // A proxy that sets a header strips its plain spelling only; an alias is still the client's.
  if (name.toLowerCase() !== dashed) return 'drop'
  return chain.get(dashed) ?? 'believe'
}
