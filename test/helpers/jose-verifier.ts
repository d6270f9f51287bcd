// A second verifier, written from the rules and on jose alone: it shares no line with the gate's. Where
// the two differ about a token, one of them is wrong.
import { compactVerify, importJWK, type CompactJWSHeaderParameters, type JWK } from 'jose'
import type { SigningKey } from './key-server.ts'

export interface JoseRules {
  readonly issuer: string
  readonly audience: string
  readonly algorithms: readonly string[]
  readonly keys: readonly SigningKey[]
  readonly nowSeconds: number
}

/** Makes the check: whether a token is good. Never rejects. */
export const createJoseVerifier = async (
  rules: JoseRules,
): Promise<(token: string) => Promise<boolean>> => {
  const keys = new Map(
    await Promise.all(
      rules.keys.map(async ({ kid, jwk }) => [kid, await importJWK(jwk as JWK)] as const),
    ),
  )
  const keyOf = ({ kid = '' }: CompactJWSHeaderParameters) => {
    const key = keys.get(kid)
    if (key === undefined) throw new Error('unknown kid')
    return key
  }
  const algorithms = [...rules.algorithms]
  return async (token) => {
    // What blanks stand around a header's value is no part of it (RFC 9110 §5.5).
    const text = token.replace(/^[ \t]+|[ \t]+$/g, '')
    try {
      const [head, body] = partsOf(text)
      if (head === undefined || body === undefined) return false
      if (!isHeaderGood(head) || !isPayloadGood(body, rules)) return false
      await compactVerify(text, keyOf, { algorithms })
      return true
    } catch {
      return false
    }
  }
}

type Members = Readonly<Record<string, unknown>>

/** Header and payload of three parts in their one spelling, each UTF-8 and JSON without doubled names. */
const partsOf = (token: string): readonly (Members | undefined)[] => {
  const parts = token.split('.')
  const isCanonical = parts.every((part) => {
    return part !== '' && Buffer.from(part, 'base64url').toString('base64url') === part
  })
  return parts.length === 3 && isCanonical ? parts.slice(0, 2).map(membersOf) : []
}

const membersOf = (part: string): Members | undefined => {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  const text = decoder.decode(Buffer.from(part, 'base64url'))
  const value = JSON.parse(text) as unknown
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  // Names as they are written, and names as they are left once the last of each has won.
  const written = text.match(/"(?:[^"\\]|\\.)*"(?:\s*:)?/g)?.filter((found) => found.endsWith(':'))
  return written === undefined || written.length === namesIn(value) ? (value as Members) : undefined
}

const namesIn = (value: unknown): number => {
  if (typeof value !== 'object' || value === null) return 0
  const own = Array.isArray(value) ? 0 : Object.keys(value).length
  return Object.values(value).reduce<number>((sum, each) => sum + namesIn(each), own)
}

const isHeaderGood = (header: Members): boolean =>
  !('crit' in header) && header['b64'] !== false && typeof header['kid'] === 'string'

const isPayloadGood = (claims: Members, { issuer, audience, nowSeconds }: JoseRules): boolean => {
  const { exp, nbf = 0, iat = 0, iss, aud } = claims
  const times = [exp, nbf, iat]
  const texts = ['sub', 'scope', 'jti'].map((name) => claims[name] ?? undefined)
  if (!times.every((time): time is number => Number.isFinite(time))) return false
  const [end = 0, ...starts] = times
  const audiences = Array.isArray(aud) ? (aud as unknown[]) : [aud ?? claims['client_id']]
  return (
    ['sub', 'scope', 'jti'].every((name) => claims[name] !== null) &&
    texts.every((text) => text === undefined || typeof text === 'string') &&
    end > nowSeconds &&
    starts.every((start) => start <= nowSeconds + 5) &&
    iss === issuer &&
    aud !== null &&
    audiences.every((each) => typeof each === 'string') &&
    audiences.includes(audience)
  )
}
