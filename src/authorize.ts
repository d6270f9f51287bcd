// The pipeline from a request's head to a decision, and the only place that mints a Permit. It reads
// no stream and writes no answer; every step is a pure function, and the one thing it may have to
// wait for is a signing key.
import { deny, isDenial, reportableCodes, type Denial } from './core/denial.ts'
import { failsIntegration } from './core/header-mapping.ts'
import { ownClaim, subjectIn, type Claims, type Identity } from './core/identity.ts'
import type { Clock, Recorder } from './core/ports.ts'
import type { RequestFacts } from './core/request.ts'
import {
  unmatchedRoute,
  type Access,
  type Enforcement,
  type RequiredClaim,
  type Route,
} from './core/route.ts'
import type { AuthorizerSettings, IdentitySource } from './core/settings.ts'
import { matchRoute, resemblesEnforced } from './routing/match.ts'
import type { RouteTable } from './routing/table.ts'
import { parseTarget, type Target } from './routing/target.ts'
import type { IsRevoked } from './token/denied-tokens.ts'
import { endOfToken, judgeAge, judgeToken } from './token/judge.ts'
import { credentialsOf, type TokenSources } from './token/request-token.ts'
import { withoutTokenParameter } from './token/source.ts'
import type { Verifier } from './token/verify.ts'

declare const permitBrand: unique symbol

/** Leave to forward one request. Nothing reaches an upstream without one; only this file makes it. */
export type Permit = AuthorizedPermit | ReportedPermit

interface Passage {
  readonly [permitBrand]: true
  /** `unmatchedRoute` when no route takes the request and that is only reported. */
  readonly route: Route
  /** The target that was matched: its path is what the upstream gets. */
  readonly target: Target
  /** What the upstream sees of the query: '' or '?…', without a token parameter. */
  readonly query: string
  /** Where the token was read from; undefined on public routes. */
  readonly identitySource: IdentitySource | undefined
}

/** For a request that shows what its route asks for. */
export interface AuthorizedPermit extends Passage {
  readonly kind: 'authorized'
  /** Undefined on public routes. */
  readonly identity: Identity | undefined
  /**
   * When the token stops being accepted, in seconds since the epoch: for what outlives its request.
   * Undefined on public routes.
   */
  readonly acceptedUntil: number | undefined
}

/** For a request that is let pass although it does not: `enforcement: report`. It is nobody's. */
export interface ReportedPermit extends Passage {
  readonly kind: 'reported'
  readonly identity: undefined
  readonly acceptedUntil: undefined
  /** Why it would have been refused. */
  readonly denial: Denial
  /** As of a refusal. */
  readonly subject?: string
}

/** A request that must not be forwarded, and why. */
export interface Refusal {
  readonly kind: 'refused'
  readonly denial: Denial
  /** Undefined when no route was matched. */
  readonly route: Route | undefined
  /** Whose token it was, once its signature was found good. For the log alone. */
  readonly subject?: string
}

export type Decision = Permit | Refusal

/** An authorizer as it runs: its settings and the verifier made from them. */
export interface Authorizer {
  readonly settings: AuthorizerSettings
  readonly verifier: Verifier
}

export interface AuthorizeOptions extends TokenSources {
  readonly basePath: string
  readonly table: RouteTable
  /** By name; every authorizer that a route names is here. */
  readonly authorizers: ReadonlyMap<string, Authorizer>
  /** The deny list, asked on every request. */
  readonly isRevoked: IsRevoked
  readonly clock: Clock
  /** What becomes of requests that no route takes. */
  readonly enforcement: Enforcement
  readonly recorder: Pick<Recorder, 'allowed' | 'denied' | 'wouldDeny'>
}

/** Decides one request. A promise only when a key has to be fetched first. Never throws or rejects. */
export type Authorize = (facts: RequestFacts) => Decision | Promise<Decision>

type TokenAccess = Extract<Access, { kind: 'token' }>

