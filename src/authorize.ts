// The pipeline from a request's head to a decision, and the only place that mints a Permit. It reads
// no stream and writes no answer; every step is a pure function, and the one thing it may have to
// wait for is a signing key.
import { deny, isDenial, type Denial } from './core/denial.ts'
import { failsIntegration } from './core/header-mapping.ts'
import { ownClaim, type Claims, type Identity } from './core/identity.ts'
import type { Clock, Recorder } from './core/ports.ts'
import type { RequestFacts } from './core/request.ts'
import type { Access, RequiredClaim, Route } from './core/route.ts'
import type { AuthorizerSettings, IdentitySource } from './core/settings.ts'
import { matchRoute } from './routing/match.ts'
import type { RouteTable } from './routing/table.ts'
import { parseTarget, type Target } from './routing/target.ts'
import type { IsRevoked } from './token/denied-tokens.ts'
import { endOfToken, judgeAge, judgeToken } from './token/judge.ts'
import {
  readCredentials,
  readHandshakeToken,
  readToken,
  withoutTokenParameter,
  type HandshakeSources,
  type TokenBearer,
} from './token/source.ts'
import type { Verifier } from './token/verify.ts'

declare const permitBrand: unique symbol

/** Leave to forward one request. Nothing reaches an upstream without one; only this file makes it. */
export interface Permit {
  readonly [permitBrand]: true
  readonly kind: 'authorized'
  readonly route: Route
  /** The target that was matched: its path is what the upstream gets. */
  readonly target: Target
  /** What the upstream sees of the query: '' or '?…', without a token parameter. */
  readonly query: string
  /** Undefined on public routes. */
  readonly identity: Identity | undefined
  /**
   * When the token stops being accepted, in seconds since the epoch: for what outlives its request.
   * Undefined on public routes.
   */
  readonly acceptedUntil: number | undefined
  /** Where the token was read from; undefined on public routes. */
  readonly identitySource: IdentitySource | undefined
}

/** A request that must not be forwarded, and why. */
export interface Refusal {
  readonly kind: 'refused'
  readonly denial: Denial
  /** Undefined when no route was matched. */
  readonly route: Route | undefined
}

export type Decision = Permit | Refusal

/** An authorizer as it runs: its settings and the verifier made from them. */
export interface Authorizer {
  readonly settings: AuthorizerSettings
  readonly verifier: Verifier
}

export interface AuthorizeOptions {
  readonly basePath: string
  readonly table: RouteTable
  /** By name; every authorizer that a route names is here. */
  readonly authorizers: ReadonlyMap<string, Authorizer>
  readonly maxTokenBytes: number
  /** For WebSocket handshakes alone. */
  readonly handshakeSources: HandshakeSources
  /** The deny list, asked on every request. */
  readonly isRevoked: IsRevoked
  readonly clock: Clock
  readonly recorder: Pick<Recorder, 'allowed' | 'denied'>
}

/** Decides one request. A promise only when a key has to be fetched first. Never throws or rejects. */
export type Authorize = (facts: RequestFacts) => Decision | Promise<Decision>

type TokenAccess = Extract<Access, { kind: 'token' }>

/** Makes the pipeline. Throws only when a route names an authorizer that is not there: a bug. */
export const createAuthorize = (options: AuthorizeOptions): Authorize => {
  const { basePath, table, recorder } = options
  const byRoute = table.routes.map((route) => authorizerOf(route, options.authorizers))
  const faults = table.routes.map(integrationFault)

  const refuse = (denial: Denial, route: Route | undefined): Refusal => {
    // Ambiguous targets are counted as refused before routing, by the server that refuses them.
    if (denial.code !== 'target_ambiguous') recorder.denied(route, denial.code)
    return { kind: 'refused', denial, route }
  }

  const permit = (route: Route, found: Found, identity: Identity | undefined): Decision => {
    const cause = faults[route.index]
    if (cause !== undefined) return refuse(deny('internal', { cause }), route)
    recorder.allowed(route)
    const { target, facts } = found
    const settings = byRoute[route.index]?.settings
    const identitySource = settings?.identitySource
    // Whatever the route asks for, a WebSocket's upstream sees no parameter that is meant for tokens.
    const { tokenQuery } = options.handshakeSources
    let { query } = target
    if (identitySource?.in === 'query') query = withoutTokenParameter(query, identitySource.name)
    if (facts.webSocket !== undefined && tokenQuery !== '')
      query = withoutTokenParameter(query, tokenQuery)
    const acceptedUntil = settings && identity && endOfToken(identity, settings)
    return {
      kind: 'authorized',
      route,
      target,
      query,
      identity,
      acceptedUntil,
      identitySource,
    } as Permit
  }

  return (facts) => {
    const target = parseTarget(facts.target, basePath)
    if (isDenial(target)) return refuse(target, undefined)
    const route = matchRoute(table, facts.method, target)
    if (isDenial(route)) return refuse(route, undefined)
    const { access } = route
    if (access.kind === 'denied') return refuse(deny('route_denied'), route)
    const found = { target, facts }
    if (access.kind === 'public') return permit(route, found, undefined)

    const { settings, verifier } = byRoute[route.index] as Authorizer
    const token = credentialsOf(found, settings.identitySource, options)
    if (isDenial(token)) return refuse(token, route)
    const conclude = (verified: Identity | Denial): Decision => {
      if (isDenial(verified)) return refuse(verified, route)
      const nowSeconds = options.clock.wallMs() / 1000
      const denial =
        judgeToken(verified, settings, access, nowSeconds) ??
        judgeScopes(verified, access) ??
        (options.isRevoked(verified) ? deny('token_revoked') : undefined) ??
        judgeAge(verified, settings, nowSeconds) ??
        judgeAccess(verified, access)
      return denial === undefined ? permit(route, found, verified) : refuse(denial, route)
    }
    const verified = verifier.verify(token)
    return verified instanceof Promise ? verified.then(conclude) : conclude(verified)
  }
}

