// The checks of a token as a table: each with its outcome, what was wanted and what the token says. The
// outcomes follow from the one word that the pipeline gave; the facts are for people to compare.
import { claimMatches } from '../authorize.ts'
import type { Denial } from '../core/denial.ts'
import { ownClaim } from '../core/identity.ts'
import type { Access } from '../core/route.ts'
import type { AuthorizerSettings } from '../core/settings.ts'
import { kindsFor, minimumToleranceSeconds } from '../token/judge.ts'
import type { Claimed } from './claimed.ts'
import { checkNames, failedCheck, type CheckName } from './failed-check.ts'
import type { KeyFetch } from './keys-on-demand.ts'
import { shown, shownList, shownTime } from './shown.ts'

export type CheckOutcome = 'passed' | 'FAILED' | 'not asked' | 'not reached'

export interface Check {
  readonly check: CheckName
  readonly outcome: CheckOutcome
  /** What the configuration asks for; '' when it asks nothing. */
  readonly wanted: string
  /** What the token says; '' when it says nothing of it, or was not found. */
  readonly found: string
}

export interface CheckContext {
  readonly access: Extract<Access, { kind: 'token' }>
  readonly authorizer: AuthorizerSettings
  /** Where the token is looked for, in words. */
  readonly places: readonly string[]
  readonly maxTokenBytes: number
  /** Whether there is a deny list. */
  readonly hasDenyList: boolean
  /** As `tokenOf` gave it; undefined when it gave a refusal. */
  readonly token: string | undefined
  /** What the token says of itself; undefined without a token. */
  readonly claimed: Claimed | undefined
  readonly fetches: readonly KeyFetch[]
  /** Why the token was refused; undefined when it was not. */
  readonly denial: Denial | undefined
  /** Seconds since the epoch. */
  readonly nowSeconds: number
}

/** The table, in the order in which the pipeline comes to the checks. */
export const explainChecks = (context: CheckContext): readonly Check[] => {
  const { denial, token, authorizer } = context
  const failed = denial === undefined ? undefined : failedCheck(denial, token, authorizer)
  const end = failed === undefined ? checkNames.length : checkNames.indexOf(failed)
  return checkNames.map((check, index) => {
    const wanted = wants[check](context)
    const found = context.claimed === undefined ? '' : finds[check](context, context.claimed)
    if (wanted === '') return { check, outcome: 'not asked', wanted, found: '' }
    if (index === end) return { check, outcome: 'FAILED', wanted, found }
    return { check, outcome: index < end ? 'passed' : 'not reached', wanted, found }
  })
}

type Describe<T extends readonly unknown[]> = Readonly<
  Record<CheckName, (context: CheckContext, ...more: T) => string>
>

/** What each check asks for; '' when the configuration does not ask for it. */
const wants: Describe<[]> = {
  found: ({ places }) => `one in ${places.join(' or ')}`,
  single: () => 'not two, and not in two places',
  size: ({ maxTokenBytes }) => `at most ${maxTokenBytes} bytes`,
  spelling: () => 'three parts in base64url, each in its one spelling',
  content: () => 'JSON objects without a name twice or crit; iss, exp, … of their types',
  algorithm: ({ authorizer }) => shownList(authorizer.algorithms, ' or '),
  exp: () => 'a time of expiry',
  issuer: ({ authorizer }) =>
    shownList(
      authorizer.issuers.map(({ issuer }) => issuer),
      ' or ',
    ),
  kid: () => 'the name of its key',
  key: () => 'a key of that name and for that algorithm among those of the issuer',
  signature: () => 'made with that key',
  not_before: ({ authorizer: { graceSeconds } }) =>
    `nbf and iat at most ${Math.max(graceSeconds, minimumToleranceSeconds)} s ahead`,
  expiry: ({ authorizer: { graceSeconds } }) =>
    graceSeconds === 0 ? 'later than now' : `at most ${graceSeconds} s ago`,
  token_use: ({ authorizer, access }) => {
    if (authorizer.type === 'JWT') return ''
    const kinds = kindsFor(authorizer, access).join(' or ')
    if (authorizer.tokenUse !== 'auto') return kinds
    return `${kinds}, as the route asks for ${access.scopes.length > 0 ? 'scopes' : 'no scopes'}`
  },
  client: ({ authorizer }) =>
    authorizer.type === 'JWT' || authorizer.clientIds.length === 0
      ? ''
      : shownList(authorizer.clientIds, ' or '),
  audience: ({ authorizer }) => {
    if (authorizer.type === 'JWT') return shownList(authorizer.audience, ' or ')
    const { audienceExpression } = authorizer
    return audienceExpression === '' ? '' : `an aud that is all of ${shown(audienceExpression)}`
  },
  scopes: ({ access }) => anyOf(access.scopes),
  deny_list: ({ hasDenyList }) => (hasDenyList ? 'not in denyList' : ''),
  age: ({ authorizer: { maxTokenAgeSeconds } }) =>
    maxTokenAgeSeconds === 0 ? '' : `issued at most ${maxTokenAgeSeconds} s ago`,
  groups: ({ access }) => anyOf(access.groups),
  claims: ({ access }) =>
    access.claims.map(({ name, values }) => `${name}: ${anyOf(values)}`).join('; '),
}