/** Makes the pipeline. Throws only when a route names an authorizer that is not there: a bug. */
export const createAuthorize = (options: AuthorizeOptions): Authorize => {
  const { basePath, table, recorder } = options
  const byRoute = table.routes.map((route) => authorizerOf(route, options.authorizers))
  const { refuse, permit } = createOutcomes(options, byRoute)

  return (facts) => {
    const target = parseTarget(facts.target, basePath)
    if (isDenial(target)) {
      // Ambiguous targets are counted as refused before routing, by the server that refuses them.
      if (target.code !== 'target_ambiguous') recorder.denied(undefined, target.code)
      return { kind: 'refused', denial: target, route: undefined }
    }
    const found = { target, facts }
    const route = matchRoute(table, facts.method, target)
    if (isDenial(route)) return refuse(route, undefined, found)
    const { access } = route
    if (access.kind === 'denied') return refuse(deny('route_denied'), route, found)
    if (access.kind === 'public') return permit(route, found, undefined)

    const { settings, verifier } = byRoute[route.index] as Authorizer
    const token = credentialsOf(target.query, facts, settings.identitySource, options)
    if (isDenial(token)) return refuse(token, route, found)
    const conclude = (verified: Identity | Denial): Decision => {
      if (isDenial(verified)) return refuse(verified, route, found)
      const nowSeconds = options.clock.wallMs() / 1000
      const denial =
        judgeToken(verified, settings, access, nowSeconds) ??
        judgeScopes(verified, access) ??
        (options.isRevoked(verified) ? deny('token_revoked') : undefined) ??
        judgeAge(verified, settings, nowSeconds) ??
        judgeAccess(verified, access)
      return denial === undefined
        ? permit(route, found, verified)
        : refuse(denial, route, { ...found, identity: verified })
    }
    const verified = verifier.verify(token)
    return verified instanceof Promise ? verified.then(conclude) : conclude(verified)
  }
}

interface Outcomes {
  /** Refuses, or mints the Permit of what is only reported. */
  readonly refuse: (denial: Denial, route: Route | undefined, found: Found) => Decision
  readonly permit: (route: Route, found: Found, identity: Identity | undefined) => Decision
}

/** How a request ends here, counted. */
const createOutcomes = (
  options: AuthorizeOptions,
  byRoute: readonly (Authorizer | undefined)[],
): Outcomes => {
  const { table, recorder } = options
  const faults = table.routes.map(integrationFault)
  const settingsOf = ({ index }: Route): AuthorizerSettings | undefined => byRoute[index]?.settings

  const refusal = (denial: Denial, route: Route | undefined, found: Found): Refusal => {
    if (denial.code !== 'target_ambiguous') recorder.denied(route, denial.code)
    if (found.identity === undefined) return { kind: 'refused', denial, route }
    return { kind: 'refused', denial, route, ...subjectOf(found) }
  }

  const passage = (route: Route, { target, facts }: Found) => {
    const identitySource = settingsOf(route)?.identitySource
    // Whatever the route asks for, a WebSocket's upstream sees no parameter that is meant for tokens.
    const { tokenQuery } = options.handshakeSources
    let { query } = target
    if (identitySource?.in === 'query') query = withoutTokenParameter(query, identitySource.name)
    if (facts.webSocket !== undefined && tokenQuery !== '')
      query = withoutTokenParameter(query, tokenQuery)
    return { route, target, query, identitySource }
  }

  return {
    refuse: (denial, route, found) => {
      if (!isReported(options, denial, route, found)) return refusal(denial, route, found)
      const cause = route && faults[route.index]
      if (cause !== undefined) return refusal(deny('internal', { cause }), route, found)
      recorder.wouldDeny(route, denial.code)
      const nobody = { identity: undefined, acceptedUntil: undefined }
      const passed = passage(route ?? unmatchedRoute, found)
      return {
        kind: 'reported',
        ...passed,
        ...nobody,
        denial,
        ...subjectOf(found),
      } as ReportedPermit
    },
    permit: (route, found, identity) => {
      const cause = faults[route.index]
      if (cause !== undefined) return refusal(deny('internal', { cause }), route, found)
      recorder.allowed(route)
      const settings = settingsOf(route)
      const acceptedUntil = settings && identity && endOfToken(identity, settings)
      const { target, query, identitySource } = passage(route, found)
      // Written out: a copy by spreading takes several times as long, and there is one for each request.
      return {
        kind: 'authorized',
        route,
        target,
        query,
        identitySource,
        identity,
        acceptedUntil,
      } as AuthorizedPermit
    },
  }
}

const isReported = (
  { table, enforcement }: AuthorizeOptions,
  { code }: Denial,
  route: Route | undefined,
  { target, facts }: Found,
): boolean => {
  if (route !== undefined) return route.enforcement === 'report' && reportableCodes.has(code)
  if (code !== 'no_route' || enforcement !== 'report') return false
  // The answer to TRACE would be the headers that the gate adds.
  return facts.method !== 'TRACE' && !resemblesEnforced(table, facts.method, target)
}

const subjectOf = ({ identity }: Found): { readonly subject?: string } => {
  const subject = identity === undefined ? undefined : subjectIn(identity)
  return subject === undefined ? {} : { subject }
}

/** A request whose target is good. */
interface Found {
  readonly target: Target
  readonly facts: RequestFacts
  /** Whose token it has, once its signature was found good. */
  readonly identity?: Identity
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