/** A request whose route is known. */
interface Found {
  readonly target: Target
  readonly facts: RequestFacts
}

/** The part of it that can hold a token. */
interface Bearing {
  readonly target: Pick<Target, 'query'>
  readonly facts: RequestFacts
}

const bearerOf = ({ target, facts }: Bearing): TokenBearer => ({
  rawHeaders: facts.rawHeaders,
  query: target.query,
})

/** As `tokenOf`, but for the spelling, which the verifier checks when it does not know the token. */
const credentialsOf = (
  found: Bearing,
  source: IdentitySource,
  options: Pick<AuthorizeOptions, 'maxTokenBytes' | 'handshakeSources'>,
): string | Denial =>
  found.facts.webSocket === undefined
    ? readCredentials(bearerOf(found), source, options.maxTokenBytes)
    : tokenOf(found, source, options)

/** The one token of a request, from where its route's authorizer and WebSockets have theirs. */
export const tokenOf = (
  found: Bearing,
  source: IdentitySource,
  { maxTokenBytes, handshakeSources }: Pick<AuthorizeOptions, 'maxTokenBytes' | 'handshakeSources'>,
): string | Denial => {
  const bearer = bearerOf(found)
  const { webSocket } = found.facts
  if (webSocket === undefined) return readToken(bearer, source, maxTokenBytes)
  const { protocols } = webSocket
  return readHandshakeToken({ ...bearer, protocols }, source, handshakeSources, maxTokenBytes)
}

const authorizerOf = (
  route: Route,
  authorizers: ReadonlyMap<string, Authorizer>,
): Authorizer | undefined => {
  if (route.access.kind !== 'token') return undefined
  const authorizer = authorizers.get(route.access.authorizer)
  if (authorizer === undefined) throw new Error(`no authorizer "${route.access.authorizer}"`)
  return authorizer
}

/** Why API Gateway answers every request that passes this route with 500; undefined when it does not. */
const integrationFault = ({ label, requestParameters }: Route): Error | undefined => {
  const mapping = requestParameters.find(({ name }) => failsIntegration(name))
  return mapping === undefined
    ? undefined
    : new Error(`${label} maps ${mapping.name}, which no integration of API Gateway survives`)
}

/** The last check that API Gateway makes too: any one scope. Those that follow are the gate's own. */
const judgeScopes = (identity: Identity, access: TokenAccess): Denial | undefined =>
  lacksAll(identity.scopes, access.scopes) ? deny('scope_insufficient') : undefined

/** What else the route asks of a good token: any one group, every claim. */
const judgeAccess = (identity: Identity, access: TokenAccess): Denial | undefined => {
  if (lacksAll(identity.groups, access.groups)) return deny('group_insufficient')
  const met = access.claims.every((required) => claimMatches(identity.claims, required))
  return met ? undefined : deny('claim_mismatch')
}

const lacksAll = (held: readonly string[], wanted: readonly string[]): boolean =>
  wanted.length > 0 && !wanted.some((value) => held.includes(value))

/** Whether a claim, or any element of it, is one of the values, compared as text. */
export const claimMatches = (claims: Claims, required: RequiredClaim): boolean => {
  const claim = ownClaim(claims, required.name)
  const values: readonly unknown[] = Array.isArray(claim) ? claim : [claim]
  return values.some((value) => isScalar(value) && required.values.includes(String(value)))
}

const isScalar = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