/** What the token says, as far as an operator must see it to compare. */
const finds: Describe<[claimed: Claimed]> = {
  found: () => '',
  single: () => '',
  size: ({ token = '' }) => `${Buffer.byteLength(token)} bytes`,
  spelling: () => '',
  content: () => '',
  algorithm: (_, { algorithm }) => orNone(algorithm),
  exp: (context, { expiresAt }) => time(context, expiresAt),
  issuer: (_, { issuer }) => orNone(issuer),
  kid: (_, { keyId }) => orNone(keyId),
  key: ({ fetches }, claimed) => describeKeys(fetches, claimed),
  signature: () => '',
  not_before: (context, { notBefore, issuedAt }) =>
    notBefore === undefined
      ? `iat ${time(context, issuedAt)}`
      : `nbf ${time(context, notBefore)}, iat ${time(context, issuedAt)}`,
  expiry: (context, { expiresAt }) => time(context, expiresAt),
  token_use: (_, { tokenUse }) => orNone(tokenUse),
  client: (_, { tokenUse, audiences, clientId }) =>
    tokenUse === 'id' ? shownList(audiences) : orNone(clientId),
  audience: ({ authorizer }, { audiences, clientId, claims }) =>
    authorizer.type === 'JWT' && ownClaim(claims, 'aud') === undefined
      ? `no aud; client_id ${orNone(clientId)}`
      : shownList(audiences),
  scopes: (_, { scopes }) => shownList(scopes),
  deny_list: () => '',
  age: (context, { issuedAt }) => time(context, issuedAt),
  groups: (_, { groups }) => shownList(groups),
  claims: ({ access }, { claims }) =>
    access.claims
      .map((required) => {
        if (claimMatches(claims, required)) return `${required.name} is one`
        const missing = ownClaim(claims, required.name) === undefined
        return `${required.name} is ${missing ? 'not there' : 'another'}`
      })
      .join('; '),
}

const describeKeys = (fetches: readonly KeyFetch[], { issuer, keyId }: Claimed): string => {
  const fetched = fetches.find((fetch) => fetch.issuer === issuer)
  if (fetched === undefined) return ''
  if (fetched.set === undefined) return 'the keys cannot be fetched'
  const { keys } = fetched.set
  const held = keyId === undefined ? undefined : keys.get(keyId)
  return held === undefined
    ? `the issuer has ${shownList([...keys.keys()])}`
    : `a key for ${shownList([...new Set(held.flatMap(({ algorithms }) => algorithms))])}`
}

const anyOf = (values: readonly string[]): string =>
  values.length === 0 ? '' : shownList(values, ' or ')

const orNone = (text: string | undefined): string => (text === undefined ? 'none' : shown(text))

const time = ({ nowSeconds }: CheckContext, seconds: number | undefined): string =>
  seconds === undefined ? 'none' : shownTime(seconds, nowSeconds)
