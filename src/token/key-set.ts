// Reads a JSON Web Key Set (RFC 7517 §5) into the keys that tokens may be verified with. A member
// that is no good costs itself, not the set: issuers publish keys for other purposes beside ours.
import { createPublicKey, type KeyObject } from 'node:crypto'
import type { JwkWithKid } from 'aws-jwt-verify/jwk'
import { fail, ok, type Result } from '../core/result.ts'
import type { Algorithm } from '../core/settings.ts'
import { createSignatureCheck, type SignatureCheck } from './signature.ts'

/** A public key that may verify signatures. */
export interface Key {
  readonly kid: string
  /** The algorithms that the key's type and its `alg` leave; never empty. */
  readonly algorithms: readonly Algorithm[]
  /** The same for the same key material: tells a replaced key from one that stayed. */
  readonly fingerprint: string
  readonly check: SignatureCheck
}

export interface KeySet {
  /** By `kid`; several keys of one `kid` are all kept, and all tried. Never empty. */
  readonly keys: ReadonlyMap<string, readonly Key[]>
  /** Why members were passed over, for the operator: `keys[1]: RSA modulus of 1024 bits`. */
  readonly skipped: readonly string[]
}

/** Reads a parsed key set. Fails when it is none, or when none of its keys can be used. */
export const parseKeySet = (document: unknown): Result<KeySet, string> => {
  const members = isRecord(document) ? document['keys'] : undefined
  if (!Array.isArray(members)) return fail('the key set has no list of keys')
  const keys = new Map<string, Key[]>()
  const skipped: string[] = []
  members.forEach((member: unknown, index) => {
    const key = parseKey(member)
    if (!key.ok) skipped.push(`keys[${index}]: ${key.error}`)
    else keys.set(key.value.kid, [...(keys.get(key.value.kid) ?? []), key.value])
  })
  if (keys.size > 0) return ok({ keys, skipped })
  return fail(['the key set has no usable key', ...skipped.slice(0, 5)].join('; '))
}

const parseKey = (member: unknown): Result<Key, string> => {
  if (!isRecord(member)) return fail('not an object')
  const { kid, use, alg } = member
  if (typeof kid !== 'string' || kid === '') return fail('no kid')
  if (use !== undefined && use !== 'sig') return fail('use is not sig')
  if (!allowsVerify(member['key_ops'])) return fail('key_ops without verify')
  const fitting = algorithmsOf(member)
  if (fitting === undefined) return fail('unsupported kty or crv')
  const algorithms = fitting.filter((name) => alg === undefined || alg === name)
  if (algorithms.length === 0) return fail('alg does not fit the key')
  const jwk = publicMembers(member, kid)
  const weakness = weaknessOf(jwk)
  if (weakness !== undefined) return fail(weakness)
  const fingerprint = JSON.stringify([jwk.kty, jwk.crv, jwk.n, jwk.e, jwk.x, jwk.y, algorithms])
  return ok({ kid, algorithms, fingerprint, check: createSignatureCheck(jwk) })
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const allowsVerify = (operations: unknown): boolean =>
  operations === undefined || (Array.isArray(operations) && operations.includes('verify'))

/** What a key of this type and curve can verify (RFC 7518 §3.1, RFC 8037 §3.1). */
const algorithmsOf = (
  member: Readonly<Record<string, unknown>>,
): readonly Algorithm[] | undefined => {
  const { kty, crv } = member
  return byType.get(kty === 'RSA' ? 'RSA' : `${String(kty)} ${String(crv)}`)
}

const byType: ReadonlyMap<string, readonly Algorithm[]> = new Map([
  ['RSA', ['RS256', 'RS384', 'RS512']],
  ['EC P-256', ['ES256']],
  ['EC P-384', ['ES384']],
  ['EC P-521', ['ES512']],
  ['OKP Ed25519', ['EdDSA']],
])

/** Only what a public key needs: a private member that was published by mistake is not kept. */
const publicMembers = (member: Readonly<Record<string, unknown>>, kid: string): JwkWithKid => {
  const names = ['kty', 'alg', 'use', 'crv', 'n', 'e', 'x', 'y']
  const present = names.filter((name) => Object.hasOwn(member, name))
  return { ...Object.fromEntries(present.map((name) => [name, member[name]])), kid } as JwkWithKid
}

const weaknessOf = (jwk: JwkWithKid): string | undefined => {
  const key = publicKeyOf(jwk)
  if (key === undefined) return 'not a valid public key'
  if (key.asymmetricKeyType !== 'rsa') return undefined
  const unknown = { modulusLength: 0, publicExponent: 0n }
  const { modulusLength, publicExponent } = { ...unknown, ...key.asymmetricKeyDetails }
  // RFC 7518 §3.3 asks for 2048 bits or more; far above, one forged token costs milliseconds.
  if (modulusLength < 2048 || modulusLength > 8192) return `RSA modulus of ${modulusLength} bits`
  const sound = publicExponent >= 3n && publicExponent % 2n === 1n && publicExponent < 2n ** 33n
  return sound ? undefined : 'RSA exponent is even, too small or too large'
}

const publicKeyOf = (jwk: JwkWithKid): KeyObject | undefined => {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' })
  } catch {
    return undefined
  }
}
